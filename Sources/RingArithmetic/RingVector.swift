internal import CKernels

/// A vector over the integers modulo 2^b.
///
/// Addition wraps, so it is associative and commutative: a sum is the same in every order and
/// however it was split over threads.
package struct RingVector: Sendable, Equatable {
  /// The coordinates, each below 2^b.
  package private(set) var words: [UInt32]
  package let modulus: RingModulus

  /// The zero vector.
  package init(zeros count: Int, modulus: RingModulus) {
    words = [UInt32](repeating: 0, count: count)
    self.modulus = modulus
  }

  /// The given words, each reduced modulo 2^b.
  package init(reducing words: [UInt32], modulus: RingModulus) {
    self.words = words
    self.modulus = modulus
    guard modulus.bits < 32 else { return }
    let mask = modulus.mask
    for index in self.words.indices { self.words[index] &= mask }
  }

  package var count: Int { words.count }

  /// Adds another vector of the same length and modulus.
  package mutating func add(_ other: RingVector) {
    precondition(other.modulus == modulus, "vectors of different rings cannot be added")
    precondition(other.count == count, "vectors of different lengths cannot be added")
    unsafe other.words.withUnsafeBufferPointer { addends in unsafe add(addends, at: 0) }
  }

  /// Adds signed integers, one per coordinate, such as a rounded update.
  package mutating func add(_ integers: UnsafeBufferPointer<Int32>) {
    precondition(integers.count == count, "vectors of different lengths cannot be added")
    unsafe integers.withMemoryRebound(to: UInt32.self) { addends in unsafe add(addends, at: 0) }
  }

  /// Adds signed integers to the coordinates from `start` on.
  package mutating func add(_ integers: UnsafeBufferPointer<Int32>, at start: Int) {
    unsafe integers.withMemoryRebound(to: UInt32.self) { addends in
      unsafe add(addends, at: start)
    }
  }

  /// Lets `change` alter the words modulo 2^32, and reduces them to the ring.
  package mutating func perturb(_ change: (inout [UInt32]) -> Void) {
    change(&words)
    let mask = modulus.mask
    unsafe words.withUnsafeMutableBufferPointer { words in
      for index in words.indices { unsafe words[index] &= mask }
    }
  }

  /// Adds words to the coordinates from `offset` on.
  mutating func add(_ addends: UnsafeBufferPointer<UInt32>, at offset: Int) {
    precondition(
      offset >= 0 && offset + addends.count <= count, "words beyond the end of the vector")
    let mask = modulus.mask
    unsafe withUnsafeMutableWords { target in
      guard let start = target.baseAddress else { return }
      unsafe silhouette_ring_add(start + offset, addends.baseAddress, addends.count, mask)
    }
  }

  /// Calls `body` with the coordinates, which it must leave below 2^b.
  mutating func withUnsafeMutableWords(_ body: (UnsafeMutableBufferPointer<UInt32>) -> Void) {
    unsafe words.withUnsafeMutableBufferPointer { unsafe body($0) }
  }

  /// The coordinates of `range`, as a vector of their own.
  package func slice(_ range: Range<Int>) -> RingVector {
    RingVector(reducing: Array(words[range]), modulus: modulus)
  }

  /// The coordinates of several vectors, one after another.
  ///
  /// - Range: at least one vector, all over the same ring.
  package init(joining parts: [RingVector]) {
    guard let modulus = parts.first?.modulus else { preconditionFailure("no vector to join") }
    precondition(parts.allSatisfy { $0.modulus == modulus }, "vectors of different rings")
    self.init(reducing: parts.flatMap(\.words), modulus: modulus)
  }

  /// The representative of coordinate `index` in [-2^(b-1), 2^(b-1)).
  package func centered(at index: Int) -> Int32 { modulus.centered(words[index]) }

  /// Every coordinate's representative in [-2^(b-1), 2^(b-1)), times `factor`.
  ///
  /// - Shape: as long as the vector.
  package func centered(times factor: Double) -> [Float] {
    let shift = UInt32(32 - modulus.bits)
    return words.map { Float(Double(Int32(bitPattern: $0 &<< shift) &>> Int32(shift)) * factor) }
  }
}
