import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import Storage
import Testing
import TransparencyLog

@testable import CoordinatorNode

/// The log as everybody may read it.
@Suite struct LogServingTests {
  /// A coordinator with more entries than a tile has, and one committed round.
  private func withLog(
    _ way: Way, _ body: (Switchboard, any NodeTransport) async throws -> Void
  ) async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world, way) { switchboard in
      let extra = try (0..<600).map { number in
        try LogEntry(
          at: 5,
          .enrollment(
            LoggedEnrollment(
              authority: VerificationKey(encoding: Bytes32()),
              certificateHash: Blake2b.digest([1, UInt8(number & 255), UInt8(number >> 8)]))))
      }
      try await switchboard.store.log(extra)
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      await switchboard.tick()
      await switchboard.tick()
      try await body(switchboard, switchboard)
    }
  }

  /// Every file that an export writes is what the coordinator serves, byte by byte, and together they are a
  /// tree with the root of the head.
  @Test(arguments: Way.allCases)
  func filesForAStaticServerAreWhatIsServed(way: Way) async throws {
    try await withLog(way) { switchboard, transport in
      let store = await switchboard.store
      let head = try #require(try await store.logHeads().published)
      var files: [(path: String, bytes: [UInt8])] = []
      try await LogFiles(store, head: head).forEach(except: { _ in false }) { path, bytes in
        files.append((path, bytes))
      }
      #expect(files.last?.path == "head")
      #expect(Set(files.map(\.path)).count == files.count)
      var frontier = MerkleFrontier()
      for (path, bytes) in files {
        #expect(try await transport.read("/v1/log/\(path)", limit: 1 << 20) == bytes, "\(path)")
        guard let tile = Tile(entriesPath: path) else { continue }
        let entries = try EntryBundle.entries(of: tile, decoding: bytes)
        let hashes = try await store.hashes(of: tile)
        #expect(entries.map(MerkleHash.leaf) == hashes)
        for entry in entries { frontier.append(MerkleHash.leaf(entry)) }
      }
      #expect(frontier.state == head.signed.head.tree)
      #expect(frontier.size == (try await store.logSize()))
      // A tile that was partial once stays where it was.
      let early = try #require(Tile(level: 0, index: 0, size: 3))
      #expect(
        try await transport.read("/v1/log/\(early.path)", limit: 1 << 20)
          == TileContent(tile: early, hashes: try await store.hashes(of: early)).encoded)
    }
  }

  @Test(arguments: Way.allCases)
  func proofsAreServedForEverySizeUpToThePublishedOne(way: Way) async throws {
    try await withLog(way) { switchboard, transport in
      let store = await switchboard.store
      let head = try #require(try await store.logHeads().published).signed.head
      let size = head.tree.size
      let entry = try LogEntry(decoding: try await store.loggedEntries(300..<301)[0])
      let key = entry.key
      let path = "/v1/log/entry/\(size)/\(key.kind.rawValue)/\(key.subject)/\(key.number)"
      let proved = try ProvedEntry(decoding: try await transport.read(path, limit: 1 << 13))
      #expect(proved.entry == entry && proved.proof.index == 300)
      try proved.proof.verify(leaf: entry.leaf, in: head.tree)
      var frontier = MerkleFrontier()
      for entry in try await store.loggedEntries(0..<300) {
        frontier.append(MerkleHash.leaf(entry))
      }
      let proof = try ConsistencyProof(
        decoding: try await transport.read("/v1/log/consistency/300/\(size)", limit: 1 << 13))
      try proof.verify(from: frontier.state, to: head.tree)
      for missing in [
        "consistency/\(size)/\(size + 1)", "consistency/3/2", "consistency/x/2", "consistency/2",
        "entry/300/\(key.kind.rawValue)/\(key.subject)/0", "entry/\(size)/1/00/0",
        "entry/\(size)/99/\(key.subject)/0", "tile/0/003", "tile/0/002.p/255", "tile/7/000",
        "tile/entries/003", "other", String(repeating: "a", count: 200),
        // Other spellings of paths that there are.
        "consistency/+300/\(size)", "consistency/0300/\(size)", "consistency//300/\(size)",
        "consistency/300/\(size)/",
        "entry//\(size)/\(key.kind.rawValue)/\(key.subject)/\(key.number)",
        "entry/\(size)/0\(key.kind.rawValue)/\(key.subject)/\(key.number)",
        "entry/\(size)/\(key.kind.rawValue)/\(key.subject.description.uppercased())/\(key.number)",
        "entry/\(size)/\(key.kind.rawValue)/\(key.subject)/00\(key.number)",
      ] {
        await #expect(throws: TransportError.status(404), "\(missing)") {
          try await transport.read("/v1/log/\(missing)", limit: 1 << 20)
        }
      }
    }
  }

  /// A key that does not belong to the store is refused before anything is signed with it.
  @Test func aCoordinatorWithoutTheKeyOfItsLogDoesNotStart() async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { await $0.tick() }
    try FileManager.default.removeItem(atPath: world.folder + "/keys/log")
    await #expect(throws: StorageError.self) {
      let (store, _) = try await Switchboard.start(world.folder, world.plan)
      try store.close()
    }
  }

  /// A pause is in the log once for each task, and so is its end.
  @Test func pausesAreCounted() async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let store = await switchboard.store
      let plan = world.plan
      // The first round announces the plan; before, the log knows no task to pause.
      _ = try await world.joined(switchboard)
      await switchboard.tick()
      for (place, state) in [(PlanState.paused, LoggedPause.State.paused), (.running, .resumed)]
        .enumerated()
      {
        try await store.move(
          plan.record.hash, to: state.0,
          log: try await plan.entries(of: state.1, in: store, at: 9))
        let key = EntryKey(kind: .pause, subject: TallyCourse.task, number: UInt64(place + 1))
        let expected = LoggedPause(
          task: TallyCourse.task, number: UInt64(place + 1), state: state.1)
        #expect(try await store.logged(key)?.entry.content == .pause(expected))
      }
    }
  }

  /// Devices of a store from before there was a log are logged when the coordinator first starts.
  @Test func certificatesFromBeforeTheLogAreAdded() async throws {
    let world = try NodeWorld()
    let (store, _) = try await Switchboard.start(world.folder, world.plan)
    // The sleepers were enrolled without entries; they share a certificate.
    #expect(try await store.logSize() == 1)
    try store.close()
    let (again, _) = try await Switchboard.start(world.folder, world.plan)
    #expect(try await again.logSize() == 1)
    try again.close()
  }
}
