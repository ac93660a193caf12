internal import CryptoPrimitives

/// What a device finds of its ledger.
package struct LedgerReading: Sendable, Equatable {
  /// All that can be known of what was spent.
  package let ledger: DeviceLedger
  /// Nil if everything is as it was left.
  package let fault: LedgerFault?
  /// The entry that the head names; nil if there is no head, or none that can be read.
  package let headNumber: UInt64?

  /// Reads a ledger.
  ///
  /// Entries that are ahead of the head are a crash between the two: they were written first. A head that is
  /// ahead of the entries is not, and says that the entries are older.
  /// - Parameters:
  ///   - entries: in the order of their numbers.
  ///   - head: read before the entries; nil if there is none, which there is from the first moment of a device on.
  package init(_ entries: [SealedLedgerEntry], head: [UInt8]?, openedWith seal: LedgerSeal) {
    var ledger = DeviceLedger()
    var fault: LedgerFault?
    let known = head.map { seal.open(head: $0) }
    /// The hash of the entry that the head names.
    var named: Bytes32?
    /// Below it nothing is known any more: a restart stands for all before.
    var floor: UInt64 = 0
    for (index, sealed) in entries.enumerated() {
      guard let entry = seal.open(sealed) else {
        fault = fault ?? .unsealed(entry: sealed.number)
        continue
      }
      if case .restart = entry.content, index == 0 {
        floor = entry.number
      } else if !ledger.isContinued(by: entry) {
        fault = fault ?? .broken(entry: entry.number)
      }
      ledger.fold(entry)
      if case .some(.some(let known)) = known, known.number == entry.number { named = entry.hash }
    }
    switch known {
    case nil: fault = fault ?? .headMissing
    case .some(nil): fault = fault ?? .headUnsealed
    case .some(.some(let head)):
      fault = fault ?? Self.fault(of: head, last: ledger.number, named: named, floor: floor)
      if fault != nil { ledger.takeHigher(of: head) }
    }
    self.ledger = ledger
    self.fault = fault
    headNumber = known.flatMap { $0 }?.number
  }

  private static func fault(
    of head: LedgerHead, last: UInt64, named: Bytes32?, floor: UInt64
  ) -> LedgerFault? {
    if head.number > last {
      return last == 0
        ? .missing(entries: head.number) : .rolledBack(last: last, written: head.number)
    }
    // Entry 0 is none, and those before a restart are not kept.
    guard head.number > 0, head.number >= floor else { return nil }
    return named == head.hash ? nil : .otherEntry(head.number)
  }
}
