internal import CSodium

/// A secret integer modulo the order L of ristretto255: a private key, a mask seed.
package struct SecretScalar: ~Copyable, Sendable {
  /// Little endian, below L.
  package let bytes: SecretBytes

  /// A scalar whose bytes are known to be below L.
  init(reduced bytes: consuming SecretBytes) { self.bytes = bytes }

  /// A uniform scalar other than zero.
  package init(random randomness: inout RandomStream) {
    let scalar = SecretScalars(random: 1, from: &randomness)
    bytes = SecretBytes(copying: scalar.bytes, 0..<Bytes32.count)
  }

  /// The scalar with the given little-endian encoding.
  ///
  /// - Throws: `CryptoError.nonCanonicalScalar` from L on and for any other length than 32 bytes.
  package init(encoding: consuming SecretBytes) throws(CryptoError) {
    guard encoding.count == Bytes32.count,
      unsafe Sodium.isCanonicalScalar(encoding.pointer(at: 0))
    else { throw .nonCanonicalScalar }
    bytes = encoding
  }

  /// The sum of `shares`, each times its coefficient: a secret from its released shares.
  ///
  /// - Timing: depends on the number of shares only.
  package init(combining shares: [Scalar], with coefficients: [Scalar]) {
    precondition(shares.count == coefficients.count, "one coefficient for each share")
    var sum = SecretBytes(zeros: 2 * Bytes32.count)
    let total = unsafe sum.mutablePointer(at: 0)
    let term = unsafe sum.mutablePointer(at: Bytes32.count)
    for (share, coefficient) in zip(shares, coefficients) {
      unsafe share.encoding.withPointer { share in
        unsafe coefficient.encoding.withPointer { coefficient in
          unsafe crypto_core_ristretto255_scalar_mul(term, share, coefficient)
        }
      }
      unsafe crypto_core_ristretto255_scalar_add(total, total, term)
    }
    bytes = SecretBytes(copying: sum, 0..<Bytes32.count)
  }

  /// This scalar times the generator.
  ///
  /// - Throws: `CryptoError.zeroScalar` for zero, whose multiple is the identity.
  /// - Timing: does not depend on the scalar.
  package func timesGenerator() throws(CryptoError) -> GroupElement {
    precondition(Sodium.isReady)
    return GroupElement(
      trusted: try unsafe Bytes32 { (point) throws(CryptoError) in
        let code = unsafe crypto_scalarmult_ristretto255_base(point, bytes.pointer(at: 0))
        guard code == 0 else { throw .zeroScalar }
      })
  }

  /// This scalar times the generator, for one that was drawn at random.
  ///
  /// - Range: not zero.
  package var publicPoint: GroupElement {
    guard let point = try? timesGenerator() else {
      preconditionFailure("zero is no private key")
    }
    return point
  }

  /// The encoding of this scalar times `element`: a secret that both sides of an agreement reach.
  ///
  /// - Throws: `CryptoError.zeroScalar` for zero, whose multiple is the identity.
  /// - Timing: does not depend on the scalar.
  package func times(_ element: GroupElement) throws(CryptoError) -> SecretBytes {
    precondition(Sodium.isReady)
    var product = SecretBytes(zeros: Bytes32.count)
    let code = unsafe element.encoding.withPointer { point in
      unsafe crypto_scalarmult_ristretto255(
        product.mutablePointer(at: 0), bytes.pointer(at: 0), point)
    }
    guard code == 0 else { throw .zeroScalar }
    return product
  }

  /// Whether both are the same integer.
  ///
  /// - Timing: does not depend on the scalars.
  package func isEqual(to other: borrowing SecretScalar) -> Bool { bytes.isEqual(to: other.bytes) }
}
