extension RunFigures {
  /// One device's own profile, as its user would see it.
  package struct ProfileFigures: Codable, Sendable {
    package var label: String
    package var events: Int
    /// V'r, the profile vector.
    package var vector: [Double]
    package var tags: [TagScore]
    /// Affinities with time decay, shares that sum to 1.
    package var categories: [TagScore]
    /// 0 cheapest to 1 dearest; `nil` without prices.
    package var priceLevel: Double?
    package var recencyDays: Double?
    package var frequencyPerWeek: Double?
    /// Events per active day.
    package var intensity: Double?
    package var recommendations: [RecommendationFigures]
    /// The item that the split held out, and where it was ranked; 1 is first.
    package var heldOut: String
    package var heldOutRank: Int
    /// What the sequence encoder would show first; `nil` where none was trained.
    package var sequence: SequenceReasonFigures? = nil
    /// Whether the recommendations are what is popular, for the ranker was worse.
    package var fallsBack = false

    package init(
      label: String, events: Int, vector: [Double], tags: [TagScore], categories: [TagScore],
      priceLevel: Double?, recencyDays: Double?, frequencyPerWeek: Double?, intensity: Double?,
      recommendations: [RecommendationFigures], heldOut: String, heldOutRank: Int
    ) {
      self.label = label
      self.events = events
      self.vector = vector
      self.tags = tags
      self.categories = categories
      self.priceLevel = priceLevel
      self.recencyDays = recencyDays
      self.frequencyPerWeek = frequencyPerWeek
      self.intensity = intensity
      self.recommendations = recommendations
      self.heldOut = heldOut
      self.heldOutRank = heldOutRank
    }
  }

  /// The first recommendation of a sequence encoder, and what the own events have to do with it.
  package struct SequenceReasonFigures: Codable, Sendable {
    package var title: String
    /// Those that move its score most, oldest first.
    package var events: [EventPart]

    package init(title: String, events: [EventPart]) {
      self.title = title
      self.events = events
    }
  }

  /// An own event, and how much the score of a recommendation falls without it.
  package struct EventPart: Codable, Sendable {
    package var title: String
    package var part: Double
    /// The share of the recommendation's attention; nil for an encoder that has none to divide.
    package var attention: Double?

    package init(title: String, part: Double, attention: Double? = nil) {
      self.title = title
      self.part = part
      self.attention = attention
    }
  }

  /// A tag or category with its score.
  package struct TagScore: Codable, Sendable {
    package var name: String
    package var score: Double

    package init(
      name: String, score: Double
    ) {
      self.name = name
      self.score = score
    }
  }

  /// One recommendation and the own events that speak for it.
  package struct RecommendationFigures: Codable, Sendable {
    package var title: String
    package var categories: [String]
    package var score: Double
    /// Titles of the own items that contributed most, most first.
    package var reasons: [String]

    package init(
      title: String, categories: [String], score: Double, reasons: [String]
    ) {
      self.title = title
      self.categories = categories
      self.score = score
      self.reasons = reasons
    }
  }
}
