package import CryptoPrimitives
internal import Foundation
internal import GRDB
package import TransparencyLog

extension SQLiteCoordinatorStore {
  package func add(
    _ plan: PlanRecord, catalogue: [UInt8]?
  ) async throws(StorageError) {
    if let catalogue { _ = try blobs.store(catalogue) }
    let hash = catalogue.map { Blake2b.digest($0) }
    try await database.write { [faults] database in
      try database.execute(
        sql: """
          INSERT INTO plan (hash, document, signature, state, catalogue) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO NOTHING
          """,
        arguments: [
          plan.hash.data, Data(plan.document), Data(plan.signature), plan.state.rawValue,
          hash?.data,
        ])
      try faults.reached(.planWritten)
    }
    try faults.reached(.planCommitted)
  }

  /// Replaces the signatures of plans, all or none: for an authority whose key has given way.
  package func sign(_ plans: [PlanRecord]) async throws(StorageError) {
    try await database.write { database in
      for plan in plans {
        try database.execute(
          sql: "UPDATE plan SET signature = ? WHERE hash = ?",
          arguments: [Data(plan.signature), plan.hash.data])
      }
    }
  }

  package func plan(_ hash: Bytes32) async throws(StorageError) -> PlanRecord? {
    try await database.read { try Self.plan(hash, in: $0) }
  }

  package func plans() async throws(StorageError) -> [PlanRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM plan ORDER BY number").map(Self.plan)
    }
  }

  package func isCatalogue(_ hash: Bytes32) async throws(StorageError) -> Bool {
    try await database.read { database in
      try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM plan WHERE catalogue = ?)",
        arguments: [hash.data]) ?? false
    }
  }

  package func move(
    _ plan: Bytes32, to state: PlanState, log: [LogEntry]
  ) async throws(StorageError) {
    try await database.write { [faults] database in
      guard let record = try Self.plan(plan, in: database) else {
        throw StorageError.unknownPlan(plan)
      }
      guard record.state != state else { return }
      guard record.state.successors.contains(state) else {
        throw StorageError.planTransition(plan, from: record.state, to: state)
      }
      try database.execute(
        sql: "UPDATE plan SET state = ? WHERE hash = ?", arguments: [state.rawValue, plan.data])
      try Self.log(log, in: database, faults)
      try faults.reached(.planStateWritten)
    }
    try faults.reached(.planStateCommitted)
  }

  static func plan(_ hash: Bytes32, in database: Database) throws -> PlanRecord? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM plan WHERE hash = ?", arguments: [hash.data]
    ).map(plan)
  }

  private static func plan(_ row: Row) throws -> PlanRecord {
    guard let state = PlanState(rawValue: row["state"]) else {
      throw StorageError.corrupt(table: "plan", field: "state")
    }
    let record = PlanRecord(
      document: row.bytes("document"), signature: row.bytes("signature"), state: state)
    guard record.hash == (try row.hash("hash")) else {
      throw StorageError.corrupt(table: "plan", field: "document")
    }
    return record
  }
}
