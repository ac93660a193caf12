internal import CryptoPrimitives
internal import Foundation
internal import GRDB

/// A device's store: sealed events, settings, and what it has promised and paid in rounds.
package struct SQLiteParticipantStore: Sendable {
  let database: SQLiteFile
  let faults: any FaultInjector

  package init(folder: String, faults: any FaultInjector = NoFaults()) throws(StorageError) {
    try DurableFile.makeFolder(folder)
    self.faults = faults
    database = try SQLiteFile(path: folder + "/device.sqlite", migrator: DeviceSchema.migrator)
  }

  /// Closes the file.
  ///
  /// The store must not be used any more.
  package func close() throws(StorageError) { try database.close() }

  package func setting(_ name: String) async throws(StorageError) -> [UInt8]? {
    try await database.read { database in
      try Data.fetchOne(
        database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]
      ).map { [UInt8]($0) }
    }
  }

  package func set(_ name: String, to value: [UInt8]) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO setting (name, value) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value
          """,
        arguments: [name, Data(value)])
    }
  }

  package func removeSetting(_ name: String) async throws(StorageError) {
    try await database.write { database in
      try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name])
    }
  }

  // MARK: Events

  /// Adds events, all or none, and deletes the oldest beyond `most`.
  package func add(
    _ events: [SealedEvent], keeping most: Int = .max
  ) async throws(StorageError) {
    try await database.write { [faults] database in
      let insertion = try database.cachedStatement(
        sql: "INSERT INTO event (happenedAt, box) VALUES (?, ?)")
      for event in events {
        try insertion.execute(arguments: [event.happenedAt, Data(event.box)])
      }
      let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM event") ?? 0
      if count > most {
        try database.execute(
          sql: """
            DELETE FROM event WHERE number IN
              (SELECT number FROM event ORDER BY happenedAt, number LIMIT ?)
            """, arguments: [count - most])
      }
      try faults.reached(.eventsWritten)
    }
    try faults.reached(.eventsCommitted)
  }

  /// Events in the order in which they were added.
  package func events() async throws(StorageError) -> [SealedEvent] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM event ORDER BY number").map {
        SealedEvent(happenedAt: $0["happenedAt"], box: $0.bytes("box"))
      }
    }
  }

  /// Deletes events from before `time` and returns how many there were.
  package func forgetEvents(before time: Int64) async throws(StorageError) -> Int {
    try await database.write { database in
      try database.execute(sql: "DELETE FROM event WHERE happenedAt < ?", arguments: [time])
      return database.changesCount
    }
  }
}
