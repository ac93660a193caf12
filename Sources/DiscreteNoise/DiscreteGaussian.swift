package import CryptoPrimitives

/// The discrete Gaussian distribution on the integers, P(k) proportional to exp(-k^2 / (2 s)).
///
/// The parameter s is called the variance, which it is to within one part in 10^30 from s = 4 on.
/// Below that the true variance is smaller. Up to 2^20 one table is drawn from; beyond, a sample is
/// A + m B with both from tables of about the variance 2.3 sqrt(s), so tables stay small at any width.
/// - Privacy: samples are within `totalVariationBound` of that law.
/// - Timing: that of `AliasTable`: constant, but for the caches.
/// - Source: Canonne, Kamath, Steinke 2020, arXiv:2004.00010; the sum is the convolution of Micciancio
///   and Walter 2017, "Gaussian sampling over the integers", with its own proof in
///   protocols/discrete-noise.md, section 5.
package struct DiscreteGaussian: Sendable, Equatable {
  /// Numerators and denominators of the variance that can be handled without overflow.
  package static let supportedVarianceTerms = ExactDiscreteGaussian.supportedVarianceTerms

  /// The greatest total-variation distance of one sample to the ideal distribution.
  ///
  /// An event about n samples has a probability at most n times this away from the ideal one: an
  /// accountant adds dimension times rounds times this bound to delta (times 1 + e^epsilon for a
  /// guarantee between two neighbors). Proof in protocols/discrete-noise.md.
  package static let totalVariationBound = 0x1p-80

  /// The variance up to which a single table is used: 2^14 columns, which fit a second-level cache.
  static let singleTableVariance: UInt64 = 1 << 20

  package let varianceNumerator: UInt64
  package let varianceDenominator: UInt64
  /// The table of A, which is the whole sample for narrow noise.
  let fine: AliasTable
  /// m and the table of B, for wide noise.
  let coarse: (factor: Int64, table: AliasTable)?

  /// The distribution with variance `varianceNumerator` / `varianceDenominator`.
  ///
  /// Builds tables of at most 2^17 columns of 16 bytes; copies of the value share them.
  package init(varianceNumerator: UInt64, varianceDenominator: UInt64 = 1)
    throws(DiscreteNoiseError)
  {
    try DiscreteNoiseError.check(
      varianceNumerator, varianceDenominator, allowed: Self.supportedVarianceTerms)
    self.varianceNumerator = varianceNumerator
    self.varianceDenominator = varianceDenominator
    let split = Split(numerator: varianceNumerator, denominator: varianceDenominator)
    let masses = Self.masses(numerator: split.fineNumerator, denominator: varianceDenominator)
    fine = AliasTable(folded: masses.folded)
    var error = masses.error
    if split.factor > 0 {
      let masses = Self.masses(numerator: split.coarseVariance, denominator: 1)
      coarse = (Int64(split.factor), AliasTable(folded: masses.folded))
      error += masses.error + Split.error
    } else {
      coarse = nil
    }
    precondition(error <= 1 << 47, "a table is worse than the bound that is stated for it")
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.varianceNumerator == other.varianceNumerator
      && one.varianceDenominator == other.varianceDenominator
  }

  /// One sample.
  package func sample(using randomness: inout RandomStream) -> Int64 {
    let sample = fine.sample(using: &randomness)
    guard let (factor, table) = coarse else { return sample }
    return sample + factor * table.sample(using: &randomness)
  }

  /// Adds an independent sample to every word, modulo 2^32.
  package func add(to words: inout [UInt32], using randomness: inout RandomStream) {
    addSamples(to: &words, using: &randomness)
  }

  /// Adds an independent sample to every integer, modulo 2^32.
  package func add(to values: inout [Int32], using randomness: inout RandomStream) {
    addSamples(to: &values, using: &randomness)
  }

  private func addSamples<Number: FixedWidthInteger>(
    to numbers: inout [Number], using randomness: inout RandomStream
  ) {
    guard let (factor, table) = coarse else {
      return fine.add(to: &numbers, using: &randomness)
    }
    let width = 2 * AliasTable.wordsPerSample
    var index = 0
    unsafe randomness.take(numbers.count, of: width) { words in
      for first in stride(from: 0, to: words.count, by: width) {
        let sample =
          unsafe fine.sample(words[first], words[first + 1])
          &+ factor &* table.sample(words[first + 2], words[first + 3])
        numbers[index] &+= Number(truncatingIfNeeded: sample)
        index += 1
      }
    }
  }

  /// The integer masses, from the ratios g_k = exp(-(2k + 1) / (2 s)) of neighboring probabilities.
  ///
  /// - Formula: g_(k+1) = g_k g_0^2.
  static func masses(numerator: UInt64, denominator: UInt64) -> SymmetricMasses {
    let count = SymmetricMasses.ratioCount(variance: numerator / denominator)
    let first = FixedPoint.exponential(
      ofMinus: UInt128(denominator), over: 2 * UInt128(numerator))
    let square = FixedPoint.highProduct(first.value, first.value)
    var ratio = first.value
    var ratios: [UInt128] = []
    ratios.reserveCapacity(count)
    for _ in 0..<count {
      ratios.append(ratio)
      ratio = FixedPoint.highProduct(ratio, square)
    }
    // The square is off by 2 e + 1 units, and every step adds that and a unit of its own.
    let error = first.error + UInt128(count) * (2 * first.error + 2)
    return SymmetricMasses(ratios: ratios, ratioError: error)
  }
}

extension DiscreteGaussian {
  /// The variance s as a + m^2 b, with a above 4 m^2 and m^4 about s / 5; m is 0 when s is small.
  ///
  /// With a b >= 3.9 s the law of A + m B differs from the ideal one by a factor 1 + e at most, where
  /// e is near 2 exp(-2 pi^2 3.9) < 2^-110.
  struct Split {
    /// What A + m B adds to the total-variation distances of its parts, in units of 2^-127: 2^-109.
    static let error = UInt128(1) << 18

    let factor: UInt64
    /// The numerator of a, over the denominator of the variance.
    let fineNumerator: UInt64
    /// b.
    let coarseVariance: UInt64

    init(
      numerator: UInt64, denominator: UInt64,
      from least: UInt64 = DiscreteGaussian.singleTableVariance
    ) {
      let whole = numerator / denominator
      guard whole >= least else {
        factor = 0
        fineNumerator = numerator
        coarseVariance = 0
        return
      }
      // m^4 <= s/5 and m >= 21, so 5 m^2 is below s / 400.
      factor = FixedPoint.squareRoot(FixedPoint.squareRoot(whole / 5))
      coarseVariance = whole / (factor * factor) - 4
      fineNumerator = numerator - denominator * factor * factor * coarseVariance
    }
  }
}
