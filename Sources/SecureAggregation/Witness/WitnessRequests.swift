package import CryptoPrimitives

/// What a coordinator shows a witness to have its next value revealed: section 8.
package struct RevealRequest: Sendable {
  /// The signed RoundConfig.
  package let config: [UInt8]
  /// The signed Advertise messages of the whole cohort, in index order.
  package let cohort: [[UInt8]]

  package init(config: [UInt8], cohort: [[UInt8]]) {
    self.config = config
    self.cohort = cohort
  }
}

/// What a coordinator shows a witness to have the survivors signed.
package struct CosignRequest: Sendable {
  package let config: RoundConfig
  /// T1.
  package let cohort: Bytes32
  /// Of all witnesses, in the order of the configuration.
  package let values: [Bytes32]
  /// U2.
  package let sharers: CohortSet
  /// U3.
  package let survivors: CohortSet

  package init(
    config: RoundConfig, cohort: Bytes32, values: [Bytes32], sharers: CohortSet,
    survivors: CohortSet
  ) {
    self.config = config
    self.cohort = cohort
    self.values = values
    self.sharers = sharers
    self.survivors = survivors
  }
}
