internal import FederatedTasks
package import ProfileModel

/// The task `evaluation` on a device: how well its own held-out item was ranked.
package enum EvaluationWork {
  /// The metric vector in the order of `EvaluationTask.Metric`, every entry in [0, 1].
  ///
  /// - Parameters:
  ///   - outcome: where the held-out item stands among all items.
  ///   - accepted: whether the decision on the held-out item was yes.
  ///   - acceptedNegatives: share of the negatives with that decision.
  package static func update(
    outcome: RankOutcome, accepted: Bool, acceptedNegatives: Float
  ) -> [Float] {
    EvaluationTask.Metric.allCases.map { metric in
      switch metric {
      case .hitRateAt10: RankingMetrics.hitRate(outcome, at: 10)
      case .ndcgAt10: RankingMetrics.ndcg(outcome, at: 10)
      case .recallAt50: RankingMetrics.hitRate(outcome, at: 50)
      case .auc: RankingMetrics.auc(outcome)
      case .truePositiveRate: accepted ? 1 : 0
      case .falsePositiveRate: acceptedNegatives
      }
    }
  }
}
