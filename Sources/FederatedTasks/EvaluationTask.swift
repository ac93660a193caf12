package import PrivacyMechanisms

/// The task `evaluation`, coordinator's half: clipped metric sums become population means.
package enum EvaluationTask {
  /// What every device measures on the item it held out, each between 0 and 1, in vector order.
  package enum Metric: Int, CaseIterable, Sendable {
    case hitRateAt10, ndcgAt10, recallAt50, auc
    /// Decision at the threshold: the device's one positive and the share of its negatives.
    case truePositiveRate, falsePositiveRate

    package var name: String {
      switch self {
      case .hitRateAt10: "HR@10"
      case .ndcgAt10: "NDCG@10"
      case .recallAt50: "Recall@50"
      case .auc: "AUC"
      case .truePositiveRate: "true positive rate"
      case .falsePositiveRate: "false positive rate"
      }
    }
  }

  package static let dimension = Metric.allCases.count
  /// Every coordinate lies in [0, 1], so this norm never clips.
  package static let clipNorm = Double(Metric.allCases.count).squareRoot()

  /// Means over the cohort and their noise; a device that holds nothing out counts as zeros.
  ///
  /// - Parameter expectedCohort: public divisor. Values may leave [0, 1] by noise; they are not
  ///   pulled back, so that they stay unbiased.
  package static func means(
    from release: Release, expectedCohort: Int
  ) -> (values: [Double], noiseStandardDeviation: Double) {
    (
      release.values.map { Double($0) / Double(expectedCohort) },
      release.noiseStandardDeviation / Double(expectedCohort)
    )
  }
}
