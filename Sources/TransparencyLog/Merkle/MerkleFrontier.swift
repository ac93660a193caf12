package import CryptoPrimitives

/// The right edge of a growing tree: enough to append and to know the root, and nothing else.
///
/// - Complexity: at most 53 hashes are kept; `append` computes two on average.
package struct MerkleFrontier: Sendable, Equatable {
  /// Leaves so far.
  package private(set) var size: UInt64 = 0
  /// The roots of the complete subtrees that make up the tree, largest first: one for each bit of `size`.
  private var peaks: [Bytes32] = []

  /// The tree without leaves.
  package init() {}

  /// Adds the hash of the next entry.
  package mutating func append(_ leaf: Bytes32) {
    precondition(size < LogLimits.mostCount, "the log is full")
    var subtree = leaf
    // As in adding one to `size`: each bit that is carried joins two subtrees of equal size.
    for _ in 0..<(~size).trailingZeroBitCount {
      subtree = MerkleHash.node(peaks.removeLast(), subtree)
    }
    peaks.append(subtree)
    size += 1
  }

  /// The root over all leaves so far.
  package var root: Bytes32 {
    guard var root = peaks.last else { return MerkleHash.empty }
    for peak in peaks.dropLast().reversed() { root = MerkleHash.node(peak, root) }
    return root
  }

  package var state: TreeState { TreeState(size: size, root: root) }
}
