package import CryptoPrimitives

/// A round is charged: from here on its sum may be opened, and counts as opened.
package struct LoggedDebit: Sendable, Equatable {
  package let round: RoundReference
  /// T4 of the one sum that may be opened.
  package let transcript: Bytes32
  package let survivorCount: Int
  /// What the opening costs at most.
  package let mechanism: LoggedMechanism

  package init(
    round: RoundReference, transcript: Bytes32, survivorCount: Int, mechanism: LoggedMechanism
  ) {
    self.round = round
    self.transcript = transcript
    self.survivorCount = survivorCount
    self.mechanism = mechanism
  }
}

extension LoggedDebit: EntryFields {
  static let kind = EntryKind.debit
  var place: (subject: Bytes32, number: UInt64) { round.place }

  func append(to bytes: inout [UInt8]) {
    round.append(to: &bytes)
    transcript.append(to: &bytes)
    bytes.append(number: survivorCount)
    mechanism.append(to: &bytes)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    round = try RoundReference(from: &reader)
    transcript = try reader.bytes32("debit.transcript")
    survivorCount = try reader.number(1...LogLimits.mostDevices, "debit.survivorCount")
    mechanism = try LoggedMechanism(from: &reader)
  }
}
