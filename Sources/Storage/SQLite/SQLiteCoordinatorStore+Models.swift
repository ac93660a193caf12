package import CryptoPrimitives
internal import Foundation
internal import GRDB
package import TransparencyLog

extension SQLiteCoordinatorStore {
  package func add(_ model: ModelRecord, bytes: [UInt8]) async throws(StorageError) {
    try check(bytes, are: model.hash)
    _ = try blobs.store(bytes)
    try await database.write { database in
      if let current = try Self.currentModel(plan: model.plan, in: database) {
        // Adding the first version again changes nothing, and no second one can be added this way.
        guard try Self.model(model.hash, in: database) != nil else {
          throw StorageError.staleParent(expected: current.hash, found: model.parent)
        }
        return
      }
      guard model.parent == nil else {
        throw StorageError.staleParent(expected: nil, found: model.parent)
      }
      try Self.insert(model, into: database)
      try Self.use(model, in: database)
    }
  }

  package func commit(
    _ model: ModelRecord, bytes: [UInt8], sum: ReleasedSum, round: RoundKey, log: [LogEntry]
  ) async throws(StorageError) {
    try check(bytes, are: model.hash)
    _ = try blobs.store(bytes)
    try faults.reached(.releaseBlobStored)
    let unneeded = try await database.write { [faults] database -> Bytes32? in
      try faults.reached(.releaseBegun)
      guard let (id, record) = try Self.round(round, in: database) else {
        throw StorageError.unknownRound(round)
      }
      if record.outcome == .committed(model: model.hash) { return nil }
      guard record.outcome == .open else { throw StorageError.roundHasEnded(round) }
      let parent = try Self.currentModel(plan: model.plan, in: database)?.hash
      guard parent == model.parent else {
        throw StorageError.staleParent(expected: parent, found: model.parent)
      }
      try Self.insert(model, into: database)
      try faults.reached(.releaseModelWritten)
      try Self.use(model, in: database)
      try faults.reached(.releasePointerWritten)
      try database.execute(
        sql: "UPDATE round SET endedAt = ?, model = ? WHERE id = ?",
        arguments: [model.createdAt, model.hash.data, id])
      try database.execute(
        sql: "INSERT INTO releasedSum (round, survivors, packed) VALUES (?, ?, ?)",
        arguments: [id, sum.survivors, Data(sum.packed)])
      try Self.log(log, in: database, faults)
      try faults.reached(.releaseRoundWritten)
      return try Self.forgetContributions(toRound: id, in: database)
    }
    // One that is left behind goes when the store is opened again.
    if let unneeded { try blobs.remove(unneeded) }
    try faults.reached(.releaseCommitted)
  }

  package func releasedSum(of round: RoundKey) async throws(StorageError) -> ReleasedSum? {
    try await database.read { database in
      guard let (id, _) = try Self.round(round, in: database) else { return nil }
      return try Row.fetchOne(
        database, sql: "SELECT survivors, packed FROM releasedSum WHERE round = ?", arguments: [id]
      ).map { row in
        ReleasedSum(survivors: row["survivors"], packed: [UInt8](row["packed"] as Data))
      }
    }
  }

  package func model(_ hash: Bytes32) async throws(StorageError) -> ModelRecord? {
    try await database.read { try Self.model(hash, in: $0) }
  }

  package func models(plan: Bytes32) async throws(StorageError) -> [ModelRecord] {
    try await database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM model WHERE plan = ? ORDER BY number",
        arguments: [plan.data]
      ).map(Self.model)
    }
  }

  package func currentModel(plan: Bytes32) async throws(StorageError) -> ModelRecord? {
    try await database.read { try Self.currentModel(plan: plan, in: $0) }
  }

  package func promote(_ hash: Bytes32, pass: GatePass?) async throws(StorageError) {
    try await database.write { [faults] database in
      let (model, hasGate) = try Self.model(hash, passing: pass, in: database)
      try Self.use(model, in: database)
      if hasGate { try Self.pin(model, in: database) }
      try faults.reached(.promotionWritten)
    }
    try faults.reached(.promotionCommitted)
  }

  package func servedModel(plan: Bytes32) async throws(StorageError) -> ModelRecord? {
    try await database.read { database in
      let pinned = try Row.fetchOne(
        database,
        sql: """
          SELECT model.* FROM model JOIN pinnedModel USING (hash) WHERE pinnedModel.plan = ?
          """,
        arguments: [plan.data])
      if let pinned { return try Self.model(pinned) }
      guard try Self.plan(plan, in: database)?.hasGate == false else { return nil }
      return try Self.currentModel(plan: plan, in: database)
    }
  }

  package func pin(_ hash: Bytes32, pass: GatePass?) async throws(StorageError) {
    try await database.write { [faults] database in
      let (model, _) = try Self.model(hash, passing: pass, in: database)
      try Self.pin(model, in: database)
      try faults.reached(.pinWritten)
    }
    try faults.reached(.pinCommitted)
  }

  package func unpin(plan: Bytes32) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM pinnedModel WHERE plan = ?", arguments: [plan.data])
    }
  }

  package func blob(_ hash: Bytes32) async throws(StorageError) -> [UInt8] {
    try blobs.bytes(hash)
  }

  package func blobByteCount(_ hash: Bytes32) async throws(StorageError) -> Int {
    try blobs.byteCount(hash)
  }

  package func blob(_ hash: Bytes32, _ range: Range<Int>) async throws(StorageError) -> [UInt8] {
    try blobs.bytes(hash, range)
  }

  private func check(_ bytes: [UInt8], are hash: Bytes32) throws(StorageError) {
    guard Blake2b.digest(bytes) == hash else { throw .blobDamaged(hash) }
  }

  private static func insert(_ model: ModelRecord, into database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO model (hash, parent, plan, task, round, createdAt) VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        model.hash.data, model.parent?.data, model.plan.data, model.round?.task.data,
        model.round.map { Int64($0.number) }, model.createdAt,
      ])
  }

  private static func use(_ model: ModelRecord, in database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO currentModel (plan, hash) VALUES (?, ?)
        ON CONFLICT (plan) DO UPDATE SET hash = excluded.hash
        """,
      arguments: [model.plan.data, model.hash.data])
  }

  private static func pin(_ model: ModelRecord, in database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO pinnedModel (plan, hash) VALUES (?, ?)
        ON CONFLICT (plan) DO UPDATE SET hash = excluded.hash
        """,
      arguments: [model.plan.data, model.hash.data])
  }

  /// A version that may be offered to devices, and whether its plan has a gate.
  private static func model(
    _ hash: Bytes32, passing pass: GatePass?, in database: Database
  ) throws -> (ModelRecord, hasGate: Bool) {
    guard let model = try model(hash, in: database) else { throw StorageError.unknownModel(hash) }
    guard let plan = try plan(model.plan, in: database) else {
      throw StorageError.unknownPlan(model.plan)
    }
    guard !plan.hasGate || pass?.plan == plan.hash else {
      throw StorageError.gateClosed(plan: plan.hash)
    }
    return (model, plan.hasGate)
  }

  private static func model(_ hash: Bytes32, in database: Database) throws -> ModelRecord? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM model WHERE hash = ?", arguments: [hash.data]
    ).map(model)
  }

  private static func currentModel(plan: Bytes32, in database: Database) throws -> ModelRecord? {
    try Row.fetchOne(
      database,
      sql: "SELECT model.* FROM model JOIN currentModel USING (hash) WHERE currentModel.plan = ?",
      arguments: [plan.data]
    ).map(model)
  }

  private static func model(_ row: Row) throws -> ModelRecord {
    let task = try row.optionalHash("task")
    return ModelRecord(
      hash: try row.hash("hash"), parent: try row.optionalHash("parent"),
      round: task.map { RoundKey(task: $0, number: UInt64(row["round"] as Int64)) },
      plan: try row.hash("plan"), createdAt: row["createdAt"])
  }
}
