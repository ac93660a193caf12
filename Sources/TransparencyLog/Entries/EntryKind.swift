package import CryptoPrimitives

/// The kinds of entry, by their numbers: protocols/transparency-log.md, section 4.
package enum EntryKind: UInt8, Sendable, CaseIterable {
  case enrollment = 1
  case plan = 2
  case round = 3
  case cohort = 4
  case survivors = 5
  case debit = 6
  case release = 7
  case abort = 8
  case pause = 9
  case rotation = 10
  case closing = 11
}

/// What an entry is about: a log has one entry with each key, and a second one is evidence against it.
package struct EntryKey: Sendable, Hashable {
  package let kind: EntryKind
  /// The task, for entries about rounds and pauses; else what the kind is about.
  package let subject: Bytes32
  /// The round, for entries about rounds; else what the kind counts, or 0.
  package let number: UInt64

  package init(kind: EntryKind, subject: Bytes32, number: UInt64) {
    self.kind = kind
    self.subject = subject
    self.number = number
  }
}

extension EntryKey {
  package static let encodedByteCount = 1 + Bytes32.count + 8

  /// u8 kind || subject || u64 number, as devices keep keys for themselves.
  package var encoded: [UInt8] {
    var bytes = [kind.rawValue]
    subject.append(to: &bytes)
    bytes.append(littleEndian: number)
    return bytes
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    guard let kind = EntryKind(rawValue: try reader.u8("key.kind")) else {
      throw reader.refusal(.range, "key.kind")
    }
    self.kind = kind
    subject = try reader.bytes32("key.subject")
    number = try reader.u64(0...UInt64.max, "key.number")
    try reader.finish("key")
  }
}

/// The fields of one kind of entry.
protocol EntryFields: Sendable, Equatable {
  static var kind: EntryKind { get }
  /// `EntryKey.subject` and `EntryKey.number`.
  var place: (subject: Bytes32, number: UInt64) { get }

  /// Appends the fields, without the entry's header.
  func append(to bytes: inout [UInt8])

  /// Reads the fields.
  init(from reader: inout FieldReader) throws(LogRefusal)
}

extension [UInt8] {
  /// Appends a count or other small number as a u32.
  ///
  /// What does not fit becomes the largest, which is outside of every range: so an entry that cannot be sent
  /// is refused by the decoder that its initializer asks.
  mutating func append(number: Int) { append(littleEndian: UInt32(exactly: number) ?? .max) }

  mutating func append(real: Double) { append(littleEndian: real.bitPattern) }
}
