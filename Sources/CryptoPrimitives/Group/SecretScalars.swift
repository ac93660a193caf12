internal import CSodium

/// A row of secret integers modulo the order L of ristretto255, in one piece of guarded memory.
///
/// It offers the two sums that secret sharing needs, so that no step of either leaves that memory.
package struct SecretScalars: ~Copyable, Sendable {
  /// Bytes in a scalar.
  package static let scalarByteCount = Bytes32.count

  private(set) var bytes: SecretBytes

  /// `count` zeros.
  package init(zeros count: Int) { bytes = SecretBytes(zeros: count * Self.scalarByteCount) }

  /// `count` uniform scalars, each reduced from 512 random bits.
  ///
  /// - Privacy: the distance from uniform is below 2^-259 for each.
  package init(random count: Int, from randomness: inout RandomStream) {
    precondition(Sodium.isReady)
    self.init(zeros: count)
    let wide = SecretBytes(random: 2 * count * Self.scalarByteCount, from: &randomness)
    for index in 0..<count {
      unsafe crypto_core_ristretto255_scalar_reduce(
        bytes.mutablePointer(at: index * Self.scalarByteCount),
        wide.pointer(at: 2 * index * Self.scalarByteCount))
    }
  }

  package var count: Int { bytes.count / Self.scalarByteCount }

  /// Overwrites scalar `index`.
  package mutating func set(_ index: Int, to scalar: borrowing SecretScalar) {
    bytes.replace(at: index * Self.scalarByteCount, with: scalar.bytes, 0..<Self.scalarByteCount)
  }

  /// Takes in the bytes of one scalar that came from outside.
  ///
  /// - Throws: `CryptoError.nonCanonicalScalar` from L on; scalar `index` is then unchanged.
  package mutating func set(
    _ index: Int, to other: borrowing SecretBytes, at offset: Int
  ) throws(CryptoError) {
    let range = offset..<offset + Self.scalarByteCount
    precondition(offset >= 0 && range.upperBound <= other.count, "no scalar at byte \(offset)")
    guard unsafe Sodium.isCanonicalScalar(other.pointer(at: offset)) else {
      throw .nonCanonicalScalar
    }
    bytes.replace(at: index * Self.scalarByteCount, with: other, range)
  }

  /// A copy of scalar `index`.
  package func scalar(_ index: Int) -> SecretScalar {
    let start = index * Self.scalarByteCount
    return SecretScalar(
      reduced: SecretBytes(copying: bytes, start..<start + Self.scalarByteCount))
  }

  /// Writes the value at `x` of the polynomial with these coefficients, lowest degree first.
  ///
  /// - Formula: c[0] + x (c[1] + x (c[2] + ...)), Horner's rule.
  /// - Timing: depends on the number of coefficients only.
  package func writePolynomialValue(
    at x: Scalar, to target: inout SecretBytes, at offset: Int
  ) {
    precondition(count > 0, "a polynomial without coefficients")
    target.replace(at: offset, with: bytes, last)
    unsafe x.encoding.withPointer { x in
      let value = unsafe target.mutablePointer(at: offset)
      for index in stride(from: count - 2, through: 0, by: -1) {
        unsafe crypto_core_ristretto255_scalar_mul(value, value, x)
        unsafe crypto_core_ristretto255_scalar_add(
          value, value, bytes.pointer(at: index * Self.scalarByteCount))
      }
    }
  }

  /// The sum of these scalars, each times its public coefficient.
  ///
  /// - Timing: depends on the number of scalars only.
  package func combined(with coefficients: [Scalar]) -> SecretScalar {
    precondition(coefficients.count == count, "one coefficient for each scalar")
    var sum = SecretBytes(zeros: Self.scalarByteCount)
    var term = SecretBytes(zeros: Self.scalarByteCount)
    for (index, coefficient) in coefficients.enumerated() {
      unsafe coefficient.encoding.withPointer { coefficient in
        unsafe crypto_core_ristretto255_scalar_mul(
          term.mutablePointer(at: 0), bytes.pointer(at: index * Self.scalarByteCount), coefficient)
      }
      let target = unsafe sum.mutablePointer(at: 0)
      unsafe crypto_core_ristretto255_scalar_add(target, target, term.pointer(at: 0))
    }
    return SecretScalar(reduced: sum)
  }

  private var last: Range<Int> { (bytes.count - Self.scalarByteCount)..<bytes.count }
}
