internal import CryptoPrimitives
internal import TransparencyLog

/// The file entries.json.
///
/// What fields mean is shown by the entry's encoding: it is read, and written again.
struct LogEntryVectors: LogVectorSuite {
  struct Entry: Decodable {
    let name: String
    let kind: UInt8
    let time: UInt64
    let encoded: Hex
    let leaf: Hex32
    let subject: Hex32
    let number: UInt64
  }

  let entries: [Entry]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    for vector in try checks.list("entries", entries) {
      try checks.begin(vector.name)
      let rule = logRule { () throws(LogRefusal) in
        Self.compare(try LogEntry(decoding: vector.encoded.bytes), vector, &checks)
      }
      checks.equal("rule", rule ?? "accepted", "accepted")
    }
  }

  private static func compare(_ entry: LogEntry, _ vector: Entry, _ checks: inout VectorChecks) {
    checks.equal("kind", entry.key.kind.rawValue, vector.kind)
    checks.equal("time", entry.time, vector.time)
    checks.equal("encoded", written(entry), vector.encoded.bytes)
    checks.equal("leaf", entry.leaf, vector.leaf.value)
    checks.equal("subject", entry.key.subject, vector.subject.value)
    checks.equal("number", entry.key.number, vector.number)
    checks.equal("signatures", isSigned(entry), true)
  }

  /// The entry as it is made from its fields, nil if it cannot be made.
  private static func written(_ entry: LogEntry) -> [UInt8]? {
    // Only compared with what was read: that it cannot be made is a difference.
    (try? LogEntry(time: entry.time, entry.content))?.encoded
  }

  private static func isSigned(_ entry: LogEntry) -> Bool {
    switch entry.content {
    case .plan(let plan): plan.isSigned
    case .rotation(let rotation): rotation.isSigned
    default: true
    }
  }
}

/// The file bad_entries.json.
struct BadLogEntryVectors: LogVectorSuite {
  struct Entry: Decodable {
    let name: String
    let encoded: Hex
    let rule: String
  }

  let entries: [Entry]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    for vector in try checks.list("entries", entries) {
      try checks.begin(vector.name)
      let rule = logRule { () throws(LogRefusal) in
        _ = try LogEntry(decoding: vector.encoded.bytes)
      }
      checks.equal("rule", rule, vector.rule)
    }
  }
}
