import CryptoPrimitives
import TransparencyLog

/// A log in memory with all that a log's files would hold.
struct MemoryLog {
  private(set) var entries: [[UInt8]] = []
  private(set) var edge = TileEdge()
  private(set) var tiles = MemoryTiles()

  /// A log of entries that nobody could take for others.
  init(count: Int = 0, salt: String = "") {
    self.init((0..<count).map { Self.entry($0, salt: salt) })
  }

  /// A log of these entries.
  init(_ entries: [[UInt8]]) {
    self.entries = entries
    for entry in entries {
      for content in edge.append(MerkleHash.leaf(entry)) { tiles.write(content) }
    }
    for content in edge.partialTiles { tiles.write(content) }
  }

  static func entry(_ index: Int, salt: String = "") -> [UInt8] {
    Array("\(salt)entry \(index)".utf8)
  }

  mutating func append(_ entry: [UInt8]) {
    entries.append(entry)
    for content in edge.append(MerkleHash.leaf(entry)) { tiles.write(content) }
    for content in edge.partialTiles { tiles.write(content) }
  }

  func tree(size: Int? = nil) -> TiledTree<MemoryTiles> {
    TiledTree(size: UInt64(size ?? entries.count), reader: tiles)
  }

  func state(size: Int? = nil) -> TreeState {
    var tree = tree(size: size)
    return TreeState(size: tree.size, root: tree.root())
  }

  func inclusionProof(of index: Int, size: Int? = nil) -> InclusionProof {
    var tree = tree(size: size)
    return tree.inclusionProof(of: UInt64(index))
  }

  func consistencyProof(from older: Int, to newer: Int? = nil) -> ConsistencyProof {
    var tree = tree(size: newer)
    return tree.consistencyProof(from: UInt64(older))
  }
}

/// The latest hashes of each tile, whatever width is asked for.
struct MemoryTiles: TileReader {
  private struct Place: Hashable {
    let level: Int
    let index: UInt64
  }

  private var written: [Place: [Bytes32]] = [:]

  mutating func write(_ content: TileContent) {
    written[Place(level: content.tile.level, index: content.tile.index)] = content.hashes
  }

  func hashes(of tile: Tile) -> [Bytes32] {
    written[Place(level: tile.level, index: tile.index)] ?? []
  }
}
