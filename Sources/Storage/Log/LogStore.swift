package import CryptoPrimitives
package import TransparencyLog

/// A coordinator's transparency log: entries that are never changed, and the heads it has signed.
///
/// Entries about facts are written together with the facts, by the calls that make those durable. A log has
/// one entry with each key: adding one that is there changes nothing, and another one in its place is
/// refused (`logEntryExists`).
package protocol LogStore: Sendable {
  /// Adds entries that belong to no other fact, in this order, all or none.
  func log(_ entries: [LogEntry]) async throws(StorageError)
  /// The entry with a key and its place; nil if there is none.
  func logged(_ key: EntryKey) async throws(StorageError) -> PlacedEntry?
  /// How many entries of a kind are about a subject.
  func loggedCount(_ kind: EntryKind, of subject: Bytes32) async throws(StorageError) -> UInt64
  /// Encoded entries by their places; those that are there.
  func loggedEntries(_ range: Range<UInt64>) async throws(StorageError) -> [[UInt8]]
  /// How many entries are durable.
  func logSize() async throws(StorageError) -> UInt64
  /// Size and root over all entries that are durable.
  func logTree() async throws(StorageError) -> TreeState
  /// The hashes of a tile of the tree as it is durable; at least `tile.width` of them.
  ///
  /// - Throws: `logIsShorter` if they are not all there.
  func hashes(of tile: Tile) async throws(StorageError) -> [Bytes32]
  /// - Throws: `logIsShorter` unless `index < size`, and there are as many entries.
  func inclusionProof(of index: UInt64, size: UInt64) async throws(StorageError) -> InclusionProof
  /// - Throws: `logIsShorter` unless `older <= size`, and there are as many entries.
  func consistencyProof(
    from older: UInt64, to size: UInt64
  ) async throws(StorageError) -> ConsistencyProof
  func logHeads() async throws(StorageError) -> LogHeads
  /// Replaces the heads.
  func keep(_ heads: LogHeads) async throws(StorageError)
}

/// An entry and where it is in the log.
package struct PlacedEntry: Sendable, Equatable {
  package let index: UInt64
  package let entry: LogEntry

  package init(index: UInt64, entry: LogEntry) {
    self.index = index
    self.entry = entry
  }
}

/// The newest heads of a log.
package struct LogHeads: Sendable, Equatable {
  /// The newest that the log has signed: durable before anybody sees it.
  package var signed: CosignedHead?
  /// The newest that readers are given, with the cosignatures that it had then.
  package var published: CosignedHead?

  package init(signed: CosignedHead? = nil, published: CosignedHead? = nil) {
    self.signed = signed
    self.published = published
  }
}
