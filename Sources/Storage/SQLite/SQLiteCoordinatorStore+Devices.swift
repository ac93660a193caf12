package import CryptoPrimitives
internal import Foundation
internal import GRDB
package import TransparencyLog

extension SQLiteCoordinatorStore {
  package func issueJoinCode(hash: Bytes32, expiry: Int64) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: "INSERT INTO joinCode (hash, expiry) VALUES (?, ?) ON CONFLICT DO NOTHING",
        arguments: [hash.data, expiry])
    }
  }

  package func enroll(
    _ device: DeviceRecord, joinCode: Bytes32, log: [LogEntry]
  ) async throws(StorageError) -> DeviceRecord {
    let record = try await database.write { [faults] database in
      try faults.reached(.enrollmentBegun)
      let earlier = try Self.device(device.identity, in: database)
      guard earlier?.revokedAt == nil else { throw StorageError.deviceRevoked }
      guard
        let code = try Row.fetchOne(
          database, sql: "SELECT expiry, usedBy FROM joinCode WHERE hash = ?",
          arguments: [joinCode.data])
      else { throw StorageError.joinCodeInvalid }
      if let user = try code.optionalHash("usedBy") {
        // Its own answer was lost on the way: the device asks again.
        guard user == device.identity, let record = try Self.device(user, in: database) else {
          throw StorageError.joinCodeInvalid
        }
        return record
      }
      guard code["expiry"] as Int64 > device.enrolledAt else { throw StorageError.joinCodeExpired }
      try database.execute(
        sql: "UPDATE joinCode SET usedBy = ? WHERE hash = ?",
        arguments: [device.identity.data, joinCode.data])
      // A device that comes back, or whose certificate is about to expire, gets a new one.
      try database.execute(
        sql: """
          INSERT INTO device (identity, certificate, enrolledAt) VALUES (?, ?, ?)
          ON CONFLICT (identity) DO UPDATE SET certificate = excluded.certificate
          """,
        arguments: [device.identity.data, Data(device.certificate), device.enrolledAt])
      try Self.log(log, in: database, faults)
      try faults.reached(.enrollmentWritten)
      return try Self.device(device.identity, in: database) ?? device
    }
    try faults.reached(.enrollmentCommitted)
    return record
  }

  package func device(_ identity: Bytes32) async throws(StorageError) -> DeviceRecord? {
    try await database.read { try Self.device(identity, in: $0) }
  }

  package func devices() async throws(StorageError) -> [DeviceRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM device ORDER BY enrolledAt, identity")
        .map(Self.device)
    }
  }

  package func revokedDevices() async throws(StorageError) -> [Bytes32] {
    try await database.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT identity FROM device WHERE revocation IS NOT NULL ORDER BY revocation"
      ).map { try $0.hash("identity") }
    }
  }

  package func enrollments(since: Int64) async throws(StorageError) -> Int {
    try await database.read { database in
      try Int.fetchOne(
        database, sql: "SELECT count(*) FROM device WHERE enrolledAt >= ?", arguments: [since])
        ?? 0
    }
  }

  package func revoke(_ identity: Bytes32, at time: Int64) async throws(StorageError) {
    try await database.write { [faults] database in
      guard try Self.device(identity, in: database) != nil else {
        throw StorageError.unknownDevice
      }
      try database.execute(
        sql: """
          UPDATE device SET revokedAt = ?,
            revocation = (SELECT coalesce(max(revocation), 0) + 1 FROM device)
          WHERE identity = ? AND revokedAt IS NULL
          """,
        arguments: [time, identity.data])
      try faults.reached(.revocationWritten)
    }
    try faults.reached(.revocationCommitted)
  }

  private static func device(_ identity: Bytes32, in database: Database) throws -> DeviceRecord? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM device WHERE identity = ?", arguments: [identity.data]
    ).map(device)
  }

  private static func device(_ row: Row) throws -> DeviceRecord {
    DeviceRecord(
      identity: try row.hash("identity"), certificate: row.bytes("certificate"),
      enrolledAt: row["enrolledAt"], revokedAt: row["revokedAt"])
  }
}
