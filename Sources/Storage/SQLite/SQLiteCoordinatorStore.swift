internal import CryptoPrimitives
internal import Foundation
internal import GRDB

/// A coordinator's store in one folder: a SQLite file and blobs.
package struct SQLiteCoordinatorStore: CoordinatorStore {
  let database: SQLiteFile
  package let blobs: BlobStore
  let faults: any FaultInjector

  /// Who opens a store.
  package enum Role: Sendable {
    /// The coordinator itself: the only one that may clear what a crash left behind.
    case coordinator
    /// A command beside a coordinator that may be running.
    case visitor
  }

  /// Opens the store and makes it if it is missing.
  package init(
    folder: String, as role: Role = .coordinator, faults: any FaultInjector = NoFaults()
  ) async throws(StorageError) {
    try DurableFile.makeFolder(folder)
    self.faults = faults
    blobs = try BlobStore(
      folder: folder + "/blobs", clears: role == .coordinator, faults: faults)
    database = try SQLiteFile(
      path: folder + "/coordinator.sqlite", migrator: CoordinatorSchema.migrator)
    guard role == .coordinator else { return }
    try await blobs.sweep(keeping: neededBlobs())
  }

  /// Closes the files.
  ///
  /// The store must not be used any more.
  package func close() throws(StorageError) { try database.close() }

  private func neededBlobs() async throws(StorageError) -> Set<Bytes32> {
    try await database.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT hash FROM model UNION SELECT blob FROM partialSum
          UNION SELECT catalogue FROM plan WHERE catalogue IS NOT NULL
          """)
      return try Set(rows.map { try $0.hash("hash") })
    }
  }
}
