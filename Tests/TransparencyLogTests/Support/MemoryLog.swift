import CryptoPrimitives
import TransparencyLog

/// A log in memory with all that a log's files would hold.
struct MemoryLog {
  private(set) var entries: [[UInt8]] = []
  private(set) var edge = TileEdge()
  private(set) var tiles = MemoryTiles()

  /// A log of entries that nobody could take for others.
  init(count: Int = 0, salt: String = "") {
    for index in 0..<count { append(Self.entry(index, salt: salt)) }
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

  func state(size: Int? = nil) throws -> TreeState {
    var tree = tree(size: size)
    return TreeState(size: tree.size, root: try tree.root())
  }

  func inclusionProof(of index: Int, size: Int? = nil) throws -> InclusionProof {
    var tree = tree(size: size)
    return try tree.inclusionProof(of: UInt64(index))
  }

  func consistencyProof(from older: Int, to newer: Int? = nil) throws -> ConsistencyProof {
    var tree = tree(size: newer)
    return try tree.consistencyProof(from: UInt64(older))
  }
}

/// Files by their paths.
struct MemoryTiles: TileReader {
  struct Missing: Error {
    let path: String
  }

  private(set) var files: [String: [UInt8]] = [:]

  mutating func write(_ content: TileContent) { files[content.tile.path] = content.encoded }

  mutating func delete(_ path: String) { files[path] = nil }

  /// The tile as it was asked for, or the full one where that has come in its place.
  func hashes(of tile: Tile) throws -> [Bytes32] {
    let full = tile.path.split(separator: ".p/").first.map(String.init) ?? tile.path
    guard let bytes = files[tile.path] ?? files[full] else { throw Missing(path: tile.path) }
    return try tile.hashes(decoding: bytes)
  }
}
