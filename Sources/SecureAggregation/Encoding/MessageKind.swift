internal import CryptoPrimitives

/// The kinds of message, by their numbers on the wire: section 12.
package enum MessageKind: UInt32, Sendable, CaseIterable {
  case roundConfig = 1
  case advertise = 2
  case directory = 3
  case shares = 4
  case inbox = 5
  case input = 6
  case survivors = 7
  case consistency = 8
  case quorum = 9
  case unmask = 10
  case reveal = 11
  case cosign = 12
  case partialSum = 13
  case abort = 14

  /// The first four bytes of every message.
  static let magic = Array("fsa1".utf8)
  static let headerByteCount = 8

  /// The header of a message of this kind.
  var header: [UInt8] {
    var header = Self.magic
    header.append(littleEndian: rawValue)
    return header
  }

  /// The kind that a message's header names.
  ///
  /// - Throws: `truncated`, `magic` or `kind`.
  package init(ofMessage bytes: [UInt8]) throws(ProtocolError) {
    var reader = ByteReader(bytes)
    self = try reader.header()
  }
}

extension ByteReader {
  mutating func header() throws(ProtocolError) -> MessageKind {
    guard try bytes(4, "header.magic") == MessageKind.magic else {
      throw ProtocolError(.magic, "header.magic")
    }
    guard let kind = MessageKind(rawValue: try u32("header.kind")) else {
      throw ProtocolError(.kind, "header.kind")
    }
    return kind
  }
}
