package import CryptoPrimitives

/// The values T0 to T4 that bind a round together: section 7.
///
/// Each is a hash of the one before and of what has been agreed since. Box keys depend on T2 and mask
/// keys on T3: clients that were shown different things have masks that do not cancel.
package enum Transcript {
  /// T0: of the configuration.
  package static func configured(_ config: RoundConfig) -> Bytes32 {
    var message = LabeledMessage(.config)
    message.append(config.signedBytes)
    return message.digest
  }

  /// T1: of the cohort.
  package static func gathered(_ configured: Bytes32, cohort: CohortTree) -> Bytes32 {
    var message = LabeledMessage(.cohort)
    message.append(configured)
    message.append(UInt32(cohort.leaves.count))
    message.append(cohort.root)
    return message.digest
  }

  /// T2: of the graph.
  package static func connected(
    _ gathered: Bytes32, seed: Bytes32, parameters: GraphParameters
  ) -> Bytes32 {
    var message = LabeledMessage(.graph)
    message.append(gathered)
    message.append(seed)
    message.append(parameters.mode.rawValue)
    message.append(UInt32(parameters.degree))
    message.append(UInt32(parameters.threshold))
    return message.digest
  }

  /// T3: of those who shared, U2.
  package static func shared(_ connected: Bytes32, sharers: CohortSet) -> Bytes32 {
    var message = LabeledMessage(.sharers)
    message.append(connected)
    message.append(sharers.bitmap)
    return message.digest
  }

  /// T4: of those whose input arrived, U3.
  package static func survived(_ shared: Bytes32, survivors: CohortSet) -> Bytes32 {
    var message = LabeledMessage(.survivors)
    message.append(shared)
    message.append(survivors.bitmap)
    return message.digest
  }
}
