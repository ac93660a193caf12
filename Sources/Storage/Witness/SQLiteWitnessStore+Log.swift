internal import Foundation
internal import GRDB

/// The log of the witness's coordinator, as far as the witness has seen it.
extension SQLiteWitnessStore {
  /// Records a head before it is signed; one that is smaller than the present one changes nothing.
  package func record(_ head: [UInt8], size: UInt64) async throws(StorageError) {
    try await database.write { [faults] database in
      try database.execute(
        sql: """
          INSERT INTO head (id, size, head) VALUES (1, ?, ?)
          ON CONFLICT (id) DO UPDATE SET size = excluded.size, head = excluded.head
          WHERE excluded.size >= size
          """,
        arguments: [Int64(size), Data(head)])
      try faults.reached(.headWritten)
    }
    try faults.reached(.headCommitted)
  }

  /// The head that was accepted last, nil before the first.
  package func lastHead() async throws(StorageError) -> [UInt8]? {
    try await database.read { database in
      try Data.fetchOne(database, sql: "SELECT head FROM head").map { [UInt8]($0) }
    }
  }

  /// Keeps two heads that convict the log; the same again changes nothing.
  package func recordEvidence(_ heads: [UInt8]) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: "INSERT INTO evidence (heads) VALUES (?) ON CONFLICT DO NOTHING",
        arguments: [Data(heads)])
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
