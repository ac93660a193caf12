import CryptoPrimitives
import Testing
import TransparencyLog

@Suite struct TileTests {
  // MARK: Names

  @Test(
    arguments: [
      (0, 0, 256, "tile/0/000"), (0, 0, 255, "tile/0/000.p/255"), (0, 1, 257, "tile/0/001.p/1"),
      (1, 0, 256, "tile/1/000.p/1"), (1, 0, 65_536, "tile/1/000"),
      (0, 1_234_067, 315_921_409, "tile/0/x001/x234/067"),
      (0, 999, 256_000, "tile/0/999"), (0, 1_000, 256_001, "tile/0/x001/000.p/1"),
      (6, 0, 1 << 53, "tile/6/000.p/32"),
    ] as [(Int, UInt64, UInt64, String)])
  func tileHasItsPath(_ level: Int, _ index: UInt64, _ size: UInt64, _ path: String) throws {
    let tile = try #require(Tile(level: level, index: index, size: size))
    #expect(tile.path == path)
    #expect(Tile(path: path) == tile)
    if level == 0 {
      let entries = path.replacing("tile/0/", with: "tile/entries/")
      #expect(tile.entriesPath == entries)
      #expect(Tile(entriesPath: entries) == tile)
    }
  }

  @Test(arguments: [
    "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/-01",
    "tile/7/000", "tile/00/000", "tile/-1/000", "tile/x/000", "tile/0/x000/001", "tile/0/001/000",
    "tile/0/x001", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256",
    "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/000/", "tile/0/000.p/1/", "/tile/0/000",
    "tile/0/../000", "tile/entries/000", "tiles/0/000", "tile/0/000 ", "tile/0/٠٠٠",
    "tile/0/x999/x999/x999/x999/x999/x999/999",
  ])
  func otherPathsNameNoTile(_ path: String) {
    #expect(Tile(path: path) == nil)
    #expect(Tile(entriesPath: path) == nil || path == "tile/entries/000")
  }

  @Test func tilesBeyondTheTreeDoNotExist() {
    #expect(Tile(level: 0, index: 0, size: 0) == nil)
    #expect(Tile(level: 0, index: 1, size: 256) == nil)
    #expect(Tile(level: 1, index: 0, size: 255) == nil)
    #expect(Tile(level: 0, index: .max, size: 256) == nil)
    #expect(Tile(level: 7, index: 0, size: 1 << 53) == nil)
    #expect(Tile(level: -1, index: 0, size: 1) == nil)
  }

  // MARK: Files

  @Test func filesAreThoseOfTheSizesInTheirNames() {
    var edge = TileEdge()
    var files: [String: [UInt8]] = [:]
    for index in 0..<600 {
      for content in edge.append(MerkleHash.leaf(MemoryLog.entry(index))) {
        #expect(content.tile.isFull)
        files[content.tile.path] = content.encoded
      }
    }
    for content in edge.partialTiles { files[content.tile.path] = content.encoded }
    #expect(
      Set(files.keys) == ["tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"])
    let leaves = (0..<600).map { MerkleHash.leaf(MemoryLog.entry($0)) }
    #expect(files["tile/0/001"] == leaves[256..<512].flatMap(\.bytes))
    #expect(files["tile/0/002.p/88"] == leaves[512...].flatMap(\.bytes))
    let entries = (0..<512).map { MemoryLog.entry($0) }
    let roots = [entries[..<256], entries[256...]].map { NaiveTree.root($0) }
    #expect(files["tile/1/000.p/2"] == roots.flatMap(\.bytes))
  }

  @Test func edgeGoesOnFromTheTilesOfItsTree() throws {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513] {
      var log = MemoryLog(count: size)
      var edge = TileEdge(size: UInt64(size), reader: log.tiles)
      #expect(edge == log.edge, "\(size)")
      log.append([1])
      _ = edge.append(MerkleHash.leaf([1]))
      #expect(edge.state == log.state())
    }
  }

  @Test func edgeOfAnOlderTreeFollowsFromWiderTiles() {
    let log = MemoryLog(count: 513)
    for size in [1, 255, 256, 300, 511, 512] {
      #expect(TileEdge(size: UInt64(size), reader: log.tiles) == MemoryLog(count: size).edge)
    }
  }

  /// Three levels of tiles: 65,536 entries and a few fill the lowest of level 1.
  @Test func proofsReachOverThreeLevels() throws {
    let log = MemoryLog(count: 65_800)
    let states = [65_535, 65_536, 65_537, 65_800].map { log.state(size: $0) }
    var frontier = MerkleFrontier()
    for entry in log.entries { frontier.append(MerkleHash.leaf(entry)) }
    #expect(frontier.state == states[3])
    for state in states {
      var tree = TiledTree(size: state.size, reader: log.tiles)
      for index in [0, 255, 256, 40_000, 65_279, 65_280, 65_534] as [UInt64] {
        let leaf = MerkleHash.leaf(log.entries[Int(index)])
        #expect(tree.leaf(at: index) == leaf)
        try tree.inclusionProof(of: index).verify(leaf: leaf, in: state)
      }
      for older in states where older.size <= state.size {
        try tree.consistencyProof(from: older.size).verify(from: older, to: state)
      }
    }
  }

  @Test func falseTilesGiveNoProofs() throws {
    let log = MemoryLog(count: 300)
    let other = MemoryLog(count: 300, salt: "another ")
    var tree = TiledTree(size: 300, reader: other.tiles)
    let proof = tree.inclusionProof(of: 7)
    #expect(
      refusal { () throws(LogRefusal) in
        try proof.verify(leaf: MerkleHash.leaf(other.entries[7]), in: log.state())
      } == "proof-root")
  }

  @Test func tileFilesAreHeldToTheirWidth() throws {
    let tile = try #require(Tile(level: 0, index: 0, size: 3))
    let hashes = (0..<257).map { MerkleHash.leaf([UInt8($0 & 255)]) }
    func rule(_ bytes: [UInt8]) -> String? {
      refusal { () throws(LogRefusal) in _ = try tile.hashes(decoding: bytes) }
    }
    let bytes = hashes.flatMap(\.bytes)
    #expect(try tile.hashes(decoding: Array(bytes.prefix(96))) == Array(hashes.prefix(3)))
    // A later version of the same tile has more.
    #expect(try tile.hashes(decoding: Array(bytes.prefix(256 * 32))).count == 256)
    #expect(rule(Array(bytes.prefix(64))) == "truncated")
    #expect(rule(Array(bytes.prefix(97))) == "truncated")
    #expect(rule(bytes) == "limit")
  }

  @Test func bundlesOfEntriesRoundTrip() throws {
    let tile = try #require(Tile(level: 0, index: 0, size: 3))
    let entries: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 7, count: 2_048)]
    let encoded = EntryBundle.encoded(entries)
    #expect(try EntryBundle.entries(of: tile, decoding: encoded) == entries)
    func rule(_ bytes: [UInt8]) -> String? {
      refusal { () throws(LogRefusal) in _ = try EntryBundle.entries(of: tile, decoding: bytes) }
    }
    for count in 0..<encoded.count {
      #expect(rule(Array(encoded.prefix(count))) == "truncated")
    }
    #expect(rule([1, 8] + [UInt8](repeating: 0, count: 2_049)) == "limit")
    #expect(rule([UInt8](repeating: 0, count: 514)) == "limit")
  }
}
