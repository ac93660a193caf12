internal import CryptoPrimitives
internal import Foundation
internal import GRDB

extension SQLiteCoordinatorStore {
  package func witnesses() async throws(StorageError) -> WitnessSet {
    try await database.read { try Self.witnesses(in: $0) }
  }

  package func replaceWitnesses(_ set: WitnessSet) async throws(StorageError) {
    try await database.write { database in
      let present = try Self.witnesses(in: database)
      guard present != set else { return }
      guard present.serial + 1 == set.serial else {
        throw StorageError.witnessesChanged(expected: set.serial - 1, found: present.serial)
      }
      try database.execute(sql: "DELETE FROM witness")
      for witness in set.witnesses {
        try database.execute(
          sql: "INSERT INTO witness (identity, anchor, url, pin) VALUES (?, ?, ?, ?)",
          arguments: [
            witness.identity.data, witness.anchor.data, witness.url, witness.pin?.data,
          ])
      }
      try database.execute(
        sql: """
          INSERT INTO witnessList (id, serial, document) VALUES (1, ?, ?)
          ON CONFLICT (id) DO UPDATE SET serial = excluded.serial, document = excluded.document
          """,
        arguments: [Int64(set.serial), Data(set.signedList)])
    }
  }

  private static func witnesses(in database: Database) throws -> WitnessSet {
    guard let list = try Row.fetchOne(database, sql: "SELECT * FROM witnessList") else {
      return .none
    }
    return WitnessSet(
      serial: UInt64(list["serial"] as Int64), signedList: list.bytes("document"),
      witnesses: try Row.fetchAll(database, sql: "SELECT * FROM witness").map {
        WitnessRecord(
          identity: try $0.hash("identity"), anchor: try $0.hash("anchor"), url: $0["url"],
          pin: try $0.optionalHash("pin"))
      })
  }
}
