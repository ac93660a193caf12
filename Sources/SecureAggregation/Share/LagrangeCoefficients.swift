internal import CryptoPrimitives

/// What each share counts for in the secret: the sum of share times coefficient is the value at 0.
///
/// - Formula: c[i] = product over j other than i of x[j] / (x[j] - x[i]).
/// - Timing: variable in the slots, which are public.
struct LagrangeCoefficients: Sendable {
  /// Where the polynomial is known.
  let slots: [Int]
  let values: [Scalar]

  /// - Range: at least one slot, all distinct and from 1 to 2^16.
  init(slots: [Int]) {
    precondition(!slots.isEmpty && Set(slots).count == slots.count, "repeated slots")
    precondition(slots.allSatisfy { 1...1 << 16 ~= $0 }, "a slot outside of 1 to 2^16")
    self.slots = slots
    let positions = slots.map { Int64($0) }
    let product = FactorProduct.of(positions)
    // Denominator i takes x[i] along, so that all coefficients have the same numerator.
    let denominators = positions.indices.map { own in
      FactorProduct.of(
        positions.indices.map { $0 == own ? positions[own] : positions[$0] - positions[own] })
    }
    values = Self.inverses(of: denominators).map { product * $0 }
  }

  /// All inverses at the price of one inversion and three products each.
  ///
  /// - Source: Montgomery 1987, "Speeding the Pollard and elliptic curve methods", section 10.3.1.
  private static func inverses(of scalars: [Scalar]) -> [Scalar] {
    var prefixes: [Scalar] = [.one]
    for scalar in scalars { prefixes.append(prefixes[prefixes.count - 1] * scalar) }
    guard var inverse = try? prefixes[scalars.count].inverted() else {
      // Cannot fail: no factor is zero, as the slots are distinct and not zero, and L is prime.
      preconditionFailure("a product of numbers below 2^16 is no multiple of L")
    }
    var inverses = scalars
    for index in scalars.indices.reversed() {
      inverses[index] = inverse * prefixes[index]
      inverse = inverse * scalars[index]
    }
    return inverses
  }
}

/// The product of many small public integers modulo L.
private enum FactorProduct {
  /// Multiplies in a 64-bit word as long as the product fits, and only then modulo L.
  ///
  /// Seven factors below 2^9 fit, which makes reconstruction several times faster.
  static func of(_ factors: [Int64]) -> Scalar {
    var product = Scalar.one
    var word: UInt64 = 1
    var isNegative = false
    for factor in factors {
      if factor < 0 { isNegative.toggle() }
      let (next, overflow) = word.multipliedReportingOverflow(by: factor.magnitude)
      if overflow {
        product = product * Scalar(word)
        word = factor.magnitude
      } else {
        word = next
      }
    }
    product = product * Scalar(word)
    return isNegative ? -product : product
  }
}
