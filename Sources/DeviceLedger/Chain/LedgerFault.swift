internal import CryptoPrimitives
internal import TransparencyLog

/// In what a device's ledger is not as the device had left it.
package enum LedgerFault: Sendable, Equatable {
  /// No entry is there, and there were so many.
  case missing(entries: UInt64)
  /// The last entry has a lower number than the one written last.
  case rolledBack(last: UInt64, written: UInt64)
  /// An entry does not follow the one before.
  case broken(entry: UInt64)
  /// An entry is not what the device has sealed.
  case unsealed(entry: UInt64)
  /// The entry that was written last is another one.
  case otherEntry(UInt64)
  /// There are entries, and what says which was the last is gone.
  case headMissing
  /// What says which entry was the last is not what the device has sealed.
  case headUnsealed
}

extension LedgerFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let entries):
      "the ledger is gone, which had \(entries) entries"
    case .rolledBack(let last, let written):
      "the ledger ends with entry \(last), and entry \(written) was written: an older copy was put back"
    case .broken(let entry): "entry \(entry) of the ledger does not follow the one before"
    case .unsealed(let entry): "entry \(entry) of the ledger is not what this device has sealed"
    case .otherEntry(let entry): "entry \(entry) of the ledger is another than was written"
    case .headMissing: "the file ledger-head is gone, which names the ledger's last entry"
    case .headUnsealed: "the file ledger-head is not what this device has sealed"
    }
  }
}

extension LedgerFault {
  private var fields: (code: UInt8, first: UInt64, second: UInt64) {
    switch self {
    case .missing(let entries): (1, entries, 0)
    case .rolledBack(let last, let written): (2, last, written)
    case .broken(let entry): (3, entry, 0)
    case .unsealed(let entry): (4, entry, 0)
    case .otherEntry(let entry): (5, entry, 0)
    case .headMissing: (6, 0, 0)
    case .headUnsealed: (7, 0, 0)
    }
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(fields.code)
    bytes.append(littleEndian: fields.first)
    bytes.append(littleEndian: fields.second)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    let code = try reader.u8("restart.fault")
    let first = try reader.u64(0...LogLimits.mostCount, "restart.first")
    let second = try reader.u64(0...LogLimits.mostCount, "restart.second")
    switch code {
    case 1: self = .missing(entries: first)
    case 2: self = .rolledBack(last: first, written: second)
    case 3: self = .broken(entry: first)
    case 4: self = .unsealed(entry: first)
    case 5: self = .otherEntry(first)
    case 6: self = .headMissing
    case 7: self = .headUnsealed
    default: throw reader.refusal(.kind, "restart.fault")
    }
  }
}
