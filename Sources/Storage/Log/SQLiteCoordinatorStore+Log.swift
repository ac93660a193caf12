package import CryptoPrimitives
internal import Foundation
internal import GRDB
package import TransparencyLog

extension SQLiteCoordinatorStore {
  package func log(_ entries: [LogEntry]) async throws(StorageError) {
    guard !entries.isEmpty else { return }
    try await database.write { [faults] database in
      try Self.log(entries, in: database, faults)
    }
    try faults.reached(.logCommitted)
  }

  /// Adds the entries about a fact to the transaction that makes the fact durable.
  static func log(
    _ entries: [LogEntry], in database: Database, _ faults: any FaultInjector
  ) throws {
    guard !entries.isEmpty else { return }
    try LogTable(database: database).append(entries)
    try faults.reached(.logWritten)
  }

  /// Nil if the log has no entry with the key, as before a fact is logged for the first time; one that cannot be
  /// read is an error.
  package func logged(_ key: EntryKey) async throws(StorageError) -> PlacedEntry? {
    try await database.read { try LogTable(database: $0).placed(key) }
  }

  package func loggedCount(
    _ kind: EntryKind, of subject: Bytes32
  ) async throws(StorageError) -> UInt64 {
    try await database.read { try LogTable(database: $0).count(kind, of: subject) }
  }

  package func loggedEntries(_ range: Range<UInt64>) async throws(StorageError) -> [[UInt8]] {
    try await database.read { try LogTable(database: $0).entries(range) }
  }

  /// All entries of a kind, in their order.
  package func loggedEntries(of kind: EntryKind) async throws(StorageError) -> [LogEntry] {
    try await database.read { try LogTable(database: $0).entries(of: kind) }
  }

  package func logSize() async throws(StorageError) -> UInt64 {
    try await database.read { try LogTable(database: $0).size() }
  }

  package func logTree() async throws(StorageError) -> TreeState {
    try await database.read { try LogTable(database: $0).tree() }
  }

  package func hashes(of tile: Tile) async throws(StorageError) -> [Bytes32] {
    try await database.read { try LogTable(database: $0).hashes(of: tile) }
  }

  package func inclusionProof(
    of index: UInt64, size: UInt64
  ) async throws(StorageError) -> InclusionProof {
    try await database.read { database in
      guard index < size else { throw StorageError.logIsShorter(size: size, asked: index + 1) }
      var tree = try LogTable(database: database).tree(of: size)
      return try tree.inclusionProof(of: index)
    }
  }

  package func consistencyProof(
    from older: UInt64, to size: UInt64
  ) async throws(StorageError) -> ConsistencyProof {
    try await database.read { database in
      guard older <= size else { throw StorageError.logIsShorter(size: size, asked: older) }
      var tree = try LogTable(database: database).tree(of: size)
      return try tree.consistencyProof(from: older)
    }
  }

  package func logHeads() async throws(StorageError) -> LogHeads {
    try await database.read { database in
      LogHeads(
        signed: try Self.head("signed", in: database),
        published: try Self.head("published", in: database))
    }
  }

  package func keep(_ heads: LogHeads) async throws(StorageError) {
    try await database.write { database in
      for (kind, head) in [("signed", heads.signed), ("published", heads.published)] {
        guard let head else { continue }
        try database.execute(
          sql: """
            INSERT INTO logHead (kind, head) VALUES (?, ?)
            ON CONFLICT (kind) DO UPDATE SET head = excluded.head
            """,
          arguments: [kind, Data(head.encoded)])
      }
    }
  }

  private static func head(_ kind: String, in database: Database) throws -> CosignedHead? {
    let row = try Row.fetchOne(
      database, sql: "SELECT head FROM logHead WHERE kind = ?", arguments: [kind])
    guard let row else { return nil }
    do throws(LogRefusal) { return try CosignedHead(decoding: row.bytes("head")) } catch {
      throw StorageError.corrupt(table: "logHead", field: "head")
    }
  }
}
