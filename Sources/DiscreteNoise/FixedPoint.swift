/// Arithmetic on fractions of 128 bits, with stated errors and no floating point.
///
/// A *fraction* is an integer f that stands for f / 2^128, from 0 to just below 1. A *unit* is 2^-128.
enum FixedPoint {
  /// One, as a number with 127 fractional bits.
  static let one = UInt128(1) << 127

  /// The upper half of the product of two 128-bit integers, floor(a b / 2^128).
  // Written out, for the library's full product is four times slower in debug builds.
  @inline(__always)
  static func highProduct(_ a: UInt128, _ b: UInt128) -> UInt128 {
    let a0 = UInt64(truncatingIfNeeded: a)
    let a1 = UInt64(truncatingIfNeeded: a &>> 64)
    let b0 = UInt64(truncatingIfNeeded: b)
    let b1 = UInt64(truncatingIfNeeded: b &>> 64)
    let first = a0.multipliedFullWidth(by: b1)
    let second = a1.multipliedFullWidth(by: b0)
    let top = a1.multipliedFullWidth(by: b1)
    let middle =
      UInt128(a0.multipliedFullWidth(by: b0).high) &+ UInt128(first.low) &+ UInt128(second.low)
    return (UInt128(top.high) &<< 64 &+ UInt128(top.low))
      &+ (UInt128(first.high) &+ UInt128(second.high) &+ middle &>> 64)
  }

  /// Quotient and remainder of numerator 2^shift by `divisor`; the quotient must be below 2^128.
  ///
  /// - Range: `shift` from 0 to 128.
  static func divide(
    _ numerator: UInt128, shiftedLeft shift: Int, by divisor: UInt128
  ) -> (quotient: UInt128, remainder: UInt128) {
    let high = numerator >> UInt128(128 - shift)
    return divisor.dividingFullWidth((high: high, low: numerator << UInt128(shift)))
  }

  /// The fraction exp(-numerator / denominator) and a bound on its error in units.
  ///
  /// - Formula: the Taylor series by Horner's rule for an exponent a below 1, after which an exponent
  ///   in [2^(j-1), 2^j) is reached by j squarings. From 128 on the result is 0 and the error below
  ///   e^-128 < 2^-184.
  /// - Range: `numerator` and `denominator` from 1 to 2^64.
  static func exponential(
    ofMinus numerator: UInt128, over denominator: UInt128
  ) -> (value: UInt128, error: UInt128) {
    precondition(numerator > 0 && denominator > 0, "the exponent must be a positive fraction")
    var halvings = 0
    while numerator >= denominator << UInt128(halvings) {
      halvings += 1
      if halvings > 7 { return (0, 1) }
    }
    let exponent = divide(
      numerator, shiftedLeft: 128, by: denominator << UInt128(halvings)
    ).quotient
    // With e_j the error of the term's factor in units of 2^-127: the exponent is off by half a
    // unit, the product and the quotient by one each, so e_j <= (e_(j+1) + 3/2) / j + 1. From
    // e_41 = 0 this gives e_3 < 2.2, e_2 < 2.9 and e_1 < 5.4. The rest of the series is below
    // 1 / 41! < 2^-164. Below, a unit is half of that, and cutting a sum of 1 adds two.
    var sum = one
    for order in (UInt128(1)...40).reversed() {
      sum = one - highProduct(exponent, sum) / order
    }
    var value = min(sum, one - 1) << 1
    var error: UInt128 = 14
    for _ in 0..<halvings {
      // |x^2 - y^2| <= 2 |x - y| for x, y below 1, and the product is rounded down.
      value = highProduct(value, value)
      error = 2 * error + 1
    }
    return (value, error)
  }

  /// The greatest integer whose square is at most `value`.
  static func squareRoot(_ value: UInt64) -> UInt64 {
    var low: UInt64 = 0
    var high: UInt64 = 1 << 32
    while high - low > 1 {
      let middle = (low + high) / 2
      if middle * middle <= value { low = middle } else { high = middle }
    }
    return low
  }
}
