internal import Foundation
internal import NumericalMethods
internal import ProfileModel
internal import Report

/// The "will interact" decision of the ranker, on even and on uneven odds.
enum DecisionEvaluation {
  /// - Parameters:
  ///   - logOdds: per device at even prior odds: the held-out item first, then negatives.
  ///   - epsilon: of the training; `nil` without privacy.
  static func figures(
    _ logOdds: [[Float]], threshold: Double, epsilon: Double?, _ bootstrap: BootstrapPlan
  ) -> [RunFigures.DecisionFigures] {
    // Where few items are left, devices have fewer negatives than the scenario asks for.
    let counts = logOdds.map { $0.count - 1 }
    let mean = Double(counts.reduce(0, +)) / Double(max(counts.count, 1))
    let most = counts.max() ?? 0
    let negatives = counts.min() == most ? "\(most)" : "up to \(most)"
    func figures(
      _ logOdds: [[Float]], prior: Double, candidates: String
    ) -> RunFigures.DecisionFigures {
      Self.figures(
        probabilities: logOdds.map { $0.map { probability(logOdds: $0, prior: prior) } },
        threshold: threshold, candidates: candidates, epsilon: epsilon, bootstrap)
    }
    return [
      figures(
        logOdds.map { Array($0.prefix(2)) }, prior: 1,
        candidates: "one item taken and one not per person"),
      figures(
        logOdds, prior: mean,
        candidates: "one item taken and \(negatives) not per person"),
    ]
  }

  /// The probability at these prior odds: `prior` negatives per positive.
  static func probability(logOdds: Float, prior: Double) -> Double {
    1 / (1 + prior * exp(-Double(logOdds)))
  }

  private static func figures(
    probabilities: [[Double]], threshold: Double, candidates: String, epsilon: Double?,
    _ bootstrap: BootstrapPlan
  ) -> RunFigures.DecisionFigures {
    let decisions = probabilities.flatMap { candidates in
      candidates.enumerated().map { (probability: $1, isPositive: $0 == 0) }
    }
    let metrics = DecisionMetrics(decisions, threshold: threshold)
    let right = probabilities.map { candidates in
      let count = candidates.enumerated().count { ($1 >= threshold) == ($0 == 0) }
      return Float(count) / Float(candidates.count)
    }
    let found: [Float] = probabilities.map { ($0.first ?? 0) >= threshold ? 1 : 0 }
    return RunFigures.DecisionFigures(
      epsilon: epsilon, candidates: candidates, threshold: threshold,
      truePositives: metrics.truePositives, falsePositives: metrics.falsePositives,
      trueNegatives: metrics.trueNegatives, falseNegatives: metrics.falseNegatives,
      accuracy: RunFigures.Estimate(bootstrap.interval(of: right)), precision: metrics.precision,
      recall: RunFigures.Estimate(bootstrap.interval(of: found)), f1: metrics.f1, auc: metrics.auc,
      roc: metrics.roc.map {
        RunFigures.RocPoint(
          falsePositiveRate: $0.falsePositiveRate, truePositiveRate: $0.truePositiveRate)
      })
  }
}
