package import CryptoPrimitives

/// Where the tiles of a log are: files, a server's answers, memory.
package protocol TileReader {
  associatedtype Failure: Error

  /// The hashes of a tile as `Tile.hashes(decoding:)` returns them: at least `tile.width`.
  ///
  /// What the reader returns need not be true. Proofs that are made of false tiles do not lead to the
  /// signed root.
  func hashes(of tile: Tile) throws(Failure) -> [Bytes32]
}

/// The tree of a log's first `size` entries, read from its tiles.
///
/// Each tile is read and hashed once and kept: use one value for what belongs together, then let it go.
package struct TiledTree<Reader: TileReader> {
  package let size: UInt64
  private let reader: Reader
  private var read: [Tile: [[Bytes32]]] = [:]

  package init(size: UInt64, reader: Reader) {
    precondition(size <= LogLimits.mostCount, "no log has \(size) entries")
    self.size = size
    self.reader = reader
  }

  /// The root over all of the tree's entries.
  package mutating func root() throws(Reader.Failure) -> Bytes32 {
    size == 0 ? MerkleHash.empty : try hash(over: 0..<size)
  }

  /// The hash of the entry at `index`, as the tiles have it.
  package mutating func leaf(at index: UInt64) throws(Reader.Failure) -> Bytes32 {
    precondition(index < size, "no entry \(index) in a tree of \(size)")
    return try root(ofSubtree: index, level: 0)
  }

  /// The root over a range of entries that is one node of the tree.
  ///
  /// The range begins at a multiple of the largest power of two that is not larger than it.
  mutating func hash(over range: Range<UInt64>) throws(Reader.Failure) -> Bytes32 {
    var subtrees: [Bytes32] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let level = 63 - (range.upperBound - start).leadingZeroBitCount
      subtrees.append(try root(ofSubtree: start >> UInt64(level), level: level))
      start += 1 << UInt64(level)
    }
    // Cannot fail: no caller asks for an empty range.
    guard var root = subtrees.popLast() else { preconditionFailure("a node over no entries") }
    while let left = subtrees.popLast() { root = MerkleHash.node(left, root) }
    return root
  }

  /// The root of the `index`th complete subtree of 2^`level` entries.
  private mutating func root(
    ofSubtree index: UInt64, level: Int
  ) throws(Reader.Failure) -> Bytes32 {
    let height = level % Tile.height
    let first = index << UInt64(height)
    let heights = try heights(level: level / Tile.height, index: first >> UInt64(Tile.height))
    return heights[height][Int(first % UInt64(Tile.fullWidth)) >> height]
  }

  /// The nodes of a tile by their height above its hashes.
  private mutating func heights(
    level: Int, index: UInt64
  ) throws(Reader.Failure) -> [[Bytes32]] {
    guard let tile = Tile(level: level, index: index, size: size) else {
      preconditionFailure("a tree of \(size) has no tile \(level)/\(index)")
    }
    if let known = read[tile] { return known }
    let hashes = try reader.hashes(of: tile)
    precondition(hashes.count >= tile.width, "the reader returned too few hashes of \(tile.path)")
    var heights = [Array(hashes.prefix(tile.width))]
    for height in 1..<Tile.height {
      let below = heights[height - 1]
      heights.append(
        stride(from: 1, to: below.count, by: 2).map { MerkleHash.node(below[$0 - 1], below[$0]) })
    }
    read[tile] = heights
    return heights
  }
}
