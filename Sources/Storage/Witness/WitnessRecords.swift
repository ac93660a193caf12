package import CryptoPrimitives

/// A value of a witness's chain went to a cohort.
package struct RevealRecord: Sendable, Equatable {
  /// In the chain, from 1.
  package let position: UInt64
  package let round: RoundKey
  /// T0 of the round.
  package let config: Bytes32
  /// T1 of the round.
  package let cohort: Bytes32
  /// n, the number of clients in the cohort.
  package let cohortSize: Int

  package init(
    position: UInt64, round: RoundKey, config: Bytes32, cohort: Bytes32, cohortSize: Int
  ) {
    self.position = position
    self.round = round
    self.config = config
    self.cohort = cohort
    self.cohortSize = cohortSize
  }
}

/// A witness has signed the survivors of a cohort.
package struct CosignRecord: Sendable, Equatable {
  /// T1 of the round.
  package let cohort: Bytes32
  /// T4 of the round.
  package let survivors: Bytes32

  package init(cohort: Bytes32, survivors: Bytes32) {
    self.cohort = cohort
    self.survivors = survivors
  }
}
