package import CryptoPrimitives
internal import TransparencyLog

/// Which entry was written last, and what all of them add up to: kept apart from the entries.
///
/// A store that is older than this is noticed, and what its lost entries said of spending is here.
package struct LedgerHead: Sendable, Equatable {
  /// 0 before the first entry.
  package let number: UInt64
  package let hash: Bytes32
  package let accounts: [TaskAccount]
  /// Nothing is contributed before this; Unix seconds, 0 if there was never a reason.
  package let quarantineEnd: UInt64

  init(number: UInt64, hash: Bytes32, accounts: [TaskAccount], quarantineEnd: UInt64) {
    self.quarantineEnd = quarantineEnd
    self.number = number
    self.hash = hash
    self.accounts = accounts
  }

  private static let version: UInt8 = 1

  var encoded: [UInt8] {
    var bytes: [UInt8] = [Self.version]
    bytes.append(littleEndian: number)
    hash.append(to: &bytes)
    bytes.append(littleEndian: quarantineEnd)
    accounts.append(to: &bytes)
    return bytes
  }

  init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    guard try reader.u8("head.version") == Self.version else {
      throw reader.refusal(.version, "head.version")
    }
    number = try reader.u64(0...LogLimits.mostCount, "head.number")
    hash = try reader.bytes32("head.hash")
    quarantineEnd = try reader.u64(0...LogLimits.mostCount, "head.quarantineEnd")
    accounts = try [TaskAccount](from: &reader)
    try reader.finish("head")
  }
}
