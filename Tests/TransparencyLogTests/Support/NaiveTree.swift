import CryptoPrimitives

/// The definitions of RFC 6962, section 2.1, word for word and nothing else: recursive, over a list of
/// entries, with hashes of its own.
enum NaiveTree {
  static func leaf(_ entry: [UInt8]) -> Bytes32 {
    Blake2b.digest(Array("silhouette/log-leaf/v1".utf8) + field(entry))
  }

  static func node(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
    Blake2b.digest(Array("silhouette/log-node/v1".utf8) + field(left.bytes) + field(right.bytes))
  }

  private static func field(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count & 255), UInt8(bytes.count >> 8), 0, 0] + bytes
  }

  /// MTH(D[n]).
  static func root(_ entries: ArraySlice<[UInt8]>) -> Bytes32 {
    guard let first = entries.first else {
      return Blake2b.digest(Array("silhouette/log-empty/v1".utf8))
    }
    guard entries.count > 1 else { return leaf(first) }
    let (left, right) = halves(entries)
    return node(root(left), root(right))
  }

  /// PATH(m, D[n]).
  static func path(_ m: Int, _ entries: ArraySlice<[UInt8]>) -> [Bytes32] {
    guard entries.count > 1 else { return [] }
    let (left, right) = halves(entries)
    return m < left.count
      ? path(m, left) + [root(right)] : path(m - left.count, right) + [root(left)]
  }

  /// SUBPROOF(m, D[n], b).
  static func consistency(
    _ m: Int, _ entries: ArraySlice<[UInt8]>, isComplete: Bool = true
  ) -> [Bytes32] {
    guard m < entries.count else { return isComplete ? [] : [root(entries)] }
    let (left, right) = halves(entries)
    return m <= left.count
      ? consistency(m, left, isComplete: isComplete) + [root(right)]
      : consistency(m - left.count, right, isComplete: false) + [root(left)]
  }

  private static func halves(
    _ entries: ArraySlice<[UInt8]>
  ) -> (left: ArraySlice<[UInt8]>, right: ArraySlice<[UInt8]>) {
    var k = 1
    while 2 * k < entries.count { k *= 2 }
    return (entries.prefix(k), entries.dropFirst(k))
  }
}
