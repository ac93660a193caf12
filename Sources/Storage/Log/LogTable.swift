internal import CryptoPrimitives
internal import Foundation
internal import GRDB
internal import TransparencyLog

/// The log within one transaction, or one snapshot.
struct LogTable {
  let database: Database

  /// Adds entries, each with its hash and with the subtrees that it completes.
  ///
  /// - Throws: `logEntryExists` if another entry has the key of one of them.
  /// - Complexity: two rows for an entry, and one more for every 256 on each level.
  func append(_ entries: [LogEntry]) throws {
    guard !entries.isEmpty else { return }
    var next = try size()
    let insertion = try database.cachedStatement(
      sql: """
        INSERT INTO logEntry (number, kind, subject, place, bytes) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (kind, subject, place) DO NOTHING
        """)
    for entry in entries {
      let key = entry.key
      try insertion.execute(arguments: [
        Int64(next), Int(key.kind.rawValue), key.subject.data, Int64(key.number),
        Data(entry.encoded),
      ])
      guard database.changesCount == 1 else {
        guard try entry == placed(key)?.entry else { throw StorageError.logEntryExists(key) }
        continue
      }
      try insert(entry.leaf, level: 0, number: next)
      next += 1
    }
  }

  private func insert(_ hash: Bytes32, level: Int, number: UInt64) throws {
    let insertion = try database.cachedStatement(
      sql: "INSERT INTO logHash (level, number, hash) VALUES (?, ?, ?)")
    try insertion.execute(arguments: [level, Int64(number), hash.data])
    let width = UInt64(Tile.fullWidth)
    guard number % width == width - 1, level + 1 < Tile.levelCount else { return }
    let subtree = try hashes(level: level, number + 1 - width..<number + 1)
    try insert(MerkleHash.root(of: subtree), level: level + 1, number: number / width)
  }

  /// How many entries there are.
  func size() throws -> UInt64 {
    let statement = try database.cachedStatement(sql: "SELECT max(number) FROM logEntry")
    return UInt64((try Int64.fetchOne(statement) ?? -1) + 1)
  }

  /// Nil if the log has no entry with the key, which is how callers ask whether something was logged; one that
  /// cannot be read is an error.
  func placed(_ key: EntryKey) throws -> PlacedEntry? {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT number, bytes FROM logEntry WHERE kind = ? AND subject = ? AND place = ?",
      arguments: [Int(key.kind.rawValue), key.subject.data, Int64(key.number)])
    guard let row else { return nil }
    do throws(LogRefusal) {
      let entry = try LogEntry(decoding: row.bytes("bytes"))
      return PlacedEntry(index: UInt64(row["number"] as Int64), entry: entry)
    } catch { throw StorageError.corrupt(table: "logEntry", field: "bytes") }
  }

  func count(_ kind: EntryKind, of subject: Bytes32) throws -> UInt64 {
    UInt64(
      try Int64.fetchOne(
        database, sql: "SELECT count(*) FROM logEntry WHERE kind = ? AND subject = ?",
        arguments: [Int(kind.rawValue), subject.data]) ?? 0)
  }

  func entries(of kind: EntryKind) throws -> [LogEntry] {
    try Row.fetchAll(
      database, sql: "SELECT bytes FROM logEntry WHERE kind = ? ORDER BY number",
      arguments: [Int(kind.rawValue)]
    ).map { row in
      do throws(LogRefusal) { return try LogEntry(decoding: row.bytes("bytes")) } catch {
        throw StorageError.corrupt(table: "logEntry", field: "bytes")
      }
    }
  }

  func entries(_ range: Range<UInt64>) throws -> [[UInt8]] {
    try Row.fetchAll(
      database,
      sql: "SELECT bytes FROM logEntry WHERE number >= ? AND number < ? ORDER BY number",
      arguments: [Int64(range.lowerBound), Int64(range.upperBound)]
    ).map { $0.bytes("bytes") }
  }

  func tree() throws -> TreeState {
    var tree = TiledTree(size: try size(), reader: self)
    return TreeState(size: tree.size, root: try tree.root())
  }

  /// The tree of the first `size` entries.
  ///
  /// - Throws: `logIsShorter` if there are fewer.
  func tree(of size: UInt64) throws -> TiledTree<Self> {
    let present = try self.size()
    guard size <= present else { throw StorageError.logIsShorter(size: present, asked: size) }
    return TiledTree(size: size, reader: self)
  }

  private func hashes(level: Int, _ range: Range<UInt64>) throws -> [Bytes32] {
    let statement = try database.cachedStatement(
      sql: "SELECT hash FROM logHash WHERE level = ? AND number >= ? AND number < ? ORDER BY number"
    )
    let rows = try Row.fetchCursor(
      statement, arguments: [level, Int64(range.lowerBound), Int64(range.upperBound)])
    var hashes: [Bytes32] = []
    hashes.reserveCapacity(range.count)
    // A proof reads hundreds of them: no row and no blob is copied.
    while let row = try rows.next() {
      guard
        let hash = try row.withUnsafeData(
          atIndex: 0,
          { data in
            data.flatMap { Bytes32($0.bytes) }
          })
      else { throw StorageError.corrupt(table: "logHash", field: "hash") }
      hashes.append(hash)
    }
    return hashes
  }
}

extension LogTable: TileReader {
  func hashes(of tile: Tile) throws -> [Bytes32] {
    let start = tile.index << UInt64(Tile.height)
    let found = try hashes(level: tile.level, start..<start + UInt64(tile.width))
    guard found.count == tile.width else {
      throw StorageError.logIsShorter(
        size: try size(), asked: (start + UInt64(tile.width)) << UInt64(Tile.height * tile.level))
    }
    return found
  }
}
