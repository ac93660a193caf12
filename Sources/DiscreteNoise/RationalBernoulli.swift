package import CryptoPrimitives

/// Coins with rational and exponential probabilities, by integer arithmetic only.
///
/// - Source: Canonne, Kamath, Steinke 2020, arXiv:2004.00010, Algorithm 1.
/// - Timing: variable in the arguments and the outcome.
package enum RationalBernoulli {
  /// The greatest denominator that `chance` takes.
  ///
  /// Doubling a remainder below it stays within 128 bits.
  package static let denominatorBound = UInt128(1) << 127

  /// True with probability numerator / denominator, exactly.
  ///
  /// - Range: `numerator` <= `denominator` <= 2^127, `denominator` > 0.
  // A uniform real is compared with the fraction by its binary digits, first digits first. The
  // first 64 decide through bounds on the fraction in all but about one case in 2^60; the rest is
  // exact long division. No digit is used twice, so the probability is exact.
  @inline(__always)
  package static func chance(
    _ numerator: UInt128, in denominator: UInt128, using randomness: inout RandomStream
  ) -> Bool {
    let shift = max(0, 66 - denominator.leadingZeroBitCount)
    let top = UInt128(truncatingIfNeeded: numerator >> UInt128(shift))
    let bottom = UInt128(truncatingIfNeeded: denominator >> UInt128(shift))
    // What the shift cut off: top / (bottom + cut) <= fraction <= (top + cut) / bottom.
    let cut: UInt128 = shift == 0 ? 0 : 1
    let digits = randomness.nextWord()
    // The uniform real lies in [digits, digits + 1) / 2^64. No product passes 2^127, for
    // bottom < 2^62.
    let low = UInt128(digits)
    if (low &+ 1) &* (bottom &+ cut) <= top << 64 { return true }
    if low &* bottom >= (top &+ cut) << 64 { return false }
    return decide(digits, numerator, denominator, using: &randomness)
  }

  /// Long division of numerator by denominator in base 2 against the digits of the uniform real.
  @inline(never)
  static func decide(
    _ firstDigits: UInt64, _ numerator: UInt128, _ denominator: UInt128,
    using randomness: inout RandomStream
  ) -> Bool {
    precondition(denominator > 0 && denominator <= denominatorBound && numerator <= denominator)
    if numerator == denominator { return true }
    var remainder = numerator
    var digits = firstDigits
    while true {
      for position in (UInt64(0)..<64).reversed() {
        remainder <<= 1
        let quotientDigit: UInt64 = remainder >= denominator ? 1 : 0
        if quotientDigit == 1 { remainder -= denominator }
        let digit = digits >> position & 1
        if digit != quotientDigit { return digit < quotientDigit }
      }
      // A fraction without digits left is not above anything.
      if remainder == 0 { return false }
      digits = randomness.nextWord()
    }
  }

  /// True with probability exp(-numerator / denominator), exactly.
  ///
  /// - Range: `denominator` from 1 to 2^105.
  @inline(__always)
  package static func exponential(
    _ numerator: UInt128, over denominator: UInt128, using randomness: inout RandomStream
  ) -> Bool {
    var rest = numerator
    while rest >= denominator {
      if !exponentialOfFraction(1, over: 1, using: &randomness) { return false }
      rest -= denominator
    }
    return exponentialOfFraction(rest, over: denominator, using: &randomness)
  }

  /// The case numerator <= denominator: the length of a run of coins of falling probability is odd.
  // The run reaches k with probability fraction^k / k!, so k never comes near 2^22, where
  // k * denominator could pass 2^127.
  @inline(__always)
  static func exponentialOfFraction(
    _ numerator: UInt128, over denominator: UInt128, using randomness: inout RandomStream
  ) -> Bool {
    var run: UInt128 = 1
    var scaledDenominator = denominator
    while chance(numerator, in: scaledDenominator, using: &randomness) {
      run += 1
      scaledDenominator += denominator
    }
    return run & 1 == 1
  }
}
