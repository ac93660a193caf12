package import CryptoPrimitives

/// A round's cohort is fixed.
package struct LoggedCohort: Sendable, Equatable {
  package let round: RoundReference
  /// T1: the hash of configuration and cohort.
  package let transcript: Bytes32
  /// The root of the cohort's own tree.
  package let root: Bytes32
  package let memberCount: Int

  package init(round: RoundReference, transcript: Bytes32, root: Bytes32, memberCount: Int) {
    self.round = round
    self.transcript = transcript
    self.root = root
    self.memberCount = memberCount
  }
}

extension LoggedCohort: EntryFields {
  static let kind = EntryKind.cohort
  var place: (subject: Bytes32, number: UInt64) { round.place }

  func append(to bytes: inout [UInt8]) {
    round.append(to: &bytes)
    transcript.append(to: &bytes)
    root.append(to: &bytes)
    bytes.append(number: memberCount)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    round = try RoundReference(from: &reader)
    transcript = try reader.bytes32("cohort.transcript")
    root = try reader.bytes32("cohort.root")
    memberCount = try reader.number(1...LogLimits.mostDevices, "cohort.memberCount")
  }
}
