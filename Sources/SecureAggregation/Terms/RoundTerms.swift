package import CryptoPrimitives

/// What a coordinator proposes for a round: the fields of `RoundConfig`, not yet checked.
package struct RoundTerms: Sendable, Equatable {
  // What the round is, and for what.
  package var task = Bytes32()
  /// The round counter of the task.
  package var round: UInt64 = 1
  package var nonce = Bytes32()
  package var coordinator = VerificationKey(encoding: Bytes32())
  package var authority = VerificationKey(encoding: Bytes32())
  package var revocationDigest = Bytes32()
  package var modelHash = Bytes32()
  package var planHash = Bytes32()
  /// Zeros mean no rotation.
  package var rotationSeed = Bytes32()

  // The vector.
  package var dimension = 1
  package var ringBits = 32
  /// In units of the update.
  package var clipNorm = 1.0
  /// Ring units per unit of the update.
  package var scale = 1.0
  /// Bound on the squared norm of an encoded update, in ring units.
  package var squaredNormBound: UInt64 = 1
  package var noise = NoiseTerms.none

  // The cohort.
  package var leastCohort = 3
  package var mostCohort = 3
  package var leastSurvivors = 3
  package var leastHonest = 1
  /// gamma: the share of the cohort that may work with the coordinator, in 1/10,000.
  package var collusion = 500
  /// delta: the share of the cohort that may drop out, in 1/10,000.
  package var dropout = 500
  package var rule = ThresholdRule.agreement

  // Time, in Unix seconds.
  package var opens: UInt64 = 1
  /// One for each `RoundStep`, in order.
  package var deadlines: [UInt64] = [2, 3, 4, 5, 6]

  // Who may take part, and who watches.
  package var eligibilityThreshold = UInt64.max
  package var witnesses: [WitnessTerms] = []

  package init() {}
}

/// The noise of each client, declared: this protocol knows it only as a floor.
package struct NoiseTerms: Sendable, Equatable {
  package enum Law: UInt32, Sendable {
    case none = 0
    case skellam = 1
    case discreteGaussian = 2
  }

  package var law: Law
  /// Variance in squared ring units, a fraction in lowest terms.
  package var varianceNumerator: UInt64
  package var varianceDenominator: UInt64

  package init(law: Law, varianceNumerator: UInt64, varianceDenominator: UInt64) {
    self.law = law
    self.varianceNumerator = varianceNumerator
    self.varianceDenominator = varianceDenominator
  }

  package static let none = NoiseTerms(law: .none, varianceNumerator: 0, varianceDenominator: 1)
}

/// A witness of the round, and where its chain stands.
package struct WitnessTerms: Sendable, Equatable {
  package var identity: VerificationKey
  /// p: the place in the chain of the value that this round reveals.
  package var position: UInt64
  /// v_(p-1), the value before it.
  package var previous: Bytes32

  package init(identity: VerificationKey, position: UInt64, previous: Bytes32) {
    self.identity = identity
    self.position = position
    self.previous = previous
  }
}

/// The steps that have a deadline, in the order of the round.
package enum RoundStep: Int, Sendable, CaseIterable {
  case advertise
  case shares
  case input
  case consistency
  case unmask
}
