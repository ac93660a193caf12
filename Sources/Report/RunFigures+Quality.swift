extension RunFigures {
  /// A figure with its 95 % confidence interval.
  package struct Estimate: Codable, Equatable, Sendable {
    package var value: Double
    package var low: Double
    package var high: Double

    package init(
      value: Double, low: Double, high: Double
    ) {
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// Quality of one way to rank, at one epsilon, under both protocols.
  package struct MethodFigures: Codable, Sendable {
    /// `popularity`, `gram`, `ranker`, `ranker without recency`, `encoder`, `EASE` and others.
    package var method: String
    /// `nil`: not private.
    package var epsilon: Double?
    /// True when the method needs all behaviour in one place.
    package var isCentral: Bool
    /// The run's own plan.
    package var isHeadline: Bool
    /// Protocol F: ranked among all items not in the history.
    package var full: RankingFigures
    /// Protocol S: ranked among sampled negatives.
    package var sampled: RankingFigures
    /// Share of the catalogue that appears in some top 10.
    package var coverageAt10: Double
    /// Gini coefficient of how often items are recommended: 0 equal, 1 one item only.
    package var gini: Double

    package init(
      method: String, epsilon: Double?, isCentral: Bool, isHeadline: Bool, full: RankingFigures,
      sampled: RankingFigures, coverageAt10: Double, gini: Double
    ) {
      self.method = method
      self.epsilon = epsilon
      self.isCentral = isCentral
      self.isHeadline = isHeadline
      self.full = full
      self.sampled = sampled
      self.coverageAt10 = coverageAt10
      self.gini = gini
    }
  }

  /// Ranking quality over the users.
  package struct RankingFigures: Codable, Sendable {
    package var hitRateAt10: Estimate
    package var ndcgAt10: Estimate
    package var recallAt20: Estimate
    package var recallAt50: Estimate
    package var meanReciprocalRank: Estimate
    package var auc: Estimate

    package init(
      hitRateAt10: Estimate, ndcgAt10: Estimate, recallAt20: Estimate, recallAt50: Estimate,
      meanReciprocalRank: Estimate, auc: Estimate
    ) {
      self.hitRateAt10 = hitRateAt10
      self.ndcgAt10 = ndcgAt10
      self.recallAt20 = recallAt20
      self.recallAt50 = recallAt50
      self.meanReciprocalRank = meanReciprocalRank
      self.auc = auc
    }
  }

  /// How well the sequence encoder ranks held-out items while it is trained.
  package struct LearningCurveFigures: Codable, Sendable {
    /// `nil`: not private.
    package var epsilon: Double?
    /// In order of rounds.
    package var points: [LearningCurvePoint]

    package init(epsilon: Double?, points: [LearningCurvePoint]) {
      self.epsilon = epsilon
      self.points = points
    }
  }

  /// The encoder after one round; protocol F.
  package struct LearningCurvePoint: Codable, Sendable {
    package var round: Int
    package var hitRateAt10: Estimate
    package var ndcgAt10: Estimate

    package init(round: Int, hitRateAt10: Estimate, ndcgAt10: Estimate) {
      self.round = round
      self.hitRateAt10 = hitRateAt10
      self.ndcgAt10 = ndcgAt10
    }
  }

  /// Quality when only the last events of a history are kept.
  package struct ColdStartFigures: Codable, Sendable {
    /// `ranker` or `encoder`.
    package var method: String
    package var epsilon: Double?
    /// `nil`: the whole history.
    package var eventsKept: Int?
    /// Protocol F.
    package var hitRateAt10: Estimate
    package var ndcgAt10: Estimate

    package init(
      method: String, epsilon: Double?, eventsKept: Int?, hitRateAt10: Estimate,
      ndcgAt10: Estimate
    ) {
      self.method = method
      self.epsilon = epsilon
      self.eventsKept = eventsKept
      self.hitRateAt10 = hitRateAt10
      self.ndcgAt10 = ndcgAt10
    }
  }

  /// Quality for popular and for rare targets.
  package struct LongTailFigures: Codable, Sendable {
    package var method: String
    package var epsilon: Double?
    package var tailShareOfTargets: Double
    package var headRecallAt50: Estimate
    package var tailRecallAt50: Estimate
    package var headAUC: Estimate
    package var tailAUC: Estimate

    package init(
      method: String, epsilon: Double?, tailShareOfTargets: Double, headRecallAt50: Estimate,
      tailRecallAt50: Estimate, headAUC: Estimate, tailAUC: Estimate
    ) {
      self.method = method
      self.epsilon = epsilon
      self.tailShareOfTargets = tailShareOfTargets
      self.headRecallAt50 = headRecallAt50
      self.tailRecallAt50 = tailRecallAt50
      self.headAUC = headAUC
      self.tailAUC = tailAUC
    }
  }
}
