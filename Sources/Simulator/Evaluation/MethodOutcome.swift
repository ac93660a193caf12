internal import Behavior
internal import NumericalMethods
internal import ProfileModel
internal import Report

/// Ways to rank that the report compares.
enum RankingMethod: String, CaseIterable, Sendable {
  case popularity
  case gram
  case rankerWithoutRecency = "ranker without recency"
  case rankerWithoutContent = "ranker without content"
  case rankerWithoutBasis = "ranker without item basis"
  case ranker
  case encoder
  case preference
  case encoderWithoutOrder = "encoder without order"
  case encoderWithoutBasis = "encoder without item basis"
  case encoderWithoutContent = "encoder without content"
  case ease = "EASE"
  case itemNeighbors = "item-kNN"
  case implicitFactors = "iALS"
  case pairwiseFactors = "BPR-MF"

  /// Whether it needs all behavior in one place.
  var isCentral: Bool {
    switch self {
    case .ease, .itemNeighbors, .implicitFactors, .pairwiseFactors: true
    default: false
    }
  }
}

/// How one method ranked one user's held-out item, and what it would have recommended.
struct UserOutcome: Sendable {
  let full: RankOutcome
  let sampled: RankOutcome
  /// Catalogue indices of the first ten recommendations.
  let top: [Int32]
}

/// One method over all evaluated users.
struct MethodOutcomes: Sendable {
  let method: RankingMethod
  /// `nil`: trained without privacy.
  let epsilon: Double?
  let users: [UserOutcome]
}

extension MethodOutcomes {
  func figures(
    _ bootstrap: BootstrapPlan, itemCount: Int, isHeadline: Bool
  ) -> RunFigures.MethodFigures {
    var counts = [Int](repeating: 0, count: itemCount)
    for user in users { for item in user.top { counts[Int(item)] += 1 } }
    return RunFigures.MethodFigures(
      method: method.rawValue, epsilon: epsilon, isCentral: method.isCentral,
      isHeadline: isHeadline, full: Self.ranking(users.map(\.full), bootstrap),
      sampled: Self.ranking(users.map(\.sampled), bootstrap),
      coverageAt10: Coverage.share(counts),
      gini: PopulationSummary.gini(counts))
  }

  private static func ranking(
    _ outcomes: [RankOutcome], _ bootstrap: BootstrapPlan
  ) -> RunFigures.RankingFigures {
    func estimate(_ metric: (RankOutcome) -> Float) -> RunFigures.Estimate {
      RunFigures.Estimate(bootstrap.interval(of: outcomes.map(metric)))
    }
    return RunFigures.RankingFigures(
      hitRateAt10: estimate { RankingMetrics.hitRate($0, at: 10) },
      ndcgAt10: estimate { RankingMetrics.ndcg($0, at: 10) },
      recallAt20: estimate { RankingMetrics.hitRate($0, at: 20) },
      recallAt50: estimate { RankingMetrics.hitRate($0, at: 50) },
      meanReciprocalRank: estimate(RankingMetrics.reciprocalRank),
      auc: estimate(RankingMetrics.auc))
  }
}

extension RunFigures.Estimate {
  init(_ interval: Interval) {
    self.init(value: interval.value, low: interval.low, high: interval.high)
  }
}
