package import CryptoPrimitives

/// The leaves of a cohort in index order, and the root over them: section 5.
///
/// Every client gets all leaves: one that saw only its own surroundings could be surrounded with
/// accomplices while honest clients are left out.
package struct CohortTree: Sendable {
  package let leaves: [Bytes32]
  /// The root of a tree of the shape of RFC 6962.
  package let root: Bytes32

  package init(_ leaves: [Bytes32]) {
    precondition(!leaves.isEmpty, "a cohort without members")
    self.leaves = leaves
    root = Self.root(of: leaves[...])
  }

  private static func root(of leaves: ArraySlice<Bytes32>) -> Bytes32 {
    // Pairing neighbors level by level, a single one rising as it is, gives the shape of RFC 6962.
    var level = Array(leaves)
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

  private static func node(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.node)
    message.append(left)
    message.append(right)
    return message.digest
  }
}
