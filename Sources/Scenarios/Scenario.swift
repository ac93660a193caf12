internal import RoundVocabulary

/// A simulation as its user writes it: which behaviour, which privacy, which tasks, what to
/// evaluate.
///
/// Every value is checked when the file is decoded; a scenario in hand can be run.
package struct Scenario: Sendable, Equatable {
  package var name: String
  package var seed: UInt64
  /// Worker threads; `nil` is one per core.
  ///
  /// The results do not depend on it.
  package var threads: Int?
  package var behavior: Behavior
  package var privacy: Privacy
  package var encoding: Encoding
  package var gram: Gram
  package var ranker: Ranker
  /// `nil`: no sequence encoder is trained.
  package var encoder: Encoder?
  package var profile: Profile
  package var evaluation: Evaluation
  package var imitation: Imitation

  /// Where behaviour comes from.
  package struct Behavior: Sendable, Equatable {
    package enum Source: String, Sendable, CaseIterable {
      case movielens100k = "movielens-100k"
      case movielens1m = "movielens-1m"
      case synthetic
      case csv
      case jsonLines = "json-lines"
    }

    package var source: Source
    /// Files for `csv` and `json-lines`; relative to the scenario file.
    package var events: String?
    package var catalogue: String?
    /// Bad rows that are kept and reported before reading fails.
    package var maxBadRows: Int
    package var synthetic: Synthetic
  }

  /// A generated population.
  package struct Synthetic: Sendable, Equatable {
    package static let possibleUsers = 2...50_000_000
    package static let possibleItems = 2...50_000_000
    package static let possibleEvents = 2...Int(Int32.max)
    package static let possibleInterests = 1...1_000

    package var users: Int
    package var items: Int
    package var events: Int
    package var interests: Int
    package var seed: UInt64

    package init(users: Int, items: Int, events: Int, interests: Int, seed: UInt64) {
      self.users = users
      self.items = items
      self.events = events
      self.interests = interests
      self.seed = seed
    }
  }

  /// The guarantee to give and how the tasks share it.
  package struct Privacy: Sendable, Equatable {
    package enum Mechanism: String, Sendable, CaseIterable {
      /// The coordinator adds discrete Gaussian noise once per release.
      case central
      /// Every device adds its part of the noise, which hides a contribution from the coordinator, too.
      case distributed
      /// No noise: nothing is private, and the report says so in its title.
      case none
    }

    /// Below, all is noise; above, nothing is promised that is worth the name.
    static let meaningfulEpsilons = 1e-3...1e3

    /// The law of device noise, or how the coordinator's depends on earlier rounds of the ranker.
    package enum Noise: String, Sendable, CaseIterable {
      case skellam
      case discreteGaussian = "discrete-gaussian"
      /// Every prefix sum of rounds is a sum of nodes of a binary tree, each with its noise.
      case tree
      /// A banded matrix correlates the noise of successive rounds.
      case banded

      /// Only a coordinator who is trusted with the sums can make it.
      package var isCorrelated: Bool { self == .tree || self == .banded }
    }

    package var mechanism: Mechanism
    /// Nats, for one user over the whole run.
    package var epsilon: Double
    package var delta: Double
    /// The law of the noise that devices make, or the correlation of the coordinator's.
    package var noise: Noise
    /// The greatest share of a cohort whose contributions may fail to arrive.
    package var dropoutShare: Double
    /// The greatest share of a cohort that may work with the coordinator.
    package var colludingShare: Double
    /// Further epsilons at which the same run is repeated, to draw quality against epsilon.
    package var sweep: [Double]
    /// Shares of the squared Gaussian budget mu^2; they sum to 1.
    package var split: Split
  }

  package struct Split: Sendable, Equatable {
    package var statistics: Double
    package var gram: Double
    package var ranker: Double
    package var evaluation: Double
    /// 0 without a sequence encoder.
    package var encoder: Double
  }

  /// How an update becomes integers.
  package struct Encoding: Sendable, Equatable {
    /// b: contributions are vectors over Z/2^b.
    package var ringBits: Int
    /// log2 of the fixed-point scale (ring units per clip norm); `nil` is the largest that cannot wrap, at most 14.
    package var scaleBits: Int?
    /// Whether updates are rotated before rounding, which spreads them over a padded vector.
    package var rotation: Bool
  }

  package struct Gram: Sendable, Equatable {
    /// m: items with a coordinate of their own.
    package var headItems: Int
    /// G: content groups for all other items.
    package var tailGroups: Int
    /// Most eigenvectors that are kept.
    package var maxRank: Int
  }

  package struct Ranker: Sendable, Equatable {
    /// Where the clip norm of a round comes from.
    package enum Clipping: String, Sendable, CaseIterable {
      /// `clipNorm` in every round.
      case fixed
      /// `clipNorm` in the first round, and then the median of the updates' norms, by noisy counts.
      case adaptive
    }

    package var rounds: Int
    /// Devices per round; `nil` is all of them in every round.
    package var cohort: Int?
    package var learningRate: Double
    package var momentum: Double
    package var clipNorm: Double
    package var clipping: Clipping
    /// Uniform negatives that a device ranks its own last item against.
    package var negatives: Int
  }

  package struct Profile: Sendable, Equatable {
    /// After which time an event counts half in affinities.
    package var halfLifeDays: Double
    package var recommendations: Int
    /// Example users in the report.
    package var examples: Int
  }

  package struct Evaluation: Sendable, Equatable {
    /// Which of a user's last items is to be found.
    package enum HeldOut: String, Sendable, CaseIterable {
      /// The last item: for the figures that are stated.
      case test
      /// The second last, with the last one set aside: for choosing settings.
      case validation
    }

    package var heldOut: HeldOut
    /// Negatives of the sampled protocol.
    package var sampledNegatives: Int
    /// Bootstrap resamples of the users for the confidence intervals.
    package var bootstrapResamples: Int
    /// Events kept in the cold-start experiment.
    package var coldStart: [Int]
    /// Share of the catalogue, by popularity, that counts as head.
    package var headShare: Double
    /// L2 regularisation of the central reference EASE.
    package var easeRegularization: Double
    /// Predicted probability from which the "will interact" decision is yes.
    package var decisionThreshold: Double
    /// Users, at most, on which quality is measured; `nil` is all.
    package var users: Int?
  }

  /// How closely the simulation imitates real devices: the section `simulation`.
  package struct Imitation: Sendable, Equatable {
    /// How device noise is drawn.
    package enum DeviceNoise: String, Sendable, CaseIterable {
      /// Every device draws its own, as real ones do.
      case each
      /// What the devices of a round add is drawn in one go where that has the same law.
      case together
    }

    /// Whether rounds run through secure aggregation; otherwise contributions are added as they are.
    ///
    /// What is released is the same to the bit.
    package var secureAggregation: Bool
    package var deviceNoise: DeviceNoise
    package var dropouts: Dropouts
  }

  /// Shares of every cohort that leave before each step of a round.
  package struct Dropouts: Sendable, Equatable {
    package var beforeAdvertise: Double
    package var beforeShare: Double
    package var beforeInput: Double
    /// These have contributed; only their help in unmasking is missing.
    package var beforeUnmask: Double

    package init(
      beforeAdvertise: Double, beforeShare: Double, beforeInput: Double, beforeUnmask: Double
    ) {
      self.beforeAdvertise = beforeAdvertise
      self.beforeShare = beforeShare
      self.beforeInput = beforeInput
      self.beforeUnmask = beforeUnmask
    }

    /// The share of a cohort whose contributions never arrive.
    package var withoutContribution: Double { beforeAdvertise + beforeShare + beforeInput }
  }
}
