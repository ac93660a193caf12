package import CryptoPrimitives

/// The right edge of a growing tree, tile by tile: what a log needs to append and to write its tiles.
///
/// - Complexity: at most 255 hashes for each of 7 levels are kept.
package struct TileEdge: Sendable, Equatable {
  /// Leaves so far.
  package private(set) var size: UInt64 = 0
  /// The hashes of each level's last tile, which is not full.
  private var levels: [[Bytes32]] = []

  /// The edge of a tree without leaves.
  package init() {}

  /// The edge of the tree of the first `size` entries, from its tiles.
  package init<Reader: TileReader>(size: UInt64, reader: Reader) throws(Reader.Failure) {
    self.size = size
    var hashes = size
    while hashes > 0 {
      let last = hashes >> UInt64(Tile.height)
      var known: [Bytes32] = []
      if let tile = Tile(level: levels.count, index: last, size: size) {
        known = try reader.hashes(of: tile)
        precondition(known.count >= tile.width, "the reader returned too few of \(tile.path)")
        // A later version of the tile has more.
        known.removeLast(known.count - tile.width)
      }
      levels.append(known)
      hashes = last
    }
  }

  /// Adds the hash of the next entry and returns the tiles that it completes, lowest first.
  package mutating func append(_ leaf: Bytes32) -> [TileContent] {
    precondition(size < LogLimits.mostCount, "the log is full")
    size += 1
    var completed: [TileContent] = []
    var hash = leaf
    var level = 0
    while true {
      if level == levels.count { levels.append([]) }
      levels[level].append(hash)
      guard levels[level].count == Tile.fullWidth else { return completed }
      completed.append(content(level, index: (size >> UInt64(Tile.height * (level + 1))) - 1))
      hash = MerkleHash.root(of: levels[level])
      levels[level] = []
      level += 1
    }
  }

  /// The tiles at the edge that are not full, lowest first.
  package var partialTiles: [TileContent] {
    levels.indices.filter { !levels[$0].isEmpty }.map { level in
      content(level, index: size >> UInt64(Tile.height * (level + 1)))
    }
  }

  /// The root over all leaves so far.
  package var root: Bytes32 {
    var root: Bytes32?
    // What is right of a level's hashes is smaller than the subtree of one of them: it rises as the last.
    for hashes in levels where !hashes.isEmpty {
      root = MerkleHash.root(of: hashes + (root.map { [$0] } ?? []))
    }
    return root ?? MerkleHash.empty
  }

  package var state: TreeState { TreeState(size: size, root: root) }

  private func content(_ level: Int, index: UInt64) -> TileContent {
    TileContent(
      tile: Tile(level: level, index: index, width: levels[level].count), hashes: levels[level])
  }
}
