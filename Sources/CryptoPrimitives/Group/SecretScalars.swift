internal import CSodium

/// A row of secret integers modulo the order L of ristretto255, in one piece of guarded memory.
///
/// Values of polynomials are computed inside that memory.
package struct SecretScalars: ~Copyable, Sendable {
  /// Bytes in a scalar.
  package static let scalarByteCount = Bytes32.count

  private(set) var bytes: SecretBytes

  /// `count` zeros.
  package init(zeros count: Int) { bytes = SecretBytes(zeros: count * Self.scalarByteCount) }

  /// `count` uniform scalars other than zero.
  ///
  /// Each is 253 random bits, drawn again until they are below L and not zero, about twice.
  package init(random count: Int, from randomness: inout RandomStream) {
    self.init(zeros: count)
    for index in 0..<count { bytes.drawScalar(at: index * Self.scalarByteCount, &randomness) }
  }

  /// `first`, then `count` - 1 uniform scalars other than zero.
  package init(
    _ first: borrowing SecretScalar, thenRandomUpTo count: Int,
    from randomness: inout RandomStream
  ) {
    self.init(zeros: count)
    set(0, to: first)
    for index in 1..<max(1, count) {
      bytes.drawScalar(at: index * Self.scalarByteCount, &randomness)
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

  /// A public copy of scalar `index`: from here on everybody may know it.
  package func released(_ index: Int) -> Scalar {
    precondition((0..<count).contains(index), "no scalar \(index)")
    return Scalar(
      reduced: unsafe Bytes32 { target in
        unsafe target.update(
          from: bytes.pointer(at: index * Self.scalarByteCount), count: Self.scalarByteCount)
      })
  }

  private var last: Range<Int> { (bytes.count - Self.scalarByteCount)..<bytes.count }
}

extension SecretBytes {
  /// Overwrites 32 bytes from `offset` on with a uniform scalar other than zero.
  ///
  /// - Timing: depends on how many draws are rejected, which says nothing of the one that is kept.
  fileprivate mutating func drawScalar(at offset: Int, _ randomness: inout RandomStream) {
    precondition(Sodium.isReady)
    let start = unsafe mutablePointer(at: offset)
    let target = unsafe UnsafeMutableRawBufferPointer(start: start, count: Bytes32.count)
    repeat {
      unsafe randomness.fillDirectly(target)
      unsafe start[Bytes32.count - 1] &= 0x1F
    } while unsafe sodium_is_zero(start, Bytes32.count) == 1 || !Sodium.isCanonicalScalar(start)
  }
}
