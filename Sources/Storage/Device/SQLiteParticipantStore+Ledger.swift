package import DeviceLedger
internal import Foundation
internal import GRDB

extension SQLiteParticipantStore {
  /// The ledger in the order of its numbers.
  package func ledger() async throws(StorageError) -> [SealedLedgerEntry] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM ledger ORDER BY number").map {
        SealedLedgerEntry(number: UInt64(bitPattern: $0["number"] as Int64), box: $0.bytes("box"))
      }
    }
  }

  /// Adds entries to the ledger, all or none.
  ///
  /// - Throws: `ledgerOutOfOrder` unless they follow the last one.
  package func append(toLedger entries: [SealedLedgerEntry]) async throws(StorageError) {
    try await database.write { [faults] database in
      for entry in entries { try Self.append(entry, to: database) }
      try faults.reached(.ledgerWritten)
    }
    try faults.reached(.ledgerCommitted)
  }

  /// Puts one entry in the place of all.
  package func restartLedger(with entry: SealedLedgerEntry) async throws(StorageError) {
    try await database.write { [faults] database in
      try database.execute(sql: "DELETE FROM ledger")
      try Self.append(entry, to: database)
      try faults.reached(.ledgerWritten)
    }
    try faults.reached(.ledgerCommitted)
  }

  static func append(_ entry: SealedLedgerEntry, to database: Database) throws {
    let last = try Int64.fetchOne(database, sql: "SELECT max(number) FROM ledger")
    // Another process may have added one meanwhile. The first one after a restart has any number.
    guard last == nil || last == Int64(entry.number) - 1 else {
      throw StorageError.ledgerOutOfOrder(entry: entry.number, last: UInt64(last ?? 0))
    }
    try database.execute(
      sql: "INSERT INTO ledger (number, box) VALUES (?, ?)",
      arguments: [Int64(entry.number), Data(entry.box)])
  }
}
