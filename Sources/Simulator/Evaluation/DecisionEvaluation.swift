internal import Foundation
internal import ProfileModel
internal import Report

/// The "will interact" decision of the ranker, on even and on uneven odds.
enum DecisionEvaluation {
  /// - Parameter logOdds: per device at even prior odds: the held-out item first, then negatives.
  static func figures(
    _ logOdds: [[Float]], threshold: Double
  ) -> [RunFigures.DecisionFigures] {
    // Where few items are left, devices have fewer negatives than the scenario asks for.
    let counts = logOdds.map { $0.count - 1 }
    let mean = Double(counts.reduce(0, +)) / Double(max(counts.count, 1))
    let most = counts.max() ?? 0
    let negatives = counts.min() == most ? "\(most)" : "up to \(most)"
    return [
      figures(
        logOdds.map { Array($0.prefix(2)) }, prior: 1, threshold: threshold,
        candidates: "one item taken and one not per person"),
      figures(
        logOdds, prior: mean, threshold: threshold,
        candidates: "one item taken and \(negatives) not per person"),
    ]
  }

  /// The probability at these prior odds: `prior` negatives per positive.
  static func probability(logOdds: Float, prior: Double) -> Double {
    1 / (1 + prior * exp(-Double(logOdds)))
  }

  private static func figures(
    _ logOdds: [[Float]], prior: Double, threshold: Double, candidates: String
  ) -> RunFigures.DecisionFigures {
    let decisions = logOdds.flatMap { candidates in
      candidates.enumerated().map {
        (probability: probability(logOdds: $1, prior: prior), isPositive: $0 == 0)
      }
    }
    let metrics = DecisionMetrics(decisions, threshold: threshold)
    return RunFigures.DecisionFigures(
      candidates: candidates, threshold: threshold, truePositives: metrics.truePositives,
      falsePositives: metrics.falsePositives, trueNegatives: metrics.trueNegatives,
      falseNegatives: metrics.falseNegatives, accuracy: metrics.accuracy,
      precision: metrics.precision, recall: metrics.recall, f1: metrics.f1, auc: metrics.auc,
      roc: metrics.roc.map {
        RunFigures.RocPoint(
          falsePositiveRate: $0.falsePositiveRate, truePositiveRate: $0.truePositiveRate)
      })
  }
}
