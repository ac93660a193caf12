package import CryptoPrimitives

/// Reconstructs secrets from released shares, and believes no result without its published point.
package struct ShareCombiner {
  private let threshold: Int
  /// Coefficients of the last slots: in the complete graph they are the same for everybody.
  private var last: LagrangeCoefficients?
  private var table = LagrangeTable()

  /// - Range: `threshold` is at least 1.
  package init(threshold: Int) { self.threshold = threshold }

  /// A reconstructed secret, and whose share was wrong.
  package struct Result: ~Copyable {
    package let secret: SecretScalar
    /// The slot whose share had to be left out, if any.
    package let suspectedSlot: Int?
  }

  /// The secret that is the discrete logarithm of `point`: section 15, step 6.
  ///
  /// - Parameter shares: In ascending slots.
  /// - Throws: `fewShares` below the threshold, `pointCheck` if neither the first shares nor any way
  ///   to leave one out gives the point.
  package mutating func secret(
    of point: Bytes32, from shares: [Slotted<Scalar>]
  ) throws(ProtocolError) -> Result {
    guard shares.count >= threshold else { throw ProtocolError(.fewShares, "Unmask.entries") }
    if let secret = matching(point, shares[..<threshold]) {
      return Result(secret: secret, suspectedSlot: nil)
    }
    if shares.count > threshold {
      // Leaving out a share behind the first ones would give the same sum again.
      for index in 0..<threshold {
        let others = shares[..<index] + shares[(index + 1)...threshold]
        if let secret = matching(point, others) {
          return Result(secret: secret, suspectedSlot: shares[index].slot)
        }
      }
    }
    throw ProtocolError(.pointCheck, "Unmask.entries")
  }

  private mutating func matching(
    _ point: Bytes32, _ shares: ArraySlice<Slotted<Scalar>>
  ) -> SecretScalar? {
    let slots = shares.map(\.slot)
    let coefficients =
      if let last, last.slots == slots { last } else {
        LagrangeCoefficients(slots: slots, &table)
      }
    last = coefficients
    let secret = SecretScalar(combining: shares.map(\.value), with: coefficients.values)
    guard (try? secret.timesGenerator())?.encoding == point else { return nil }
    return secret
  }
}
