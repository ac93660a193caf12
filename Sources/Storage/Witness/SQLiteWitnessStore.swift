internal import CryptoPrimitives
internal import Foundation
internal import GRDB

/// What a witness has promised: a value for one cohort, a signature on one set of survivors.
///
/// A record that is there is never replaced, whatever the caller believes: the store itself refuses a
/// second promise, so two processes, or a program with a mistake, cannot make one. It must not be
/// restored from a backup: what was promised since would be forgotten.
package struct SQLiteWitnessStore: Sendable {
  let database: SQLiteFile
  let faults: any FaultInjector
  private static let name = "witness.sqlite"

  /// Opens the store of a folder.
  ///
  /// - Parameter makes: whether to make one that is missing: at the birth of a witness, and never later.
  /// - Throws: `witnessStoreMissing` if there is none and none is to be made.
  package init(
    folder: String, makes: Bool = false, faults: any FaultInjector = NoFaults()
  ) throws(StorageError) {
    try DurableFile.makeFolder(folder)
    let path = folder + "/" + Self.name
    guard makes || FileManager.default.fileExists(atPath: path) else {
      throw .witnessStoreMissing(path: path)
    }
    self.faults = faults
    // A file without tables was emptied, or lost its log: it would become a store without any promise.
    database = try SQLiteFile(path: path, migrator: WitnessSchema.migrator, makes: makes)
  }

  /// Closes the file.
  ///
  /// The store must not be used any more.
  package func close() throws(StorageError) { try database.close() }

  /// Records a reveal before it is sent; the same record again changes nothing.
  ///
  /// - Throws: `secondPromise` if the position or the round went to another cohort, or a later position
  ///   was revealed.
  package func record(_ reveal: RevealRecord) async throws(StorageError) {
    try await database.write { [faults] database in
      let earlier = try Row.fetchAll(
        database, sql: "SELECT * FROM reveal WHERE position >= ? OR (task = ? AND round = ?)",
        arguments: [
          Int64(reveal.position), reveal.round.task.data, Int64(reveal.round.number),
        ]
      ).map(Self.reveal)
      guard earlier.allSatisfy({ $0 == reveal }) else {
        throw StorageError.secondPromise(reveal.round)
      }
      guard earlier.isEmpty else { return }
      try database.execute(
        sql: """
          INSERT INTO reveal (position, task, round, config, cohort, cohortSize)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          Int64(reveal.position), reveal.round.task.data, Int64(reveal.round.number),
          reveal.config.data, reveal.cohort.data, reveal.cohortSize,
        ])
      try faults.reached(.revealWritten)
    }
    try faults.reached(.revealCommitted)
  }

  /// Records a signature on survivors before it is sent; the same record again changes nothing.
  ///
  /// - Throws: `secondPromise` if other survivors of the cohort are signed.
  package func record(
    _ cosignature: CosignRecord, of round: RoundKey
  ) async throws(StorageError) {
    try await database.write { [faults] database in
      let earlier = try Row.fetchOne(
        database, sql: "SELECT survivors FROM cosignature WHERE cohort = ?",
        arguments: [cosignature.cohort.data])
      if let earlier {
        guard try earlier.hash("survivors") == cosignature.survivors else {
          throw StorageError.secondPromise(round)
        }
        return
      }
      try database.execute(
        sql: "INSERT INTO cosignature (cohort, survivors) VALUES (?, ?)",
        arguments: [cosignature.cohort.data, cosignature.survivors.data])
      try faults.reached(.cosignatureWritten)
    }
    try faults.reached(.cosignatureCommitted)
  }

  /// All reveals in ascending positions.
  package func reveals() async throws(StorageError) -> [RevealRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM reveal ORDER BY position").map(Self.reveal)
    }
  }

  /// All signatures on survivors in the order in which they were made.
  package func cosignatures() async throws(StorageError) -> [CosignRecord] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM cosignature ORDER BY number").map {
        CosignRecord(cohort: try $0.hash("cohort"), survivors: try $0.hash("survivors"))
      }
    }
  }

  private static func reveal(_ row: Row) throws -> RevealRecord {
    RevealRecord(
      position: UInt64(row["position"] as Int64),
      round: RoundKey(task: try row.hash("task"), number: UInt64(row["round"] as Int64)),
      config: try row.hash("config"), cohort: try row.hash("cohort"),
      cohortSize: row["cohortSize"])
  }
}
