/// What a coordinator asks of its devices: tasks, cohorts, times, privacy and encoding.
///
/// Everything that costs privacy is here, so that a device can check each round against the plan that
/// it was signed with. Every value is checked when the document is decoded.
package struct FederationPlan: Sendable, Equatable {
  package var name: String
  /// Public: groups of items and rotations follow from it.
  package var seed: UInt64
  package var catalogue: Catalogue
  package var cohort: Cohort
  package var times: Times
  package var privacy: Privacy
  package var encoding: Scenario.Encoding
  package var gram: Scenario.Gram
  package var ranker: Ranker
  package var profile: Profile
  package var audit: Audit

  /// What is asked before a version is put to use by hand.
  package struct Audit: Sendable, Equatable {
    /// Whether `model promote` demands a measurement that does not contradict the plan.
    package var gate: Bool
  }

  /// The public list of items that all vectors are over.
  package struct Catalogue: Sendable, Equatable {
    package var items: Int
    /// BLAKE2b-256 of the catalogue file, 64 hexadecimal digits; nil until the plan is signed.
    package var hash: String?
  }

  /// Who takes part in a round.
  package struct Cohort: Sendable, Equatable {
    /// Devices that may join; more than are needed, so that stragglers can be left behind.
    package var most: Int
    /// Rounds in a row that may be aborted before the plan fails.
    package var attempts: Int
  }

  /// How long the steps of a round may take, in seconds.
  package struct Times: Sendable, Equatable {
    package var advertise: Int
    package var shares: Int
    package var input: Int
    package var consistency: Int
    package var unmask: Int
    /// From the end of a round to the opening of the next.
    package var pause: Int

    /// Of a plan that names none.
    package static let standard = Times(
      advertise: 60, shares: 60, input: 180, consistency: 60, unmask: 60, pause: 0)
  }

  /// The guarantee to give and how the tasks share it.
  package struct Privacy: Sendable, Equatable {
    package enum Mechanism: String, Sendable, CaseIterable {
      /// Every device adds its part of the noise.
      case distributed
      /// No noise: nothing is private, and devices take part only where their owner allows it.
      case none
    }

    package enum Noise: String, Sendable, CaseIterable {
      case skellam
      case discreteGaussian = "discrete-gaussian"
    }

    package var mechanism: Mechanism
    /// Nats, for one device over the whole plan.
    package var epsilon: Double
    package var delta: Double
    package var noise: Noise
    package var dropoutShare: Double
    package var colludingShare: Double
    /// How often a device may contribute to a task once more, because a round was aborted.
    package var retries: Int
    package var split: Split
  }

  /// Shares of the squared Gaussian budget mu^2; they sum to 1.
  package struct Split: Sendable, Equatable {
    package var statistics: Double
    package var gram: Double
    package var ranker: Double
  }

  package struct Ranker: Sendable, Equatable {
    package var rounds: Int
    /// In how many of the rounds one device takes part, at most.
    package var participations: Int
    package var learningRate: Double
    package var momentum: Double
    package var clipNorm: Double
    package var negatives: Int
  }

  package struct Profile: Sendable, Equatable {
    package var halfLifeDays: Double
  }
}

/// Every setting of a plan, in the order in which a signed plan lists them.
package enum PlanKey: String, SettingKey {
  case name
  case seed
  case items = "catalogue.items"
  case catalogueHash = "catalogue.hash"
  case most = "cohort.most"
  case attempts = "cohort.attempts"
  case advertise = "times.advertise"
  case shares = "times.shares"
  case input = "times.input"
  case consistency = "times.consistency"
  case unmask = "times.unmask"
  case pause = "times.pause"
  case mechanism = "privacy.mechanism"
  case epsilon = "privacy.epsilon"
  case delta = "privacy.delta"
  case noise = "privacy.noise"
  case dropoutShare = "privacy.dropoutShare"
  case colludingShare = "privacy.colludingShare"
  case retries = "privacy.retries"
  case splitStatistics = "privacy.split.statistics"
  case splitGram = "privacy.split.gram"
  case splitRanker = "privacy.split.ranker"
  case ringBits = "encoding.ringBits"
  case scaleBits = "encoding.scaleBits"
  case rotation = "encoding.rotation"
  case headItems = "tasks.gram.headItems"
  case tailGroups = "tasks.gram.tailGroups"
  case maxRank = "tasks.gram.maxRank"
  case rounds = "tasks.ranker.rounds"
  case participations = "tasks.ranker.participations"
  case learningRate = "tasks.ranker.learningRate"
  case momentum = "tasks.ranker.momentum"
  case clipNorm = "tasks.ranker.clipNorm"
  case negatives = "tasks.ranker.negatives"
  case halfLife = "profile.halfLife"
  case auditGate = "audit.gate"

  package static let fileKind = "plan"
}
