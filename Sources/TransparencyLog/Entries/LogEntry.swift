package import CryptoPrimitives

/// One entry of a log: what was done, and when the coordinator says that it was.
///
/// A value of this type can be sent: `init` refuses what is outside of the ranges of section 4.
package struct LogEntry: Sendable, Equatable {
  /// What happened, one case for each kind.
  package enum Content: Sendable, Equatable {
    case enrollment(LoggedEnrollment)
    case plan(LoggedPlan)
    case round(LoggedRound)
    case cohort(LoggedCohort)
    case survivors(LoggedSurvivors)
    case debit(LoggedDebit)
    case release(LoggedRelease)
    case abort(LoggedAbort)
    case pause(LoggedPause)
    case rotation(LoggedRotation)
    case closing(LoggedClosing)
  }

  /// Unix seconds; for people, no check depends on it.
  package let time: UInt64
  package let content: Content
  /// What the log holds: header, time and fields.
  package let encoded: [UInt8]

  /// An entry, if it can be sent.
  ///
  /// - Throws: `encoding`, naming the first field that is outside of its range.
  package init(time: UInt64, _ content: Content) throws(LogRefusal) {
    var bytes = [StructureKind.version, content.kind.rawValue]
    bytes.append(littleEndian: time)
    content.fields.append(to: &bytes)
    // The decoder has all ranges: an entry is valid exactly if it accepts what the entry encodes to.
    try self.init(decoding: bytes)
  }

  /// The entry that `bytes` encode, and nothing else.
  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    guard bytes.count <= LogLimits.mostEntryBytes else { throw reader.refusal(.limit, "entry") }
    guard let kind = EntryKind(rawValue: try reader.kindNumber("entry.header")) else {
      throw reader.refusal(.kind, "entry.header")
    }
    time = try reader.ordinal("entry.time")
    content = try Content(kind, from: &reader)
    try reader.finish("entry")
    encoded = bytes
  }

  package var key: EntryKey {
    let place = content.fields.place
    return EntryKey(kind: content.kind, subject: place.subject, number: place.number)
  }

  /// The hash by which the tree, and other entries, name this one.
  package var leaf: Bytes32 { MerkleHash.leaf(encoded) }
}

extension LogEntry.Content {
  package var kind: EntryKind { type(of: fields).kind }

  var fields: any EntryFields {
    switch self {
    case .enrollment(let fields): fields
    case .plan(let fields): fields
    case .round(let fields): fields
    case .cohort(let fields): fields
    case .survivors(let fields): fields
    case .debit(let fields): fields
    case .release(let fields): fields
    case .abort(let fields): fields
    case .pause(let fields): fields
    case .rotation(let fields): fields
    case .closing(let fields): fields
    }
  }

  init(_ kind: EntryKind, from reader: inout FieldReader) throws(LogRefusal) {
    self =
      switch kind {
      case .enrollment: .enrollment(try LoggedEnrollment(from: &reader))
      case .plan: .plan(try LoggedPlan(from: &reader))
      case .round: .round(try LoggedRound(from: &reader))
      case .cohort: .cohort(try LoggedCohort(from: &reader))
      case .survivors: .survivors(try LoggedSurvivors(from: &reader))
      case .debit: .debit(try LoggedDebit(from: &reader))
      case .release: .release(try LoggedRelease(from: &reader))
      case .abort: .abort(try LoggedAbort(from: &reader))
      case .pause: .pause(try LoggedPause(from: &reader))
      case .rotation: .rotation(try LoggedRotation(from: &reader))
      case .closing: .closing(try LoggedClosing(from: &reader))
      }
  }
}
