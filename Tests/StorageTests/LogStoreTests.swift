import CryptoPrimitives
import Foundation
import GRDB
import TestSupport
import Testing
import TransparencyLog

@testable import Storage

@Suite struct LogStoreTests {
  private static func enrollment(_ number: Int, time: Int64 = 5) throws -> LogEntry {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(number))
    return try LogEntry(
      at: time,
      .enrollment(
        LoggedEnrollment(
          authority: VerificationKey(encoding: Bytes32()), certificateHash: Blake2b.digest(bytes))))
  }

  private func withStore(_ body: (SQLiteCoordinatorStore) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteCoordinatorStore(folder: folder.path)
    try await body(store)
    try store.close()
  }

  /// Across the edges of tiles on two levels; the tree in memory is another implementation.
  @Test func treeTilesAndProofsAreThoseOfTheEntries() async throws {
    try await withStore { store in
      var frontier = MerkleFrontier()
      var edge = TileEdge()
      var tiles: [Tile: [Bytes32]] = [:]
      var states = [TreeState.empty]
      let count = 256 * 3 + 7
      var batch: [LogEntry] = []
      for number in 0..<count {
        let entry = try Self.enrollment(number)
        batch.append(entry)
        frontier.append(entry.leaf)
        states.append(frontier.state)
        for tile in edge.append(entry.leaf) { tiles[tile.tile] = tile.hashes }
      }
      for tile in edge.partialTiles { tiles[tile.tile] = tile.hashes }
      for start in stride(from: 0, to: count, by: 100) {
        try await store.log(Array(batch[start..<min(start + 100, count)]))
      }
      #expect(try await store.logTree() == frontier.state)
      #expect(tiles.count == 5)
      for (tile, hashes) in tiles { #expect(try await store.hashes(of: tile) == hashes) }
      for index in [0, 1, 255, 256, 511, 512, 767, 768, count - 1] {
        let proof = try await store.inclusionProof(of: UInt64(index), size: UInt64(count))
        try proof.verify(leaf: batch[index].leaf, in: frontier.state)
        #expect(
          try await store.logged(batch[index].key)
            == PlacedEntry(index: UInt64(index), entry: batch[index]))
      }
      for older in [0, 1, 200, 256, 700, count] {
        let proof = try await store.consistencyProof(from: UInt64(older), to: UInt64(count))
        try proof.verify(from: states[older], to: frontier.state)
      }
      #expect(
        try await store.loggedEntries(254..<258) == batch[254..<258].map(\.encoded))
    }
  }

  @Test func aLogHasOneEntryWithEachKey() async throws {
    try await withStore { store in
      let first = try Self.enrollment(1)
      try await store.log([first])
      // The same again changes nothing.
      try await store.log([first, try Self.enrollment(2), first])
      #expect(try await store.logSize() == 2)
      let second = try Self.enrollment(1, time: 6)
      await #expect(throws: StorageError.logEntryExists(first.key)) {
        try await store.log([try Self.enrollment(3), second])
      }
      // All or none.
      #expect(try await store.logSize() == 2)
      #expect(try await store.logged(first.key)?.entry == first)
    }
  }

  @Test func aFactIsStoredWithItsEntryOrNotAtAll() async throws {
    try await withStore { store in
      let key = CoordinatorScript.firstRound
      try await store.add(CoordinatorScript.plan)
      let record = RoundRecord(
        key: key, plan: CoordinatorScript.plan.hash, configuration: [1], openedAt: 3)
      let announcement = CoordinatorScript.announcement(of: key)
      let other = try LogEntry(at: 78, announcement.content)
      try await store.log([other])
      await #expect(throws: StorageError.logEntryExists(announcement.key)) {
        try await store.begin(record, log: [announcement])
      }
      #expect(try await store.round(key) == nil)
      try await store.begin(record, log: [other])
      // An abort is logged by the store itself.
      try await store.abort(key, reason: 1_001, at: 9)
      let abort = try #require(
        try await store.logged(EntryKey(kind: .abort, subject: key.task, number: key.number)))
      #expect(abort.entry == (try LogEntry.abort(of: key, reason: 1_001, at: 9)))
      try await store.abort(key, reason: 1_001, at: 10)
      #expect(try await store.logSize() == 2)
    }
  }

  @Test(arguments: [
    "UPDATE logEntry SET bytes = x'00' WHERE number = 0", "DELETE FROM logEntry",
    "UPDATE logHash SET hash = zeroblob(32) WHERE number = 0", "DELETE FROM logHash",
  ])
  func theStoreItselfRefusesToChangeTheLog(statement: String) async throws {
    try await withStore { store in
      try await store.log([try Self.enrollment(1)])
      await #expect(throws: StorageError.self) {
        try await store.database.write { try $0.execute(sql: statement) }
      }
      #expect(try await store.logged(Self.enrollment(1).key) != nil)
    }
  }

  @Test func whatIsBeyondTheLogIsRefused() async throws {
    try await withStore { store in
      try await store.log([try Self.enrollment(1)])
      await #expect(throws: StorageError.logIsShorter(size: 1, asked: 2)) {
        try await store.consistencyProof(from: 0, to: 2)
      }
      await #expect(throws: StorageError.logIsShorter(size: 1, asked: 2)) {
        try await store.inclusionProof(of: 1, size: 1)
      }
      await #expect(throws: StorageError.self) {
        try await store.hashes(of: try #require(Tile(level: 0, index: 0, size: 2)))
      }
    }
  }

  /// A store of the version before there was a log keeps its facts and gets an empty log.
  @Test func anOlderStoreGetsALog() async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteCoordinatorStore(folder: folder.path)
    try await CoordinatorScript(store: store).run()
    var before = try await StoreContents(of: store)
    try await store.database.write { database in
      for table in ["logEntry", "logHash", "logHead"] {
        try database.execute(sql: "DROP TABLE \(table)")
      }
      try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'log'")
    }
    try store.close()
    let migrated = try await SQLiteCoordinatorStore(folder: folder.path)
    before.log = []
    before.tree = .empty
    #expect(try await StoreContents(of: migrated) == before)
    try await migrated.log([try Self.enrollment(1)])
    #expect(try await migrated.logSize() == 1)
    try migrated.close()
  }

  @Test func headsAreKeptAsTheyAre() async throws {
    try await withStore { store in
      #expect(try await store.logHeads() == LogHeads())
      var randomness = RandomStream.system()
      let key = SigningKey(random: &randomness)
      var head = CosignedHead(SignedHead(tree: .empty, time: 3, by: key))
      try await store.keep(LogHeads(signed: head))
      #expect(try await store.logHeads() == LogHeads(signed: head))
      head.add(Cosignature(of: head.signed.head, by: key))
      try await store.keep(LogHeads(signed: head, published: head))
      #expect(try await store.logHeads() == LogHeads(signed: head, published: head))
    }
  }
}
