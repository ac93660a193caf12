package import CryptoPrimitives

/// What a client insists on, whatever a coordinator proposes: section 14.
package struct ClientPolicy: Sendable {
  /// Coordinators whose rounds may be joined.
  package var coordinators: Set<VerificationKey>
  /// The authority that enrolls devices.
  package var authority: VerificationKey
  /// The witnesses, with the first value of each one's chain.
  ///
  /// A round that lists any lists all of them: a coordinator that owns one could otherwise leave out
  /// the others.
  package var anchors: [VerificationKey: Bytes32]

  package var ringBits: Set<Int>
  package var mostDimension: Int
  /// In units of the update.
  package var mostClipNorm: Double
  package var leastNoise: NoiseRatio
  package var leastCohort: Int
  package var leastSurvivors: Int
  package var leastHonest: Int
  /// gamma that a round has to reckon with, in 1/10,000.
  package var leastCollusion: Int
  package var allowsIsolationRule: Bool
  /// Survivors of the cohort, in 1/10,000.
  package var leastSurvivorShare: Int
  package var mostRoundsPerDay: Int
  /// The share of enrolled identities that a round with witnesses may draw from, in 2^-64.
  ///
  /// With it the coordinator cannot seat all corrupt identities that were ever enrolled.
  package var mostEligibilityThreshold = UInt64.max

  /// A variance over a squared sensitivity, as a fraction.
  package struct NoiseRatio: Sendable, Equatable {
    package let numerator: UInt16
    package let denominator: UInt16

    /// - Range: `denominator` is not zero.
    package init(_ numerator: UInt16, over denominator: UInt16) {
      precondition(denominator > 0, "a ratio over zero")
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  /// Named members, such as a few organizations.
  package static func silo(
    coordinators: Set<VerificationKey>, authority: VerificationKey,
    anchors: [VerificationKey: Bytes32], mostClipNorm: Double, leastNoise: NoiseRatio
  ) -> ClientPolicy {
    ClientPolicy(
      coordinators: coordinators, authority: authority, anchors: anchors,
      ringBits: [16, 20, 24, 32], mostDimension: RoundConfig.mostDimension,
      mostClipNorm: mostClipNorm, leastNoise: leastNoise, leastCohort: 5, leastSurvivors: 4,
      leastHonest: 2, leastCollusion: 500, allowsIsolationRule: false, leastSurvivorShare: 8_000,
      mostRoundsPerDay: 24)
  }

  /// Devices of people who do not know each other.
  ///
  /// - Parameter mostEligibilityThreshold: The largest cohort over the number of enrolled devices, times
  ///   2^64: what the operator of the population knows.
  package static func device(
    coordinators: Set<VerificationKey>, authority: VerificationKey,
    anchors: [VerificationKey: Bytes32], mostClipNorm: Double, leastNoise: NoiseRatio,
    mostEligibilityThreshold: UInt64
  ) -> ClientPolicy {
    var policy = silo(
      coordinators: coordinators, authority: authority, anchors: anchors,
      mostClipNorm: mostClipNorm, leastNoise: leastNoise)
    policy.leastCohort = 64
    policy.leastSurvivors = 64
    policy.leastHonest = 32
    policy.leastSurvivorShare = 8_500
    policy.mostRoundsPerDay = 3
    policy.mostEligibilityThreshold = mostEligibilityThreshold
    return policy
  }

  /// Whether the noise that is certain to be in the sum hides one contribution well enough.
  ///
  /// Only noise of honest devices counts: dropouts take theirs away, colluders know theirs.
  func isSatisfied(byNoiseOf config: RoundConfig) -> Bool {
    // Fits: at most 2^14 * 2^50 * 2^16 and 2^16 * 2^60 * 2^50.
    UInt128(config.leastHonest) * UInt128(config.noise.varianceNumerator)
      * UInt128(leastNoise.denominator)
      >= UInt128(leastNoise.numerator) * UInt128(config.squaredNormBound)
      * UInt128(config.noise.varianceDenominator)
  }
}
