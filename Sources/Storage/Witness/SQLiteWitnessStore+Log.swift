internal import Foundation
internal import GRDB
package import TransparencyLog

/// The log of the witness's coordinator, as far as the witness has seen it.
extension SQLiteWitnessStore {
  /// Records a head before it is signed.
  ///
  /// One of the same tree with an earlier time changes nothing.
  /// - Throws: `secondHead` for a smaller tree, or another one of the same size.
  package func record(_ head: SignedHead) async throws(StorageError) {
    try await database.write { [faults] database in
      if let last = try Self.lastHead(in: database)?.head {
        let isContinued =
          head.head.tree.size > last.tree.size || head.head.tree == last.tree
        guard isContinued else { throw StorageError.secondHead(size: head.head.tree.size) }
        guard head.head.tree != last.tree || head.head.time > last.time else { return }
      }
      try database.execute(
        sql: """
          INSERT INTO head (id, size, head) VALUES (1, ?, ?)
          ON CONFLICT (id) DO UPDATE SET size = excluded.size, head = excluded.head
          """,
        arguments: [Int64(head.head.tree.size), Data(head.encoded)])
      try faults.reached(.headWritten)
    }
    try faults.reached(.headCommitted)
  }

  /// The head that was accepted last, nil before the first.
  package func lastHead() async throws(StorageError) -> SignedHead? {
    try await database.read { try Self.lastHead(in: $0) }
  }

  private static func lastHead(in database: Database) throws -> SignedHead? {
    guard let bytes = try Data.fetchOne(database, sql: "SELECT head FROM head") else { return nil }
    do throws(LogRefusal) { return try SignedHead(decoding: [UInt8](bytes)) } catch {
      throw StorageError.corrupt(table: "head", field: "head")
    }
  }

  /// Contradictions that are kept: the first ones convict the log as well as all.
  private static let mostEvidence = 16

  /// Keeps two heads that convict the log; the same again changes nothing.
  package func recordEvidence(_ heads: [UInt8]) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO evidence (heads) SELECT ? WHERE (SELECT count(*) FROM evidence) < ?
          ON CONFLICT DO NOTHING
          """,
        arguments: [Data(heads), Self.mostEvidence])
    }
  }

  /// All evidence in the order in which it was found.
  package func evidence() async throws(StorageError) -> [[UInt8]] {
    try await database.read { database in
      try Data.fetchAll(database, sql: "SELECT heads FROM evidence ORDER BY number").map {
        [UInt8]($0)
      }
    }
  }
}
