package import CryptoPrimitives

/// Who holds whose shares.
///
/// The relation is symmetric: j holds shares of i exactly if i holds shares of j.
package struct CohortGraph: Sendable {
  package let cohortSize: Int
  package let parameters: GraphParameters
  /// Cohort index at each position of the ring; empty in the complete graph.
  package let order: [Int]
  /// Position of each cohort index on the ring.
  private let positions: [Int]

  /// A holder of a client's shares.
  package struct Holder: Sendable, Equatable {
    /// Its place among the client's holders, at which the polynomial is evaluated.
    package let slot: Int
    package let index: Int
  }

  /// - Parameter seed: The graph seed that T2 binds; the complete graph does not use it.
  package init(cohortSize: Int, parameters: GraphParameters, seed: Bytes32) {
    self.cohortSize = cohortSize
    self.parameters = parameters
    switch parameters.mode {
    case .complete:
      order = []
      positions = []
    case .ring:
      order = Self.permutation(of: cohortSize, seed: seed)
      var positions = order
      for (position, index) in order.enumerated() { positions[index] = position }
      self.positions = positions
    }
  }

  /// The holders of a client's shares, in ascending slots; in the complete graph the client is one.
  package func holders(of index: Int) -> [Holder] {
    guard parameters.mode == .ring else {
      return (0..<cohortSize).map { Holder(slot: $0 + 1, index: $0) }
    }
    let half = parameters.degree / 2
    let position = positions[index]
    let right = (1...half).map { offset in
      Holder(slot: offset, index: order[(position + offset) % cohortSize])
    }
    let left = (1...half).map { offset in
      Holder(slot: half + offset, index: order[(position + cohortSize - offset) % cohortSize])
    }
    return right + left
  }

  /// The holders of a client's shares without the client itself, in ascending slots.
  package func neighbors(of index: Int) -> [Holder] {
    holders(of: index).filter { $0.index != index }
  }

  /// The client in a slot of `index`, or nil if there is no such slot.
  package func holder(of index: Int, slot: Int) -> Int? {
    guard parameters.mode == .ring else { return 1...cohortSize ~= slot ? slot - 1 : nil }
    guard 1...parameters.degree ~= slot else { return nil }
    let half = parameters.degree / 2
    let offset = slot <= half ? slot : cohortSize - (slot - half)
    return order[(positions[index] + offset) % cohortSize]
  }

  /// The slot of `holder` among the holders of the shares of `index`, or nil if it is none of them.
  package func slot(of holder: Int, for index: Int) -> Int? {
    guard parameters.mode == .ring else { return holder + 1 }
    let half = parameters.degree / 2
    let distance = (positions[holder] - positions[index] + cohortSize) % cohortSize
    if 1...half ~= distance { return distance }
    if 1...half ~= cohortSize - distance { return half + cohortSize - distance }
    return nil
  }

  /// The place of `neighbor` in the list `neighbors(of: index)`, or nil if it is not in it.
  package func neighborPosition(of neighbor: Int, for index: Int) -> Int? {
    guard neighbor != index, let slot = slot(of: neighbor, for: index) else { return nil }
    // The complete graph leaves the own slot out of the list.
    let isBehindOwn = parameters.mode == .complete && neighbor > index
    return isBehindOwn ? slot - 2 : slot - 1
  }

  /// How many holders of the shares of `index` are in `set`.
  package func liveHolders(of index: Int, in set: CohortSet) -> Int {
    holders(of: index).count { set.contains($0.index) }
  }

  /// The Fisher-Yates shuffle driven by a keystream: section 6.
  private static func permutation(of count: Int, seed: Bytes32) -> [Int] {
    var message = LabeledMessage(.ring)
    message.append(seed)
    var words = KeystreamWords(key: message.digest)
    var order = Array(0..<count)
    for last in stride(from: count - 1, through: 1, by: -1) {
      order.swapAt(last, Int(words.below(UInt32(last + 1))))
    }
    return order
  }
}

/// The 32-bit words of a ChaCha20 keystream under a public key.
private struct KeystreamWords {
  private static let byteCount = 4096
  private let key: [UInt8]
  private var nextBlock: UInt64 = 0
  private var buffer = [UInt8](repeating: 0, count: byteCount)
  private var position = byteCount

  init(key: Bytes32) { self.key = key.bytes }

  /// A uniform number below `bound`: words that would make some numbers more likely are rejected.
  mutating func below(_ bound: UInt32) -> UInt32 {
    let rejected = (0 &- bound) % bound
    while true {
      let word = next()
      // The last 2^32 mod `bound` words are one too many for an even distribution.
      if rejected == 0 || word < 0 &- rejected { return word % bound }
    }
  }

  private mutating func next() -> UInt32 {
    if position == Self.byteCount { refill() }
    defer { position += 4 }
    return (0..<4).reduce(0) { $0 | UInt32(buffer[position + $1]) << UInt32(8 * $1) }
  }

  private mutating func refill() {
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe ChaCha20.keystream(
        key: key, nonce: [UInt8](repeating: 0, count: 8), blockCounter: nextBlock, into: target)
    }
    nextBlock += UInt64(Self.byteCount / ChaCha20.blockByteCount)
    position = 0
  }
}
