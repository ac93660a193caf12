package import CryptoPrimitives

/// The discrete Gaussian without any distance to its ideal, by rejection: the reference for tables.
///
/// About a microsecond a sample; `DiscreteGaussian` is what mechanisms use.
/// - Source: Canonne, Kamath, Steinke 2020, arXiv:2004.00010, Algorithm 3.
/// - Timing: variable in the sample.
package struct ExactDiscreteGaussian: Sendable, Equatable {
  /// Numerators and denominators of the variance that can be sampled without overflow.
  ///
  /// With both at most B = 2^50 the scale t = floor(sqrt(n/m)) + 1 has m t^2 <= 4 B. The acceptance
  /// probability has denominator 2 n m t^2 <= 8 B^2 = 2^103, and a proposal is at most 2048 t, so
  /// its numerator is at most (2048 * 4 B)^2 = 2^126.
  package static let supportedVarianceTerms: ClosedRange<UInt64> = 1...(1 << 50)

  package let varianceNumerator: UInt64
  package let varianceDenominator: UInt64
  private let proposal: DiscreteLaplace
  /// The variance's denominator times the scale of the proposal.
  private let stepNumerator: UInt128
  private let acceptanceDenominator: UInt128

  /// The distribution with variance `varianceNumerator` / `varianceDenominator`.
  package init(varianceNumerator: UInt64, varianceDenominator: UInt64 = 1)
    throws(DiscreteNoiseError)
  {
    let allowed = Self.supportedVarianceTerms
    guard allowed.contains(varianceNumerator) else {
      throw .parameterOutOfRange(
        name: "variance numerator", value: varianceNumerator, allowed: allowed)
    }
    guard allowed.contains(varianceDenominator) else {
      throw .parameterOutOfRange(
        name: "variance denominator", value: varianceDenominator, allowed: allowed)
    }
    self.varianceNumerator = varianceNumerator
    self.varianceDenominator = varianceDenominator
    // floor(sqrt(n/m)) = floor(sqrt(floor(n/m))), found without floating point.
    let scale = FixedPoint.squareRoot(varianceNumerator / varianceDenominator) + 1
    proposal = try DiscreteLaplace(scale: scale)
    stepNumerator = UInt128(varianceDenominator) * UInt128(scale)
    acceptanceDenominator = 2 * UInt128(varianceNumerator) * stepNumerator * UInt128(scale)
  }

  /// One sample, from integer arithmetic only.
  package func sample(using randomness: inout RandomStream) -> Int64 {
    while true {
      let (magnitude, isNegative) = proposal.draw(using: &randomness)
      let position = UInt128(magnitude) * stepNumerator
      let center = UInt128(varianceNumerator)
      let distance = position > center ? position - center : center - position
      let isAccepted = RationalBernoulli.exponential(
        distance * distance, over: acceptanceDenominator, using: &randomness)
      if isAccepted { return isNegative ? -Int64(magnitude) : Int64(magnitude) }
    }
  }
}
