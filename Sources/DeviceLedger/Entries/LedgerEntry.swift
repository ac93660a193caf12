package import CryptoPrimitives
internal import TransparencyLog

/// One entry of a device's ledger: protocols/device-ledger.md, section 3.
package struct LedgerEntry: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// A contribution is about to leave the device.
    case contribution(ChargedTask, round: UInt64)
    /// The coordinator has counted contributions that the ledger does not have; nothing is contributed
    /// before a time.
    case counted(ChargedTask, count: Int, until: UInt64)
    /// The ledger was not as it had been left: what is known of it, and until when nothing is contributed.
    case restart(LedgerFault, accounts: [TaskAccount], until: UInt64)
  }

  /// From 1 on, without gaps but before a restart.
  package let number: UInt64
  /// The hash of the entry before; zeros for the first.
  package let previous: Bytes32
  /// Unix seconds, by the device's clock, which may go backwards.
  package let time: UInt64
  package let content: Content

  init(number: UInt64, previous: Bytes32, time: UInt64, _ content: Content) {
    self.number = number
    self.previous = previous
    self.time = time
    self.content = content
  }

  /// The hash by which the next entry names this one.
  var hash: Bytes32 {
    var message = LabeledMessage(.deviceLedgerLink)
    message.append(encoded)
    return message.digest
  }
}

// MARK: Encoding

extension LedgerEntry {
  private static let version: UInt8 = 1

  var encoded: [UInt8] {
    var bytes: [UInt8] = [Self.version, content.kind]
    bytes.append(littleEndian: number)
    previous.append(to: &bytes)
    bytes.append(littleEndian: time)
    switch content {
    case .contribution(let charge, let round):
      charge.append(to: &bytes)
      bytes.append(littleEndian: round)
    case .counted(let charge, let count, let until):
      charge.append(to: &bytes)
      bytes.append(littleEndian: UInt32(count))
      bytes.append(littleEndian: until)
    case .restart(let fault, let accounts, let until):
      fault.append(to: &bytes)
      accounts.append(to: &bytes)
      bytes.append(littleEndian: until)
    }
    return bytes
  }

  init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    guard try reader.u8("entry.version") == Self.version else {
      throw reader.refusal(.version, "entry.version")
    }
    let kind = try reader.u8("entry.kind")
    number = try reader.ordinal("entry.number")
    previous = try reader.bytes32("entry.previous")
    time = try reader.u64(0...LogLimits.mostCount, "entry.time")
    content = try Content(kind: kind, from: &reader)
    try reader.finish("entry")
  }
}

extension LedgerEntry.Content {
  fileprivate var kind: UInt8 {
    switch self {
    case .contribution: 1
    case .counted: 2
    case .restart: 3
    }
  }

  fileprivate init(kind: UInt8, from reader: inout FieldReader) throws(LogRefusal) {
    switch kind {
    case 1:
      self = .contribution(
        try ChargedTask(from: &reader), round: try reader.ordinal("contribution.round"))
    case 2:
      self = .counted(
        try ChargedTask(from: &reader),
        count: try reader.number(1...TaskAccount.mostCount, "counted.count"),
        until: try reader.u64(0...LogLimits.mostCount, "counted.until"))
    case 3:
      self = .restart(
        try LedgerFault(from: &reader), accounts: try [TaskAccount](from: &reader),
        until: try reader.u64(0...LogLimits.mostCount, "restart.until"))
    default: throw reader.refusal(.kind, "entry.kind")
    }
  }
}
