internal import CryptoPrimitives

/// Compares the log of a bundle with what others have seen of it: protocols/ledger.md, section 3.1.
///
/// A bundle can keep every rule and be a second history, made for whoever reads it. Only heads that the log has signed
/// for somebody else show that.
package struct BundleHistory: Sendable {
  /// Why something that somebody has seen is not of this history.
  package enum Departure: Error, Sendable, Equatable {
    /// A head of another log.
    case otherLog
    /// The log's key did not sign the head.
    case headSignature
    /// The log has signed another root over as many entries: it has two histories.
    case otherRoot(size: UInt64)
    /// The proof does not show the entry under the head that it came with.
    case proof(index: UInt64)
  }

  private let log: LogIdentity
  /// The roots of the log after no entry, after the first, and so on.
  private let roots: [Bytes32]

  /// - Complexity: O(n log n) hashes for n entries.
  package init(_ bundle: AuditBundle) {
    log = bundle.policy.log
    var frontier = MerkleFrontier()
    var roots = [frontier.state.root]
    roots.reserveCapacity(bundle.entries.count + 1)
    for entry in bundle.entries {
      frontier.append(entry.leaf)
      roots.append(frontier.state.root)
    }
    self.roots = roots
  }

  /// Whether a head is of this history; false for one that the bundle is too old to tell of.
  ///
  /// - Throws: why it is of another.
  package func contains(_ seen: SignedHead) throws(Departure) -> Bool {
    guard seen.head.log == log.name else { throw .otherLog }
    guard seen.isSigned(by: log) else { throw .headSignature }
    let tree = seen.head.tree
    guard tree.size < roots.count else { return false }
    guard roots[Int(tree.size)] == tree.root else { throw .otherRoot(size: tree.size) }
    return true
  }

  /// Whether an entry that was proved to somebody is of this history.
  ///
  /// Under a head of this history a proof leaves one entry for its place, which is the bundle's.
  package func contains(
    _ seen: ProvedEntry, under head: SignedHead
  ) throws(Departure) -> Bool {
    let isOld = try contains(head)
    do throws(LogRefusal) {
      try seen.proof.verify(leaf: seen.entry.leaf, in: head.head.tree)
    } catch { throw .proof(index: seen.proof.index) }
    return isOld
  }
}
