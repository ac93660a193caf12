package import CryptoPrimitives

/// It is settled whose contributions the sum of a round holds.
package struct LoggedSurvivors: Sendable, Equatable {
  package let round: RoundReference
  /// T4: the hash of all that the round agreed on, the set of survivors last.
  package let transcript: Bytes32
  package let survivorCount: Int

  package init(round: RoundReference, transcript: Bytes32, survivorCount: Int) {
    self.round = round
    self.transcript = transcript
    self.survivorCount = survivorCount
  }
}

extension LoggedSurvivors: EntryFields {
  static let kind = EntryKind.survivors
  var place: (subject: Bytes32, number: UInt64) { round.place }

  func append(to bytes: inout [UInt8]) {
    round.append(to: &bytes)
    transcript.append(to: &bytes)
    bytes.append(number: survivorCount)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    round = try RoundReference(from: &reader)
    transcript = try reader.bytes32("survivors.transcript")
    survivorCount = try reader.number(1...LogLimits.mostDevices, "survivors.survivorCount")
  }
}
