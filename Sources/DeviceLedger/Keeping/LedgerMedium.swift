/// Where a device keeps its ledger: entries in one place, the sealed head in another.
///
/// What a call has stored is durable when it returns; one that throws may have stored all of it or nothing.
package protocol LedgerMedium: Sendable {
  associatedtype Failure: Error

  /// The head; nil if there is none.
  func head() async throws(Failure) -> [UInt8]?
  /// All entries in the order of their numbers.
  func entries() async throws(Failure) -> [SealedLedgerEntry]
  /// Adds entries, all or none.
  ///
  /// - Throws: also if they do not follow the last one.
  func append(_ entries: [SealedLedgerEntry]) async throws(Failure)
  /// Puts one entry in the place of all.
  func restart(with entry: SealedLedgerEntry) async throws(Failure)
  /// Replaces the head.
  func keep(head: [UInt8]) async throws(Failure)
}

/// A contribution that was charged before there was a ledger.
package struct EarlierCharge: Sendable, Equatable {
  package let charge: ChargedTask
  package let round: UInt64
  /// Unix seconds.
  package let time: UInt64

  package init(charge: ChargedTask, round: UInt64, time: UInt64) {
    self.charge = charge
    self.round = round
    self.time = time
  }
}
