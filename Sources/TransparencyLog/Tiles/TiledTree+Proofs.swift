internal import CryptoPrimitives

/// Proofs as RFC 6962, sections 2.1.1 and 2.1.2, defines them, from the root down.
extension TiledTree {
  /// The proof that the entry at `index` is in the tree.
  package mutating func inclusionProof(of index: UInt64) throws(Reader.Failure) -> InclusionProof {
    precondition(index < size, "no entry \(index) in a tree of \(size)")
    var path: [Bytes32] = []
    var range = 0..<size
    while let middle = Self.split(range) {
      if index < middle {
        path.append(try hash(over: middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try hash(over: range.lowerBound..<middle))
        range = middle..<range.upperBound
      }
    }
    return InclusionProof(index: index, path: path.reversed())
  }

  /// The proof that the tree continues that of its first `older` entries.
  package mutating func consistencyProof(
    from older: UInt64
  ) throws(Reader.Failure) -> ConsistencyProof {
    precondition(older <= size, "a tree of \(size) does not continue one of \(older)")
    guard older > 0 else { return ConsistencyProof(path: []) }
    var path: [Bytes32] = []
    var range = 0..<size
    /// Whether the older tree's own root is the node over its part of `range`.
    var isOlderRoot = true
    while range.upperBound > older, let middle = Self.split(range) {
      if older <= middle {
        path.append(try hash(over: middle..<range.upperBound))
        range = range.lowerBound..<middle
      } else {
        path.append(try hash(over: range.lowerBound..<middle))
        range = middle..<range.upperBound
        isOlderRoot = false
      }
    }
    if !isOlderRoot { path.append(try hash(over: range)) }
    return ConsistencyProof(path: path.reversed())
  }

  /// Where a node's range is divided: after the largest power of two below its length; nil for a leaf.
  private static func split(_ range: Range<UInt64>) -> UInt64? {
    let count = range.upperBound - range.lowerBound
    guard count > 1 else { return nil }
    return range.lowerBound + 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }
}
