internal import CKernels
internal import CryptoPrimitives

/// A public seed from which everybody computes the same rotation.
///
/// It is no secret: a rotation spreads an update over its coordinates and hides nothing. Updates must
/// not depend on it, or the spread is not certain; the guarantee does not need the spread.
package struct RotationSeed: Sendable, Equatable, Hashable {
  /// Length of a seed.
  package static let byteCount = 32

  /// The 32 bytes.
  package let bytes: [UInt8]

  /// The seed with these bytes; nil unless there are 32.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// The seed of a public text, such as the hash of a plan.
  ///
  /// - Formula: BLAKE2b-256 of "silhouette/rotation-seed/v1" and the text.
  package init(hashing text: [UInt8]) {
    bytes = Blake2b.hash(DomainLabel.rotationSeed.bytes + text, count: Self.byteCount)
  }

  /// A seed for one of several uses of this one, each unrelated to the others.
  package func derived(for label: String) -> RotationSeed {
    RotationSeed(hashing: bytes + Array(label.utf8))
  }
}

/// The randomized Walsh-Hadamard rotation x -> H D x / sqrt(p).
///
/// D flips signs at random and H_ij = (-1)^popcount(i AND j). Norms stay, and a vector of norm r that
/// does not depend on D has each coordinate beyond t with probability at most
/// 2 exp(-t^2 p / (2 r^2)) (Hoeffding), so sums need fewer bits.
/// - Source: Ailon, Chazelle 2009; Suresh, Yu, Kumar, McMahan 2017, arXiv:1611.00429.
struct Rotation: Sendable, Equatable {
  /// Coordinates before.
  let dimension: Int
  /// p: coordinates after, the least power of two that is not below `dimension`.
  let padded: Int
  /// Bit i, least significant of byte 0 first, is 1 where D_ii is -1.
  let signs: [UInt8]
  /// 1 / sqrt(p).
  let factor: Float

  init(_ seed: RotationSeed, dimension: Int) {
    precondition(dimension > 0, "there is no rotation of no coordinates")
    self.dimension = dimension
    padded = Self.padded(dimension)
    signs = Self.signs(seed, count: dimension)
    factor = Float(1 / Double(padded).squareRoot())
  }

  /// The least power of two that is not below `dimension`.
  static func padded(_ dimension: Int) -> Int {
    dimension <= 1 ? 1 : 1 << (Int.bitWidth - (dimension - 1).leadingZeroBitCount)
  }

  /// The ChaCha20 keystream from block 0 with nonce 0 and key
  /// BLAKE2b-256("silhouette/rotation/v1", seed).
  private static func signs(_ seed: RotationSeed, count: Int) -> [UInt8] {
    let key = Blake2b.hash(DomainLabel.rotation.bytes + seed.bytes)
    var bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
    unsafe bytes.withUnsafeMutableBytes { target in
      unsafe ChaCha20.keystream(
        key: key, nonce: [UInt8](repeating: 0, count: 8), blockCounter: 0, into: target)
    }
    return bytes
  }

  /// Writes the rotation of `values` times `multiplier` over the whole of `target`.
  ///
  /// Each of the log2(p) stages rounds once, so the norm is off by a factor within
  /// (1 + 2^-24)^(log2(p) + 3), below 1 + 2 * 10^-6.
  func rotate(
    _ values: [Float], times multiplier: Float, into target: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(values.count == dimension && target.count == padded)
    unsafe target[dimension...].update(repeating: 0)
    unsafe silhouette_sign_scale(
      values, dimension, multiplier, factor, signs, target.baseAddress)
    unsafe silhouette_walsh_hadamard(target.baseAddress, padded)
  }

  /// D H y / sqrt(p), the inverse, without the padding.
  func unrotate(_ rotated: [Float]) -> [Float] {
    precondition(rotated.count == padded)
    var work = rotated
    unsafe work.withUnsafeMutableBufferPointer { values in
      unsafe silhouette_walsh_hadamard(values.baseAddress, padded)
    }
    return unsafe [Float](unsafeUninitializedCapacity: dimension) { target, count in
      unsafe silhouette_sign_scale(work, dimension, 1, factor, signs, target.baseAddress)
      count = dimension
    }
  }
}
