package import CryptoPrimitives
internal import Foundation
internal import GRDB
package import TransparencyLog

extension SQLiteCoordinatorStore {
  package func begin(
    _ round: RoundRecord, log: [LogEntry]
  ) async throws(StorageError) {
    try await database.write { [faults] database in
      if let there = try Self.round(round.key, in: database) {
        guard there.record.configuration == round.configuration else {
          throw StorageError.roundOutOfOrder(round.key, last: round.key.number)
        }
        return
      }
      // A command in another process may have stopped it since the coordinator looked.
      switch try Self.plan(round.plan, in: database)?.state {
      case .paused, .done, .failed, .canceled: throw StorageError.planIsNotRunning(round.plan)
      case .signed, .published, .running, nil: break
      }
      let last = try Self.lastRoundNumber(task: round.key.task, in: database)
      guard round.key.number == last + 1 else {
        throw StorageError.roundOutOfOrder(round.key, last: last)
      }
      try database.execute(
        sql: """
          INSERT INTO round (task, number, plan, configuration, openedAt, revocations)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          round.key.task.data, Int64(round.key.number), round.plan.data,
          Data(round.configuration), round.openedAt, round.revocationCount,
        ])
      try Self.log(log, in: database, faults)
      try faults.reached(.roundWritten)
    }
    try faults.reached(.roundCommitted)
  }

  package func round(_ key: RoundKey) async throws(StorageError) -> RoundRecord? {
    try await database.read { try Self.round(key, in: $0)?.record }
  }

  package func rounds(limit: Int) async throws(StorageError) -> [RoundRecord] {
    try await database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM round ORDER BY id DESC LIMIT ?", arguments: [limit]
      ).map(Self.round)
    }
  }

  package func openRounds() async throws(StorageError) -> [RoundRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM round WHERE endedAt IS NULL ORDER BY id")
        .map(Self.round)
    }
  }

  package func lastRoundNumber(task: Bytes32) async throws(StorageError) -> UInt64 {
    try await database.read { try Self.lastRoundNumber(task: task, in: $0) }
  }

  package func abort(
    _ key: RoundKey, reason: UInt32, at time: Int64
  ) async throws(StorageError) {
    let entry = try LogEntry.abort(of: key, reason: reason, at: time)
    let unneeded = try await database.write { [faults] database -> Bytes32? in
      guard let (id, record) = try Self.round(key, in: database) else {
        throw StorageError.unknownRound(key)
      }
      if record.outcome == .aborted(reason: reason) { return nil }
      guard record.outcome == .open else { throw StorageError.roundHasEnded(key) }
      try database.execute(
        sql: "UPDATE round SET endedAt = ?, reason = ? WHERE id = ?",
        arguments: [time, Int64(reason), id])
      // A round from before the log is not announced there.
      let announcement = EntryKey(kind: .round, subject: key.task, number: key.number)
      let isLogged = try LogTable(database: database).placed(announcement) != nil
      try Self.log(isLogged ? [entry] : [], in: database, faults)
      try faults.reached(.abortWritten)
      return try Self.forgetContributions(toRound: id, in: database)
    }
    // One that is left behind goes when the store is opened again.
    if let unneeded { try blobs.remove(unneeded) }
    try faults.reached(.abortCommitted)
  }

  static func lastRoundNumber(task: Bytes32, in database: Database) throws -> UInt64 {
    UInt64(
      try Int64.fetchOne(
        database, sql: "SELECT max(number) FROM round WHERE task = ?", arguments: [task.data])
        ?? 0)
  }

  /// The round with its row's number.
  static func round(
    _ key: RoundKey, in database: Database
  ) throws -> (id: Int64, record: RoundRecord)? {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM round WHERE task = ? AND number = ?",
        arguments: [key.task.data, Int64(key.number)])
    else { return nil }
    return (row["id"], try round(row))
  }

  private static func round(_ row: Row) throws -> RoundRecord {
    var outcome = RoundOutcome.open
    if let model = try row.optionalHash("model") { outcome = .committed(model: model) }
    if let reason = row["reason"] as Int64? { outcome = .aborted(reason: UInt32(reason)) }
    return RoundRecord(
      key: RoundKey(task: try row.hash("task"), number: UInt64(row["number"] as Int64)),
      plan: try row.hash("plan"), configuration: row.bytes("configuration"),
      openedAt: row["openedAt"], revocationCount: row["revocations"], endedAt: row["endedAt"],
      outcome: outcome)
  }

  /// Deletes what devices sent to a round that ends, and its partial sum; what the coordinator decided
  /// stays.
  ///
  /// - Returns: the hash of the sum's blob, if nothing else names that.
  static func forgetContributions(
    toRound id: Int64, in database: Database
  ) throws -> Bytes32? {
    try database.execute(
      sql: "DELETE FROM journal WHERE round = ? AND device IS NOT NULL", arguments: [id])
    return try forgetSum(ofRound: id, in: database)
  }

  /// Deletes a round's partial sum and returns the hash of its blob, if nothing else names that.
  static func forgetSum(ofRound id: Int64, in database: Database) throws -> Bytes32? {
    guard
      let row = try Row.fetchOne(
        database, sql: "DELETE FROM partialSum WHERE round = ? RETURNING blob", arguments: [id])
    else { return nil }
    let blob = try row.hash("blob")
    let others = try Int.fetchOne(
      database,
      sql: """
        SELECT (SELECT count(*) FROM partialSum WHERE blob = :blob)
          + (SELECT count(*) FROM model WHERE hash = :blob)
        """,
      arguments: ["blob": blob.data])
    return others == 0 ? blob : nil
  }
}
