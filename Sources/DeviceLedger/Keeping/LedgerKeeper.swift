package import CryptoPrimitives

/// Writes a device's ledger in the order that makes it survive: protocols/device-ledger.md, section 4.
///
/// An entry is among the others first and named by the head after, and what it is about is done when both are
/// durable. So a crash leaves the entries ahead of the head, never behind.
package struct LedgerKeeper<Medium: LedgerMedium>: Sendable {
  private let medium: Medium
  private let seal: LedgerSeal

  package init(_ medium: Medium, seal: LedgerSeal) {
    self.medium = medium
    self.seal = seal
  }

  /// The ledger as it is.
  package func read() async throws(Medium.Failure) -> LedgerReading {
    // The head first: entries that another process writes meanwhile are ahead of it, as after a crash.
    let head = try await medium.head()
    return LedgerReading(try await medium.entries(), head: head, openedWith: seal)
  }

  /// The ledger once it can be relied on: begun again if it is not as it was left.
  ///
  /// - Parameters:
  ///   - time: Unix seconds.
  ///   - quarantine: seconds without a contribution from a fault on.
  ///   - earlier: contributions that another record has; asked where there is no ledger, or a damaged one.
  package func ready(
    at time: UInt64, quarantine: UInt64, randomness: inout RandomStream,
    earlier: @Sendable () async throws(Medium.Failure) -> [EarlierCharge]
  ) async throws(Medium.Failure) -> DeviceLedger {
    let reading = try await read()
    var ledger = reading.ledger
    let isBegun = ledger.number > 0
    let earlier = isBegun && reading.fault == nil ? [] : try await earlier()
    // A folder from before there were ledgers has charges, and neither entries nor a head.
    let isOlder = reading.fault == .headMissing && !isBegun && !earlier.isEmpty
    if let fault = reading.fault, !isOlder {
      ledger.takeHigher(of: earlier.accounts)
      // A clock that was set back ends no quarantine early.
      let entry = ledger.append(
        .restart(
          fault, accounts: ledger.accounts, until: max(ledger.quarantineEnd, time + quarantine)),
        at: time)
      try await medium.restart(with: seal.seal(entry, randomness: &randomness))
      try await keepHead(of: ledger, &randomness)
      return ledger
    }
    // Before the first entry: from then on a head that is missing was taken away.
    if reading.headNumber != ledger.number { try await keepHead(of: ledger, &randomness) }
    guard !isBegun, !earlier.isEmpty else { return ledger }
    let entries = earlier.map { charge in
      let entry = ledger.append(
        .contribution(charge.charge, round: charge.round), at: charge.time)
      return seal.seal(entry, randomness: &randomness)
    }
    try await medium.append(entries)
    try await keepHead(of: ledger, &randomness)
    return ledger
  }

  /// Debits a contribution that is about to leave; never taken back.
  ///
  /// - Parameters:
  ///   - checked: when ceilings were compared: a clock that was set back since brings nothing back.
  ///   - store: stores the entry with whatever else is to be durable with it.
  /// - Returns: what is wrong with the ledger, and then nothing was debited; nil if the contribution may go.
  package func debit(
    _ charge: ChargedTask, round: UInt64, checked: UInt64, at time: UInt64,
    randomness: inout RandomStream,
    storing store: @Sendable (SealedLedgerEntry) async throws(Medium.Failure) -> Void
  ) async throws(Medium.Failure) -> LedgerFault? {
    let reading = try await read()
    if let fault = reading.fault { return fault }
    var ledger = reading.ledger
    let entry = ledger.append(.contribution(charge, round: round), at: max(checked, time))
    try await store(seal.seal(entry, randomness: &randomness))
    try await keepHead(of: ledger, &randomness)
    return nil
  }

  /// Adds what a coordinator has counted and the ledger does not have, and begins a quarantine because of it.
  ///
  /// A coordinator could say any number: what is believed ends with `most`, what the device was ready to contribute
  /// by the coordinator's plan and its owner's ceiling.
  /// - Parameter ledger: as `ready` has returned it.
  package func raise(
    _ ledger: DeviceLedger, to counted: Int, of charge: ChargedTask, most: Int, at time: UInt64,
    quarantine: UInt64, randomness: inout RandomStream
  ) async throws(Medium.Failure) -> DeviceLedger {
    let missing = min(counted, most) - ledger.count(of: charge.task, at: charge.coordinator)
    guard missing > 0 else { return ledger }
    var ledger = ledger
    let entry = ledger.append(
      .counted(charge, count: missing, until: time + quarantine), at: time)
    try await medium.append([seal.seal(entry, randomness: &randomness)])
    try await keepHead(of: ledger, &randomness)
    return ledger
  }

  private func keepHead(
    of ledger: DeviceLedger, _ randomness: inout RandomStream
  ) async throws(Medium.Failure) {
    try await medium.keep(head: seal.seal(ledger.head, randomness: &randomness))
  }
}

extension [EarlierCharge] {
  fileprivate var accounts: [TaskAccount] {
    reduce(into: [TaskAccount]()) {
      $0 = $0.adding(TaskAccount(charge: $1.charge, count: 1, last: $1.time))
    }
  }
}
