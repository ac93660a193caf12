package import CryptoPrimitives

/// A round is announced under these terms.
package struct LoggedRound: Sendable, Equatable {
  package let round: RoundReference
  /// T0: the hash of the round's configuration.
  package let configuration: Bytes32
  package let planHash: Bytes32
  /// The model version that devices work with.
  package let modelHash: Bytes32

  package init(
    round: RoundReference, configuration: Bytes32, planHash: Bytes32, modelHash: Bytes32
  ) {
    self.round = round
    self.configuration = configuration
    self.planHash = planHash
    self.modelHash = modelHash
  }
}

extension LoggedRound: EntryFields {
  static let kind = EntryKind.round
  var place: (subject: Bytes32, number: UInt64) { round.place }

  func append(to bytes: inout [UInt8]) {
    round.append(to: &bytes)
    configuration.append(to: &bytes)
    planHash.append(to: &bytes)
    modelHash.append(to: &bytes)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    round = try RoundReference(from: &reader)
    configuration = try reader.bytes32("round.configuration")
    planHash = try reader.bytes32("round.planHash")
    modelHash = try reader.bytes32("round.modelHash")
  }
}
