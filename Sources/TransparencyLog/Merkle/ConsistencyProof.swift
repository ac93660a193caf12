package import CryptoPrimitives

/// Shows that a tree begins with all leaves of an older one.
///
/// The sizes are not in the proof: they come from signed heads, as the roots do.
package struct ConsistencyProof: Sendable, Equatable {
  package let path: [Bytes32]

  package init(path: [Bytes32]) { self.path = path }

  /// Checks that `newer` continues `older`.
  ///
  /// - Source: Laurie, Messeri, Stradling 2021, RFC 9162, section 2.1.4.2, whose names these are. Trees
  ///   of equal size and an older tree without leaves, which it leaves out, have the empty proof.
  package func verify(from older: TreeState, to newer: TreeState) throws(LogRefusal) {
    guard older.size <= newer.size else { throw .proof(.sizes) }
    guard older.size < newer.size else { return try verifyEqual(older, newer) }
    guard older.size > 0 else { return try verifyFromEmpty(older) }
    var path = path[...]
    // An older tree that is complete is itself the first node.
    let first = older.size & (older.size - 1) == 0 ? older.root : path.popFirst()
    guard let first else { throw .proof(.short) }
    let shift = UInt64((~(older.size - 1)).trailingZeroBitCount)
    var fn = (older.size - 1) >> shift
    var sn = (newer.size - 1) >> shift
    var fr = first
    var sr = first
    for c in path {
      guard sn > 0 else { throw .proof(.long) }
      if fn & 1 == 1 || fn == sn {
        fr = MerkleHash.node(c, fr)
        sr = MerkleHash.node(c, sr)
        while fn & 1 == 0 && fn != 0 {
          fn >>= 1
          sn >>= 1
        }
      } else {
        sr = MerkleHash.node(sr, c)
      }
      fn >>= 1
      sn >>= 1
    }
    guard sn == 0 else { throw .proof(.short) }
    guard fr == older.root else { throw .proof(.olderRoot) }
    guard sr == newer.root else { throw .proof(.root) }
  }

  private func verifyFromEmpty(_ older: TreeState) throws(LogRefusal) {
    guard path.isEmpty else { throw .proof(.long) }
    guard older.root == MerkleHash.empty else { throw .proof(.olderRoot) }
  }

  private func verifyEqual(_ older: TreeState, _ newer: TreeState) throws(LogRefusal) {
    guard path.isEmpty else { throw .proof(.long) }
    guard older.root == newer.root else { throw .proof(.root) }
  }
}

extension ConsistencyProof {
  package var encoded: [UInt8] {
    var bytes = StructureKind.consistencyProof.header
    bytes.append(nodes: path)
    return bytes
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try reader.header(.consistencyProof, "consistencyProof.header")
    path = try reader.nodes("consistencyProof.path")
    try reader.finish("consistencyProof")
  }
}
