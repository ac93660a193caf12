internal import CryptoPrimitives

extension AuditBundle {
  /// The first two entries with one key, with their proofs: what convicts the log without the rest of the bundle.
  ///
  /// Nil if there are none, or if the head is not signed or not over these entries, as then they are nobody's word.
  package var duplicateEvidence: EntryEvidence? {
    var index = EntryIndex()
    for (place, entry) in entries.enumerated() {
      do throws(EntryIndex.Conflict) {
        try index.insert(entry.key, at: UInt64(place))
      } catch {
        let evidence = EntryEvidence(
          head: head.signed, first: proved(error.first), second: proved(error.second))
        return evidence.holds(against: policy.log) ? evidence : nil
      }
    }
    return nil
  }

  /// An entry with the proof that it is under the head, if that is over these entries.
  ///
  /// - Complexity: O(n) hashes for n entries.
  func proved(_ index: UInt64) -> ProvedEntry {
    var tree = TiledTree(size: UInt64(entries.count), reader: LeafTiles(entries.map(\.leaf)))
    return ProvedEntry(entry: entries[Int(index)], proof: tree.inclusionProof(of: index))
  }
}

/// The tiles of a log whose leaves are at hand.
private struct LeafTiles: TileReader {
  /// The roots of complete subtrees, level by level of tiles.
  private let levels: [[Bytes32]]

  init(_ leaves: [Bytes32]) {
    var levels = [leaves]
    while let last = levels.last, last.count >= Tile.fullWidth {
      levels.append(
        (0..<last.count / Tile.fullWidth).map { tile in
          MerkleHash.root(of: last[tile * Tile.fullWidth..<(tile + 1) * Tile.fullWidth])
        })
    }
    self.levels = levels
  }

  func hashes(of tile: Tile) throws(Never) -> [Bytes32] {
    let start = Int(tile.index) * Tile.fullWidth
    return Array(levels[Int(tile.level)][start..<start + tile.width])
  }
}
