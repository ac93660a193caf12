package import CryptoPrimitives

/// A random polynomial whose value at 0 is a secret: its values elsewhere are the shares.
///
/// Any `threshold` shares determine the secret, fewer are independent of it.
/// - Source: Shamir 1979, "How to share a secret", doi:10.1145/359168.359176; over the scalar field of
///   ristretto255.
package struct SecretPolynomial: ~Copyable {
  private let coefficients: SecretScalars

  /// The polynomial with these coefficients, lowest degree first.
  package init(coefficients: consuming SecretScalars) { self.coefficients = coefficients }

  /// A fresh polynomial of degree `threshold` - 1.
  init(
    hiding secret: borrowing SecretScalar, threshold: Int, randomness: inout RandomStream
  ) {
    precondition(threshold > 0, "a threshold of \(threshold)")
    coefficients = SecretScalars(secret, thenRandomUpTo: threshold, from: &randomness)
  }

  /// Writes the share of the holder in `slot` to 32 bytes of `shares`, from `offset` on.
  ///
  /// - Range: `slot` is at least 1, for the value at 0 is the secret.
  /// - Timing: depends on the threshold only.
  package func writeShare(ofSlot slot: Int, to shares: inout SecretBytes, at offset: Int) {
    precondition(slot >= 1, "no share belongs to slot \(slot)")
    coefficients.writePolynomialValue(at: Scalar(UInt64(slot)), to: &shares, at: offset)
  }
}
