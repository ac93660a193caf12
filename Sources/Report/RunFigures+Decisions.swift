extension RunFigures {
  /// The `will interact` decision at a stated threshold.
  package struct DecisionFigures: Codable, Sendable {
    /// `nil`: not private.
    package var epsilon: Double?
    /// Which candidates were decided on, for example `one positive, 99 negatives`.
    package var candidates: String
    package var threshold: Double
    package var truePositives: Int
    package var falsePositives: Int
    package var trueNegatives: Int
    package var falseNegatives: Int
    /// Mean over people of the share of right decisions.
    package var accuracy: Estimate
    package var precision: Double
    package var recall: Estimate
    package var f1: Double
    package var auc: Double
    /// From (0, 0) to (1, 1).
    package var roc: [RocPoint]

    package init(
      epsilon: Double?, candidates: String, threshold: Double, truePositives: Int,
      falsePositives: Int, trueNegatives: Int, falseNegatives: Int, accuracy: Estimate,
      precision: Double, recall: Estimate, f1: Double, auc: Double, roc: [RocPoint]
    ) {
      self.epsilon = epsilon
      self.candidates = candidates
      self.threshold = threshold
      self.truePositives = truePositives
      self.falsePositives = falsePositives
      self.trueNegatives = trueNegatives
      self.falseNegatives = falseNegatives
      self.accuracy = accuracy
      self.precision = precision
      self.recall = recall
      self.f1 = f1
      self.auc = auc
      self.roc = roc
    }
  }

  /// One point of a receiver operating characteristic.
  package struct RocPoint: Codable, Sendable {
    package var falsePositiveRate: Double
    package var truePositiveRate: Double

    package init(
      falsePositiveRate: Double, truePositiveRate: Double
    ) {
      self.falsePositiveRate = falsePositiveRate
      self.truePositiveRate = truePositiveRate
    }
  }

  /// How well interest tags from the first 80 % of a history foretell the rest.
  package struct TagFigures: Codable, Sendable {
    /// `lift`, `share` or `global`.
    package var rule: String
    /// Of the shares that tags are compared with; `nil`: not private.
    package var epsilon: Double?
    package var precisionAt3: Estimate
    package var recall: Estimate
    /// Share of all tags that is ever given.
    package var coverage: Double
    package var users: Int

    package init(
      rule: String, epsilon: Double?, precisionAt3: Estimate, recall: Estimate, coverage: Double,
      users: Int
    ) {
      self.rule = rule
      self.epsilon = epsilon
      self.precisionAt3 = precisionAt3
      self.recall = recall
      self.coverage = coverage
      self.users = users
    }
  }
}
