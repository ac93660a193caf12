package import CryptoPrimitives

/// The hash chains of the witnesses, and the graph seed that they make: section 8.
package enum Beacon {
  /// The value before `value` in a witness's chain.
  package static func previous(of value: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.chain)
    message.append(value)
    return message.digest
  }

  /// The seed of the graph of a cohort.
  ///
  /// - Parameter values: Those that the witnesses revealed, in the order of the configuration.
  package static func graphSeed(cohort transcript: Bytes32, values: [Bytes32]) -> Bytes32 {
    var message = LabeledMessage(.beacon)
    message.append(transcript)
    for value in values { message.append(value) }
    return message.digest
  }
}

/// Where a witness's chain stands: the last value that was accepted from it.
package struct ChainPosition: Sendable, Equatable {
  package let position: UInt64
  package let value: Bytes32

  package init(position: UInt64, value: Bytes32) {
    self.position = position
    self.value = value
  }

  /// A device that was away longer than this has to be enrolled again.
  private static let mostSteps: UInt64 = 65_536

  /// Whether a round's terms go on from here.
  func isContinued(by terms: WitnessTerms) -> Bool {
    guard terms.position > position, terms.position - position <= Self.mostSteps else {
      return false
    }
    var earlier = terms.previous
    for _ in 0..<(terms.position - 1 - position) { earlier = Beacon.previous(of: earlier) }
    return earlier == value
  }
}
