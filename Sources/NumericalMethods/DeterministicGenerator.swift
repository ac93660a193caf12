#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A small seeded generator for choices that are public or pretend: synthetic populations, content
/// clusters, ranking negatives, bootstrap resamples.
///
/// Never for noise, rounding, masks or keys, which take their randomness from `CryptoPrimitives`.
/// - Source: SplitMix64; Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
@frozen
package struct DeterministicGenerator: RandomNumberGenerator, Sendable {
  @usableFromInline var state: UInt64

  /// A generator for one purpose: distinct `(seed, stream)` pairs give unrelated sequences.
  @inlinable
  package init(seed: UInt64, stream: UInt64 = 0) {
    var mixer = stream &+ 0x632B_E59B_D9B4_E019
    state = seed ^ Self.mix(&mixer)
  }

  @inlinable
  package mutating func next() -> UInt64 { Self.mix(&state) }

  /// A uniform number in [0, 1) with 53 random bits.
  @inlinable
  package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A uniform index below `bound` by multiplication; its bias is below bound / 2^64.
  @inlinable
  package mutating func nextIndex(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  @inlinable
  static func mix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension DeterministicGenerator {
  /// Standard normal numbers by Box and Muller's transform; never for noise that protects anybody.
  package mutating func nextNormals(_ count: Int) -> [Double] {
    var normals: [Double] = []
    normals.reserveCapacity(count + 1)
    while normals.count < count {
      // 1 - u is never 0, so no number is infinite.
      let radius = (-2 * log(1 - nextUnit())).squareRoot()
      let angle = 2 * Double.pi * nextUnit()
      normals.append(radius * cos(angle))
      normals.append(radius * sin(angle))
    }
    if normals.count > count { normals.removeLast() }
    return normals
  }
}
