package import CryptoPrimitives

/// A round's sum was opened, and this became of it.
package struct LoggedRelease: Sendable, Equatable {
  package let round: RoundReference
  /// `LogEntry.leaf` of the debit that paid for it.
  package let debit: Bytes32
  /// The hash of the opened sum.
  package let sumHash: Bytes32
  /// The model version that was made with it.
  package let modelHash: Bytes32
  package let survivorCount: Int
  /// What the release holds.
  package let mechanism: LoggedMechanism

  package init(
    round: RoundReference, debit: Bytes32, sumHash: Bytes32, modelHash: Bytes32,
    survivorCount: Int, mechanism: LoggedMechanism
  ) {
    self.round = round
    self.debit = debit
    self.sumHash = sumHash
    self.modelHash = modelHash
    self.survivorCount = survivorCount
    self.mechanism = mechanism
  }
}

extension LoggedRelease: EntryFields {
  static let kind = EntryKind.release
  var place: (subject: Bytes32, number: UInt64) { round.place }

  func append(to bytes: inout [UInt8]) {
    round.append(to: &bytes)
    debit.append(to: &bytes)
    sumHash.append(to: &bytes)
    modelHash.append(to: &bytes)
    bytes.append(number: survivorCount)
    mechanism.append(to: &bytes)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    round = try RoundReference(from: &reader)
    debit = try reader.bytes32("release.debit")
    sumHash = try reader.bytes32("release.sumHash")
    modelHash = try reader.bytes32("release.modelHash")
    survivorCount = try reader.number(1...LogLimits.mostDevices, "release.survivorCount")
    mechanism = try LoggedMechanism(from: &reader)
  }
}
