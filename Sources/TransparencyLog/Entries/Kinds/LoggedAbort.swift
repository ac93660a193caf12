internal import CryptoPrimitives

/// A round has ended without a release.
///
/// What it cost follows from whether the log has a debit of the same round.
package struct LoggedAbort: Sendable, Equatable {
  package let round: RoundReference
  /// A code of secure-aggregation.md, section 16, or above 1,000 one of node-api.md, section 7.
  package let code: Int

  package init(round: RoundReference, code: Int) {
    self.round = round
    self.code = code
  }
}

extension LoggedAbort: EntryFields {
  static let kind = EntryKind.abort
  var place: (subject: Bytes32, number: UInt64) { round.place }

  func append(to bytes: inout [UInt8]) {
    round.append(to: &bytes)
    bytes.append(number: code)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    round = try RoundReference(from: &reader)
    code = try reader.number(1...1_999, "abort.code")
  }
}
