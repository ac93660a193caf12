package import CryptoPrimitives
internal import Foundation
internal import GRDB
package import TransparencyLog

extension SQLiteCoordinatorStore {
  package func append(
    _ entries: [JournalEntry], sum: PartialSum?, to round: RoundKey, log: [LogEntry]
  ) async throws(StorageError) {
    // The blob first: a row never names bytes that are not there.
    var blob: Bytes32?
    if let sum { blob = try blobs.store(sum.sum) }
    let unneeded = try await database.write { [faults, blob] database -> Bytes32? in
      try faults.reached(.journalBegun)
      guard let (id, record) = try Self.round(round, in: database) else {
        throw StorageError.unknownRound(round)
      }
      guard record.outcome == .open else { throw StorageError.roundHasEnded(round) }
      try Self.insert(entries, into: id, round, database)
      try Self.log(log, in: database, faults)
      try faults.reached(.journalWritten)
      guard let sum, let blob else { return nil }
      let old = try Self.replaceSum(sum, blob: blob, ofRound: id, in: database)
      try faults.reached(.sumWritten)
      return old == blob ? nil : old
    }
    try faults.reached(.journalCommitted)
    if let unneeded { try blobs.remove(unneeded) }
  }

  package func journal(_ key: RoundKey) async throws(StorageError) -> [JournalEntry] {
    try await database.read { database in
      guard let (id, _) = try Self.round(key, in: database) else {
        throw StorageError.unknownRound(key)
      }
      return try Row.fetchAll(
        database, sql: "SELECT * FROM journal WHERE round = ? ORDER BY sequence", arguments: [id]
      ).map { row in
        let entry = JournalEntry(
          kind: row["kind"], step: row["step"], device: try row.optionalHash("device"),
          bytes: row.bytes("bytes"))
        guard Blake2b.digest(entry.bytes) == (try row.hash("digest")) else {
          throw StorageError.corrupt(table: "journal", field: "bytes")
        }
        return entry
      }
    }
  }

  package func contributionCount(
    of device: Bytes32, to task: Bytes32
  ) async throws(StorageError) -> Int {
    try await database.read { database in
      try Int.fetchOne(
        database, sql: "SELECT count FROM contribution WHERE device = ? AND task = ?",
        arguments: [device.data, task.data]) ?? 0
    }
  }

  package func partialSum(_ key: RoundKey) async throws(StorageError) -> PartialSum? {
    let found = try await database.read { database -> (Bytes32, [UInt8], Int)? in
      guard let (id, _) = try Self.round(key, in: database) else {
        throw StorageError.unknownRound(key)
      }
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM partialSum WHERE round = ?", arguments: [id])
      else { return nil }
      return (try row.hash("blob"), row.bytes("members"), row["count"])
    }
    guard let (blob, set, count) = found else { return nil }
    return PartialSum(sum: try blobs.bytes(blob), set: set, count: count)
  }

  private static func insert(
    _ entries: [JournalEntry], into id: Int64, _ round: RoundKey, _ database: Database
  ) throws {
    var next =
      try Int64.fetchOne(
        database, sql: "SELECT max(sequence) FROM journal WHERE round = ?", arguments: [id]) ?? 0
    let first = try database.cachedStatement(
      sql: "SELECT digest FROM journal WHERE round = ? AND step = ? AND device = ?")
    let insertion = try database.cachedStatement(
      sql: """
        INSERT INTO journal (round, sequence, kind, step, device, digest, bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    for entry in entries {
      let digest = Blake2b.digest(entry.bytes)
      if let device = entry.device,
        let row = try Row.fetchOne(first, arguments: [id, entry.step, device.data])
      {
        guard try row.hash("digest") == digest else {
          throw StorageError.equivocation(round, step: entry.step)
        }
        continue
      }
      next += 1
      try insertion.execute(arguments: [
        id, next, entry.kind, entry.step, entry.device?.data, digest.data, Data(entry.bytes),
      ])
      guard entry.isContribution, let device = entry.device else { continue }
      try database.execute(
        sql: """
          INSERT INTO contribution (device, task, count) VALUES (?, ?, 1)
          ON CONFLICT (device, task) DO UPDATE SET count = count + 1
          """,
        arguments: [device.data, round.task.data])
    }
  }

  /// Replaces the sum and returns the hash of the old one's blob.
  private static func replaceSum(
    _ sum: PartialSum, blob: Bytes32, ofRound id: Int64, in database: Database
  ) throws -> Bytes32? {
    let old = try forgetSum(ofRound: id, in: database)
    try database.execute(
      sql: "INSERT INTO partialSum (round, blob, members, count) VALUES (?, ?, ?, ?)",
      arguments: [id, blob.data, Data(sum.set), sum.count])
    return old
  }
}
