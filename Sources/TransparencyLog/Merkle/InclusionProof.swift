package import CryptoPrimitives

/// Shows that an entry is in a tree.
///
/// The tree's size is not in the proof: it comes from a signed head, as the root does.
package struct InclusionProof: Sendable, Equatable {
  /// The entry's place, from 0 on.
  package let index: UInt64
  /// From the leaf's sibling up.
  package let path: [Bytes32]

  package init(index: UInt64, path: [Bytes32]) {
    self.index = index
    self.path = path
  }

  /// Checks that `leaf` is at `index` in the tree.
  ///
  /// - Source: Laurie, Messeri, Stradling 2021, RFC 9162, section 2.1.3.2, whose names these are.
  package func verify(leaf: Bytes32, in tree: TreeState) throws(LogRefusal) {
    guard index < tree.size else { throw .proof(.index) }
    var fn = index
    var sn = tree.size - 1
    var r = leaf
    for p in path {
      guard sn > 0 else { throw .proof(.long) }
      if fn & 1 == 1 || fn == sn {
        r = MerkleHash.node(p, r)
        while fn & 1 == 0 && fn != 0 {
          fn >>= 1
          sn >>= 1
        }
      } else {
        r = MerkleHash.node(r, p)
      }
      fn >>= 1
      sn >>= 1
    }
    guard sn == 0 else { throw .proof(.short) }
    guard r == tree.root else { throw .proof(.root) }
  }
}

extension InclusionProof {
  package var encoded: [UInt8] {
    var bytes = StructureKind.inclusionProof.header
    bytes.append(littleEndian: index)
    bytes.append(nodes: path)
    return bytes
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try self.init(from: &reader)
    try reader.finish("inclusionProof")
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    try reader.header(.inclusionProof, "inclusionProof.header")
    index = try reader.u64(0...LogLimits.mostCount - 1, "inclusionProof.index")
    path = try reader.nodes("inclusionProof.path")
  }
}
