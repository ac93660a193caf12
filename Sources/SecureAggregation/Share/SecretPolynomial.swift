internal import CryptoPrimitives

/// The place at which a share is the polynomial's value: a small integer other than zero.
struct ShareIndex: Sendable, Hashable, Comparable {
  let value: UInt16

  /// - Range: `value` is at least 1, for the value at 0 is the secret.
  init(_ value: Int) {
    precondition((1...Int(UInt16.max)).contains(value), "no share has the index \(value)")
    self.value = UInt16(value)
  }

  static func < (left: ShareIndex, right: ShareIndex) -> Bool { left.value < right.value }
}

/// A random polynomial whose value at 0 is a secret: its values elsewhere are the shares.
///
/// Any `threshold` shares determine the secret, fewer are independent of it.
/// - Source: Shamir 1979, "How to share a secret", doi:10.1145/359168.359176; over the scalar field of
///   ristretto255.
struct SecretPolynomial: ~Copyable {
  private let coefficients: SecretScalars

  /// A fresh polynomial of degree `threshold` - 1.
  init(
    hiding secret: borrowing SecretScalar, threshold: Int, randomness: inout RandomStream
  ) {
    precondition(threshold > 0, "a threshold of \(threshold)")
    var coefficients = SecretScalars(random: threshold, from: &randomness)
    coefficients.set(0, to: secret)
    self.coefficients = coefficients
  }

  /// Writes the share with the given index to 32 bytes of `shares`, from `offset` on.
  ///
  /// - Timing: depends on the threshold only.
  func writeShare(_ index: ShareIndex, to shares: inout SecretBytes, at offset: Int) {
    coefficients.writePolynomialValue(
      at: Scalar(UInt64(index.value)), to: &shares, at: offset)
  }
}
