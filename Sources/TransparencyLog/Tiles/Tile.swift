package import CryptoPrimitives

/// A piece of a log's tree that is stored, and served, as one file: protocols/transparency-log.md, section 5.
///
/// A tile of level L holds the roots of neighboring complete subtrees of 256^L entries: 256 of them, or
/// fewer at the right edge of the tree. All other nodes follow from these.
package struct Tile: Sendable, Hashable {
  /// Levels of the tree in one level of tiles.
  package static let height = 8
  /// Hashes in a full tile.
  package static let fullWidth = 1 << height
  /// Levels of tiles that a log of the largest size has.
  package static let levelCount = 7

  package let level: Int
  package let index: UInt64
  /// Hashes that a reader needs of it, 1 to 256.
  package let width: Int

  /// The tile as a tree of `size` entries has it, or nil if that tree has no hash in it.
  package init?(level: Int, index: UInt64, size: UInt64) {
    guard (0..<Self.levelCount).contains(level), size <= LogLimits.mostCount else { return nil }
    let hashes = size >> UInt64(Self.height * level)
    guard index <= hashes >> UInt64(Self.height) else { return nil }
    let width = min(UInt64(Self.fullWidth), hashes - index << UInt64(Self.height))
    guard width > 0 else { return nil }
    self.level = level
    self.index = index
    self.width = Int(width)
  }

  init(level: Int, index: UInt64, width: Int) {
    self.level = level
    self.index = index
    self.width = width
  }

  package var isFull: Bool { width == Self.fullWidth }

  /// The hashes that the tile's file holds.
  ///
  /// - Throws: `encoding` unless there are `width` hashes, or those of a later, wider tile.
  package func hashes(decoding bytes: [UInt8]) throws(LogRefusal) -> [Bytes32] {
    var reader = FieldReader(bytes)
    guard bytes.count <= Self.fullWidth * Bytes32.count else {
      throw reader.refusal(.limit, "tile")
    }
    var hashes: [Bytes32] = []
    hashes.reserveCapacity(bytes.count / Bytes32.count)
    while !reader.isAtEnd { hashes.append(try reader.bytes32("tile.hash")) }
    guard hashes.count >= width else { throw reader.refusal(.truncated, "tile") }
    return hashes
  }
}

/// A tile and its hashes.
package struct TileContent: Sendable, Equatable {
  package let tile: Tile
  package let hashes: [Bytes32]

  package init(tile: Tile, hashes: [Bytes32]) {
    self.tile = tile
    self.hashes = hashes
  }

  /// What the tile's file holds.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Bytes32.count)
    for hash in hashes { hash.append(to: &bytes) }
    return bytes
  }
}
