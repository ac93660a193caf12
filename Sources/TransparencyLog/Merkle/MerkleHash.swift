package import CryptoPrimitives

/// The hashes of a log's tree: protocols/transparency-log.md, section 3.
///
/// Leaves and nodes have labels of their own, so no node can be shown as an entry.
/// - Source: Laurie, Langley, Kasper 2013, RFC 6962, section 2.1, with BLAKE2b-256 and labels in place of
///   SHA-256 and the bytes 0 and 1.
package enum MerkleHash {
  /// The hash of an entry.
  package static func leaf(_ entry: [UInt8]) -> Bytes32 {
    var message = LabeledMessage(.logLeaf)
    message.append(entry)
    return message.digest
  }

  /// The hash over two subtrees.
  package static func node(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
    LabeledMessage.digest(.logNode, left, right)
  }

  /// The root of a tree without leaves.
  package static let empty = LabeledMessage(.logEmpty).digest

  /// The root over subtrees of equal size; the last of several may be smaller.
  ///
  /// Pairing neighbors level by level, a single one rising as it is, gives the shape of RFC 6962.
  package static func root(of subtrees: some Sequence<Bytes32>) -> Bytes32 {
    var level = Array(subtrees)
    guard !level.isEmpty else { return empty }
    while level.count > 1 {
      var above: [Bytes32] = []
      above.reserveCapacity((level.count + 1) / 2)
      for left in stride(from: 0, to: level.count, by: 2) {
        above.append(left + 1 < level.count ? node(level[left], level[left + 1]) : level[left])
      }
      level = above
    }
    return level[0]
  }
}

/// How many entries a tree has, and its root.
package struct TreeState: Sendable, Hashable {
  package let size: UInt64
  package let root: Bytes32

  package init(size: UInt64, root: Bytes32) {
    self.size = size
    self.root = root
  }

  /// The tree without entries.
  package static let empty = TreeState(size: 0, root: MerkleHash.empty)
}
