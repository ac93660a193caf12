internal import CryptoPrimitives
internal import Foundation
internal import GRDB

/// A SQLite file in WAL mode whose commits survive the loss of power.
struct SQLiteFile: Sendable {
  let path: String
  private let pool: DatabasePool

  /// - Parameter makes: whether a file without tables becomes a store.
  /// - Throws: `witnessStoreMissing` if it has none and must have.
  init(path: String, migrator: DatabaseMigrator, makes: Bool = true) throws(StorageError) {
    self.path = path
    var configuration = Configuration()
    configuration.maximumReaderCount = 4
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // What is deleted is overwritten: a device that forgets its events has forgotten them.
      try database.execute(sql: "PRAGMA secure_delete = ON")
      // What a row is replaced by deletes it: triggers that forbid that are asked, too.
      try database.execute(sql: "PRAGMA recursive_triggers = ON")
      // On Apple's systems a sync that reaches the medium; elsewhere every sync does.
      try database.execute(sql: "PRAGMA fullfsync = ON")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      // After opening: GRDB sets NORMAL for WAL files, and commits would then survive a crash of the
      // process, but not the loss of power.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      if try pool.read(migrator.hasBeenSuperseded) { throw StorageError.schemaIsNewer(path: path) }
      if !makes, try pool.read(migrator.appliedIdentifiers).isEmpty {
        throw StorageError.witnessStoreMissing(path: path)
      }
      try migrator.migrate(pool)
    } catch { throw StorageError(error, path: path) }
  }

  /// Runs `body` in a transaction.
  ///
  /// Unlike an ordinary asynchronous call it goes on if the calling task is canceled: when a peer
  /// hangs up, others may wait for the same commit.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StorageError) -> Value {
    let result = await withCheckedContinuation { continuation in
      pool.asyncWrite(body) { _, result in continuation.resume(returning: result) }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw StorageError(error, path: path)
    }
  }

  /// How commits reach the disk: 2 is FULL.
  func synchronousLevel() throws(StorageError) -> Int? {
    do {
      return try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    } catch { throw StorageError(error, path: path) }
  }

  /// Runs `body` on a snapshot.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StorageError) -> Value {
    let path = path
    return try await withCheckedContinuation { continuation in
      pool.asyncRead { database in
        continuation.resume(
          returning: Result { () throws(StorageError) -> Value in
            do { return try body(database.get()) } catch { throw StorageError(error, path: path) }
          })
      }
    }.get()
  }

  func close() throws(StorageError) {
    do { try pool.close() } catch { throw StorageError(error, path: path) }
  }
}

extension StorageError {
  init(_ error: any Error, path: String) {
    switch error {
    case let error as StorageError: self = error
    case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
      self = .diskFull(path: path)
    case let error as DatabaseError:
      // Not the whole description: that could quote the values of a statement.
      self = .database(
        path: path, code: error.extendedResultCode.rawValue, text: error.message ?? "no text")
    default: self = .database(path: path, code: -1, text: "\(type(of: error))")
    }
  }
}

extension Bytes32 {
  var data: Data { Data(bytes) }
}

extension Row {
  /// The 32 bytes of a column.
  func hash(_ column: String) throws(StorageError) -> Bytes32 {
    guard let value = try optionalHash(column) else {
      throw .corrupt(table: "any", field: column)
    }
    return value
  }

  func optionalHash(_ column: String) throws(StorageError) -> Bytes32? {
    guard let data = self[column] as Data? else { return nil }
    guard let value = Bytes32([UInt8](data)) else { throw .corrupt(table: "any", field: column) }
    return value
  }

  func bytes(_ column: String) -> [UInt8] { [UInt8](self[column] as Data) }
}
