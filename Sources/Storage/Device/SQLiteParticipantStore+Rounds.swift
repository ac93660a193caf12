package import CryptoPrimitives
package import DeviceLedger
internal import Foundation
internal import GRDB

extension SQLiteParticipantStore {
  /// Records that the device takes part in a round, once.
  ///
  /// - Throws: `roundOutOfOrder` unless the number is above that of every earlier round of the task.
  package func begin(_ round: ParticipationRecord) async throws(StorageError) {
    try await database.write { [faults] database in
      let last = try Self.highestRound(task: round.key.task, in: database)
      guard round.key.number > last else {
        throw StorageError.roundOutOfOrder(round.key, last: last)
      }
      try database.execute(
        sql: "INSERT INTO round (task, number, transcript, day, expiry) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          round.key.task.data, Int64(round.key.number), round.transcript.data, round.day,
          round.expiry,
        ])
      try faults.reached(.roundBegunWritten)
    }
    try faults.reached(.roundBegunCommitted)
  }

  /// The highest round ever begun of a task, 0 if there is none.
  package func highestRound(task: Bytes32) async throws(StorageError) -> UInt64 {
    try await database.read { try Self.highestRound(task: task, in: $0) }
  }

  /// Every round that was ever begun, in the order of their opening days and numbers.
  package func rounds() async throws(StorageError) -> [ParticipationRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM round ORDER BY day, task, number")
        .map(Self.round)
    }
  }

  /// Records that a round is over for this device.
  package func end(_ key: RoundKey) async throws(StorageError) {
    try await database.write { [faults] database in
      try database.execute(
        sql: "UPDATE round SET ended = 1 WHERE task = ? AND number = ?",
        arguments: [key.task.data, Int64(key.number)])
      try faults.reached(.roundEndWritten)
    }
    try faults.reached(.roundEndCommitted)
  }

  package func round(_ key: RoundKey) async throws(StorageError) -> ParticipationRecord? {
    try await database.read { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM round WHERE task = ? AND number = ?",
        arguments: [key.task.data, Int64(key.number)]
      ).map(Self.round)
    }
  }

  /// Records the cost of a contribution, with its entry in the ledger, before it leaves the device.
  ///
  /// - Throws: `chargeExists`: a contribution is charged once, and made once; `ledgerOutOfOrder`.
  package func charge(
    _ charge: ChargeRecord, ledger entry: SealedLedgerEntry
  ) async throws(StorageError) {
    try await database.write { [faults] database in
      let there = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM charge WHERE task = ? AND round = ?",
        arguments: [charge.round.task.data, Int64(charge.round.number)])
      guard there == 0 else { throw StorageError.chargeExists(charge.round) }
      try database.execute(
        sql: """
          INSERT INTO charge (task, round, chargedAt, description, mechanism)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          charge.round.task.data, Int64(charge.round.number), charge.chargedAt,
          Data(charge.description), charge.mechanism.map { Data($0) },
        ])
      try Self.append(entry, to: database)
      try faults.reached(.chargeWritten)
    }
    try faults.reached(.chargeCommitted)
  }

  package func charge(of key: RoundKey) async throws(StorageError) -> ChargeRecord? {
    try await database.read { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM charge WHERE task = ? AND round = ?",
        arguments: [key.task.data, Int64(key.number)]
      ).map(Self.charge)
    }
  }

  package func charges() async throws(StorageError) -> [ChargeRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM charge ORDER BY chargedAt, task, round")
        .map(Self.charge)
    }
  }

  /// Records the set of survivors that the device is about to sign.
  ///
  /// - Throws: `equivocation` if another set is on record: signing both could open both.
  package func recordSurvivors(
    _ transcript: Bytes32, count: Int?, of key: RoundKey, identity: Bytes32
  ) async throws(StorageError) {
    try await update(key, at: (.survivorsWritten, .survivorsCommitted)) { database, round in
      guard round.survivors == nil || round.survivors == transcript else {
        throw StorageError.equivocation(key, step: 4)
      }
      try database.execute(
        sql: "UPDATE round SET survivors = ?, survivorCount = ? WHERE task = ? AND number = ?",
        arguments: [transcript.data, count, key.task.data, Int64(key.number)])
    }
  }

  /// Records the message Unmask before it is sent for the first time.
  ///
  /// From then on the coordinator may open the sum, so the log has to say how the round ended.
  package func recordUnmask(
    _ message: [UInt8], of key: RoundKey, identity: Bytes32
  ) async throws(StorageError) {
    try await update(key, at: (.unmaskWritten, .unmaskCommitted)) { database, round in
      guard round.unmask == nil || round.unmask == message else {
        throw StorageError.equivocation(key, step: 5)
      }
      try database.execute(
        sql: "UPDATE round SET unmask = ? WHERE task = ? AND number = ?",
        arguments: [Data(message), key.task.data, Int64(key.number)])
      try database.execute(
        sql: """
          INSERT INTO awaitedEnd (task, round, heard) VALUES (?, ?, 0) ON CONFLICT DO NOTHING
          """,
        arguments: [key.task.data, Int64(key.number)])
    }
  }

  /// Forgets the shares that were released in rounds whose last deadline is over: they are sent no more.
  ///
  /// - Parameter time: Unix seconds.
  package func forgetUnmasks(expiredBy time: Int64) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: "UPDATE round SET unmask = NULL WHERE unmask IS NOT NULL AND expiry <= ?",
        arguments: [time])
    }
  }

  /// The last accepted position and value of each witness.
  package func witnesses() async throws(StorageError) -> [Bytes32: (
    position: UInt64, value: Bytes32
  )] {
    let rows = try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM witness").map {
        (try $0.hash("identity"), UInt64($0["position"] as Int64), try $0.hash("value"))
      }
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.0, ($0.1, $0.2)) })
  }

  /// Records that a witness has revealed `value` at `position`; positions only grow.
  package func recordWitness(
    _ identity: Bytes32, position: UInt64, value: Bytes32
  ) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO witness (identity, position, value) VALUES (?, ?, ?)
          ON CONFLICT (identity) DO UPDATE SET position = excluded.position, value = excluded.value
          WHERE excluded.position > position
          """,
        arguments: [identity.data, Int64(position), value.data])
    }
  }

  private func update(
    _ key: RoundKey, at points: (written: FailPoint, committed: FailPoint),
    _ body: @escaping @Sendable (Database, ParticipationRecord) throws -> Void
  ) async throws(StorageError) {
    try await database.write { [faults] database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM round WHERE task = ? AND number = ?",
          arguments: [key.task.data, Int64(key.number)])
      else { throw StorageError.unknownRound(key) }
      try body(database, Self.round(row))
      try faults.reached(points.written)
    }
    try faults.reached(points.committed)
  }

  private static func highestRound(task: Bytes32, in database: Database) throws -> UInt64 {
    UInt64(
      try Int64.fetchOne(
        database, sql: "SELECT max(number) FROM round WHERE task = ?", arguments: [task.data])
        ?? 0)
  }

  private static func charge(_ row: Row) throws -> ChargeRecord {
    ChargeRecord(
      round: RoundKey(task: try row.hash("task"), number: UInt64(row["round"] as Int64)),
      chargedAt: row["chargedAt"], description: row.bytes("description"),
      mechanism: (row["mechanism"] as Data?).map { [UInt8]($0) })
  }

  private static func round(_ row: Row) throws -> ParticipationRecord {
    ParticipationRecord(
      key: RoundKey(task: try row.hash("task"), number: UInt64(row["number"] as Int64)),
      transcript: try row.hash("transcript"), day: row["day"],
      expiry: row["expiry"], hasEnded: row["ended"],
      survivors: try row.optionalHash("survivors"), survivorCount: row["survivorCount"],
      unmask: (row["unmask"] as Data?).map { [UInt8]($0) })
  }
}
