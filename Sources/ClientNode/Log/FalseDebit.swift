internal import CryptoPrimitives
package import Storage
package import TransparencyLog

/// A debit of something else than the device took part in, with the log's own word for it.
///
/// The receipt of the right one may be there already, and receipts are one for each key: this is kept apart.
package struct FalseDebit: Sendable, Equatable {
  package let key: EntryKey
  /// The entry with its proof, and the head that it was proved against; nil of what earlier versions have kept.
  package let shown: LogReceipt?

  init(_ entry: ProvedEntry, _ key: EntryKey, under head: CosignedHead) {
    self.key = key
    shown = LogReceipt(
      kind: Int(key.kind.rawValue), subject: key.subject, number: key.number,
      entry: entry.encoded, head: head.encoded)
  }

  /// Both, or the key alone.
  ///
  /// **Format**: subject || u64 number || u32 length of the entry || entry || head.
  var encoded: [UInt8] {
    var bytes = key.subject.bytes
    bytes.append(littleEndian: key.number)
    guard let shown else { return bytes }
    bytes.append(littleEndian: UInt32(shown.entry.count))
    return bytes + shown.entry + shown.head
  }

  /// Nil for bytes that are none.
  init?(decoding bytes: [UInt8]) {
    let keyCount = Bytes32.count + 8
    guard bytes.count >= keyCount, let task = Bytes32(Array(bytes.prefix(Bytes32.count))) else {
      return nil
    }
    func number(_ range: Range<Int>) -> UInt64 {
      bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    let round = number(Bytes32.count..<keyCount)
    key = EntryKey(kind: .debit, subject: task, number: round)
    guard bytes.count > keyCount else {
      shown = nil
      return
    }
    let start = keyCount + 4
    guard bytes.count > start else { return nil }
    let count = number(keyCount..<start)
    guard count < UInt64(bytes.count - start) else { return nil }
    shown = LogReceipt(
      kind: Int(EntryKind.debit.rawValue), subject: task, number: round,
      entry: Array(bytes[start..<start + Int(count)]), head: Array(bytes[(start + Int(count))...]))
  }
}
