internal import DeviceTasks
internal import FederatedTasks
internal import Foundation
internal import PrivacyMechanisms
internal import ProfileModel
internal import Report
internal import RoundVocabulary
internal import Scenarios

/// Lets the federation measure itself through the contribution path, and compares with the truth.
///
/// The round asks a cohort that is chosen without a look at behavior. A device without a held-out
/// item contributes zeros, in the sum as in the truth: that it has none is nobody's business.
struct PrivateEvaluation: Sendable {
  let training: FederatedTraining
  let evaluation: QualityEvaluation
  let outcomes: [QualityEvaluation.DeviceOutcome]

  /// Runs the evaluation round and charges it.
  func figures(
    _ releases: inout [ReleaseRecord]
  ) async throws -> [RunFigures.PrivateMetricFigures] {
    let cohort = evaluation.cohort.map { Int32($0) }
    let mechanism = try training.plan.mechanism(for: .evaluation)
    let updates = Dictionary(
      uniqueKeysWithValues: zip(evaluation.evaluated, outcomes.map(update)))
    let release = try await training.round(
      RoundID(task: .evaluation, number: 1), mechanism, cohort: cohort,
      scratch: { 0 }, &releases
    ) { _, device in
      .dense(updates[device] ?? [Float](repeating: 0, count: EvaluationTask.dimension))
    }
    let means = EvaluationTask.means(from: release, expectedCohort: release.contributors)
    return EvaluationTask.Metric.allCases.map { metric in
      let exact = updates.keys.sorted().reduce(0.0) {
        $0 + Double(updates[$1]?[metric.rawValue] ?? 0)
      }
      return RunFigures.PrivateMetricFigures(
        metric: metric.name, released: means.values[metric.rawValue],
        exact: exact / Double(cohort.count), noiseStandardDeviation: means.noiseStandardDeviation)
    }
  }

  private func update(_ outcome: QualityEvaluation.DeviceOutcome) -> [Float] {
    let threshold = training.scenario.evaluation.decisionThreshold
    let accepted = outcome.logOdds.map {
      DecisionEvaluation.probability(logOdds: $0, prior: 1) >= threshold
    }
    let negatives = accepted.dropFirst()
    return EvaluationWork.update(
      outcome: outcome.byMethod[outcome.byMethod.count - 1].full,
      accepted: accepted.first ?? false,
      acceptedNegatives: negatives.isEmpty
        ? 0 : Float(negatives.filter { $0 }.count) / Float(negatives.count))
  }
}
