package import CryptoPrimitives

/// The Skellam distribution on the integers: Poisson(mu/2) minus Poisson(mu/2), of variance mu.
///
/// P(k) = exp(-mu) I_|k|(mu). Independent Skellam variables add up to a Skellam variable whose
/// variance is the sum, so noise of many devices has the same law however it is split.
/// - Privacy: samples are within `totalVariationBound` of that law.
/// - Timing: that of `AliasTable`: constant, but for the caches.
/// - Source: Agarwal, Kairouz, Liu 2021, arXiv:2110.04995.
package struct Skellam: Sendable, Equatable {
  /// Numerators and denominators of the variance that can be handled without overflow.
  package static let supportedVarianceTerms: ClosedRange<UInt64> = 1...(1 << 50)

  /// The greatest variance, 2^30: its table has 2^19 columns and takes 8 MiB.
  package static let greatestVariance: UInt64 = 1 << 30

  /// The least variance is 1 over this number, 2^-10.
  package static let leastVarianceReciprocal: UInt64 = 1 << 10

  /// The greatest total-variation distance of one sample to the ideal distribution.
  ///
  /// An event about n samples has a probability at most n times this away from the ideal one: an
  /// accountant adds dimension times rounds times this bound to delta (times 1 + e^epsilon for a
  /// guarantee between two neighbors). Proof in protocols/discrete-noise.md.
  package static let totalVariationBound = 0x1p-80

  package let varianceNumerator: UInt64
  package let varianceDenominator: UInt64
  let table: AliasTable

  /// The distribution with variance `varianceNumerator` / `varianceDenominator`.
  ///
  /// Builds a table whose columns, of 16 bytes, are 12 to 24 times as many as the standard deviation
  /// for wide noise; copies of the value share it.
  package init(varianceNumerator: UInt64, varianceDenominator: UInt64 = 1)
    throws(DiscreteNoiseError)
  {
    try DiscreteNoiseError.check(
      varianceNumerator, varianceDenominator, allowed: Self.supportedVarianceTerms)
    guard
      UInt128(varianceNumerator) <= UInt128(Self.greatestVariance) * UInt128(varianceDenominator),
      UInt128(varianceDenominator)
        <= UInt128(Self.leastVarianceReciprocal) * UInt128(varianceNumerator)
    else {
      throw .varianceOutOfRange(
        distribution: "Skellam", numerator: varianceNumerator, denominator: varianceDenominator,
        leastReciprocal: Self.leastVarianceReciprocal, greatest: Self.greatestVariance)
    }
    self.varianceNumerator = varianceNumerator
    self.varianceDenominator = varianceDenominator
    let masses = Self.masses(numerator: varianceNumerator, denominator: varianceDenominator)
    precondition(masses.error <= 1 << 47, "a table is worse than the bound that is stated for it")
    table = AliasTable(folded: masses.folded)
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.varianceNumerator == other.varianceNumerator
      && one.varianceDenominator == other.varianceDenominator
  }

  /// One sample.
  package func sample(using randomness: inout RandomStream) -> Int64 {
    table.sample(using: &randomness)
  }

  /// Adds an independent sample to every word, modulo 2^32.
  package func add(to words: inout [UInt32], using randomness: inout RandomStream) {
    table.add(to: &words, using: &randomness)
  }

  /// Adds an independent sample to every integer, modulo 2^32.
  package func add(to values: inout [Int32], using randomness: inout RandomStream) {
    table.add(to: &values, using: &randomness)
  }

  /// The integer masses, from the ratios r_k = I_(k+1)(mu) / I_k(mu) of neighboring probabilities.
  ///
  /// - Formula: the backward continued fraction r_(k-1) = 1 / (2k/mu + r_k) from r_N = 1, each ratio
  ///   cut off at 1, which no true one exceeds. A wrong start loses the factor r_k at every step.
  /// - Source: Miller's algorithm; Gautschi 1967, "Computational aspects of three-term recurrence
  ///   relations".
  static func masses(numerator: UInt64, denominator: UInt64) -> SymmetricMasses {
    let count = SymmetricMasses.ratioCount(variance: numerator / denominator)
    // 2k/mu with as many fractional bits as leave room for 2N/mu + 1.
    let greatest = 2 * UInt128(count) * UInt128(denominator) / UInt128(numerator) + 1
    let fractionBits = greatest.leadingZeroBitCount
    let divisor = UInt128(numerator)
    let (step, stepRest) = FixedPoint.divide(
      2 * UInt128(denominator), shiftedLeft: fractionBits, by: divisor)
    // floor(2k/mu) for k = N, with its remainder; both go down exactly from there.
    var multiple = UInt128(count) * step + UInt128(count) * stepRest / divisor
    var rest = UInt128(count) * stepRest % divisor
    let one = UInt128(1) << UInt128(fractionBits)
    var ratio = UInt128.max
    var ratios = [UInt128](repeating: 0, count: count)
    for index in (0..<count).reversed() {
      let sum = multiple + ratio >> UInt128(128 - fractionBits)
      ratio = sum <= one ? .max : sum.dividingFullWidth((high: one, low: 0)).quotient
      ratios[index] = ratio
      multiple -= step
      if rest < stepRest {
        multiple -= 1
        rest += divisor
      }
      rest -= stepRest
    }
    // The sum is off by at most two of its last digits, the quotient by one unit, and errors of
    // later ratios come down without growing.
    let error = UInt128(count) * (UInt128(1) << UInt128(129 - fractionBits) + 1)
    return SymmetricMasses(ratios: ratios, ratioError: error)
  }
}
