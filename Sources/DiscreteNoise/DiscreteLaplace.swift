package import CryptoPrimitives

/// The discrete Laplace distribution on the integers, P(k) proportional to exp(-|k| / scale).
///
/// - Source: Canonne, Kamath, Steinke 2020, arXiv:2004.00010, Algorithm 2 with s = 1.
/// - Timing: variable in the sample.
package struct DiscreteLaplace: Sendable, Equatable {
  /// Scales that can be sampled without overflow.
  package static let supportedScales: ClosedRange<UInt64> = 1...(1 << 32)

  /// Multiples of the scale at which a proposal is given up.
  ///
  /// The tail beyond has probability exp(-2048), below 2^-2900; cutting it keeps products in range.
  static let tailCut: UInt64 = 2048

  package let scale: UInt64

  package init(scale: UInt64) throws(DiscreteNoiseError) {
    guard Self.supportedScales.contains(scale) else {
      throw .parameterOutOfRange(
        name: "discrete Laplace scale", value: scale, allowed: Self.supportedScales)
    }
    self.scale = scale
  }

  /// One sample, from integer arithmetic only.
  package func sample(using randomness: inout RandomStream) -> Int64 {
    let (magnitude, isNegative) = draw(using: &randomness)
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  @inline(__always)
  func draw(using randomness: inout RandomStream) -> (magnitude: UInt64, isNegative: Bool) {
    while true {
      let low = randomness.nextBelow(scale)
      guard
        RationalBernoulli.exponentialOfFraction(
          UInt128(low), over: UInt128(scale), using: &randomness)
      else { continue }
      var high: UInt64 = 0
      while high < Self.tailCut,
        RationalBernoulli.exponentialOfFraction(1, over: 1, using: &randomness)
      {
        high += 1
      }
      let magnitude = low + scale * high
      let isNegative = randomness.nextWord() >> 63 == 1
      // Zero has one sign: keeping both would double its probability.
      if high == Self.tailCut || (isNegative && magnitude == 0) { continue }
      return (magnitude, isNegative)
    }
  }
}
