import CryptoPrimitives
import SeededRandomness
import TestSupport
import Testing

@testable import DiscreteNoise

@Suite struct RationalBernoulliTests {
  /// The coin must be heads exactly for the digits below the fraction, however large the terms.
  @Test(arguments: [UInt128(1), 1 << 40, 1 << 61, 1 << 62, 1 << 100, 1 << 120])
  func coinComparesDigitsExactly(factor: UInt128) {
    // 5/16: the first word decides, just below, at and above the fraction.
    let boundary = UInt64(5) << 60
    for (word, isHeads) in [(boundary - 1, true), (boundary, false), (boundary + 1, false)] {
      var stream = RandomStream(source: RepeatingSource([word]))
      let coin = RationalBernoulli.chance(5 * factor, in: 16 * factor, using: &stream)
      #expect(coin == isHeads)
    }
  }

  @Test func digitsBeyondTheFirstWordDecideTies() {
    // 1/3 = 0.010101...: a first word equal to its digits leaves the second to decide.
    let digits: UInt64 = 0x5555_5555_5555_5555
    for (word, isHeads) in [(UInt64.max, false), (0, true)] {
      var stream = RandomStream(source: RepeatingSource([word]))
      let coin = RationalBernoulli.decide(digits, 1, 3, using: &stream)
      #expect(coin == isHeads)
    }
  }

  @Test func certainAndImpossibleCoins() {
    for word in [UInt64.max, 0, 1] {
      var stream = RandomStream(source: RepeatingSource([word]))
      let certain = RationalBernoulli.chance(7, in: 7, using: &stream)
      let wide = UInt128(1) << 127
      let certainWide = RationalBernoulli.chance(wide, in: wide, using: &stream)
      let impossible = RationalBernoulli.chance(0, in: wide, using: &stream)
      #expect(certain && certainWide && !impossible)
    }
  }
}

private let extremeVariances: [(UInt64, UInt64)] = [
  (1 << 50, 1), (1 << 50, 1 << 50), (1, 1 << 50), ((1 << 50) - 1, 3), (100_000_000, 1),
]

@Suite struct DiscreteGaussianTests {
  @Test func refusesVariancesItCannotSample() {
    let allowed: ClosedRange<UInt64> = 1...(1 << 50)
    let limit = allowed.upperBound
    #expect(
      throws: DiscreteNoiseError.parameterOutOfRange(
        name: "variance numerator", value: 0, allowed: allowed)
    ) { try DiscreteGaussian(varianceNumerator: 0) }
    #expect(
      throws: DiscreteNoiseError.parameterOutOfRange(
        name: "variance denominator", value: 0, allowed: allowed)
    ) { try DiscreteGaussian(varianceNumerator: 1, varianceDenominator: 0) }
    let terms: [(UInt64, UInt64)] = [(limit + 1, 1), (1, limit + 1), (.max, .max)]
    for (numerator, denominator) in terms {
      #expect(throws: DiscreteNoiseError.self) {
        try DiscreteGaussian(varianceNumerator: numerator, varianceDenominator: denominator)
      }
      #expect(throws: DiscreteNoiseError.self) {
        try ExactDiscreteGaussian(varianceNumerator: numerator, varianceDenominator: denominator)
      }
    }
    #expect(throws: DiscreteNoiseError.self) { try DiscreteLaplace(scale: 0) }
  }

  /// The extreme ratios run through the whole arithmetic; Swift traps on overflow.
  @Test(arguments: extremeVariances)
  func extremeVariancesAreSampled(numerator: UInt64, denominator: UInt64) throws {
    let gaussian = try DiscreteGaussian(
      varianceNumerator: numerator, varianceDenominator: denominator)
    var stream = RandomStream.seeded(4, label: "extreme", index: numerator ^ denominator)
    let samples = (0..<5000).map { _ in gaussian.sample(using: &stream) }
    expectVariance(samples, Double(numerator) / Double(denominator))
  }

  @Test(arguments: extremeVariances)
  func extremeVariancesAreSampledExactly(numerator: UInt64, denominator: UInt64) throws {
    let gaussian = try ExactDiscreteGaussian(
      varianceNumerator: numerator, varianceDenominator: denominator)
    var stream = RandomStream.seeded(4, label: "extreme", index: numerator ^ denominator)
    let samples = (0..<1500).map { _ in gaussian.sample(using: &stream) }
    expectVariance(samples, Double(numerator) / Double(denominator))
  }

  private func expectVariance(_ samples: [Int64], _ variance: Double) {
    let n = Double(samples.count)
    let square = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / n
    guard variance >= 4 else {
      // The variance of the parameter 1 is 1 to within 10^-6, that of 2^-50 is nothing.
      #expect(abs(square - (variance == 1 ? 1 : 0)) <= 5.5 * (2 / n).squareRoot())
      return
    }
    // The mean square has standard error sqrt(2/n): 5.5 of them, false failure 4 * 10^-8.
    #expect(abs(square / variance - 1) <= 5.5 * (2 / n).squareRoot())
  }

  /// On both sides of the width from which on two tables are used.
  @Test(arguments: [300, (1 << 20) - 1, 1 << 20, 1 << 40] as [UInt64])
  func addingPerturbsEveryWordModulo32Bits(variance: UInt64) throws {
    let gaussian = try DiscreteGaussian(varianceNumerator: variance)
    expectAdded(index: variance, sample: gaussian.sample) { words, integers, stream, other in
      gaussian.add(to: &words, using: &stream)
      gaussian.add(to: &integers, using: &other)
    }
  }

  @Test func valuesAreEqualWhenTheirParametersAre() throws {
    let one = try DiscreteGaussian(varianceNumerator: 7, varianceDenominator: 2)
    #expect(one == (try DiscreteGaussian(varianceNumerator: 7, varianceDenominator: 2)))
    #expect(one != (try DiscreteGaussian(varianceNumerator: 7, varianceDenominator: 3)))
    #expect(one != (try DiscreteGaussian(varianceNumerator: 8, varianceDenominator: 2)))
    let other = try Skellam(varianceNumerator: 7, varianceDenominator: 2)
    #expect(other == (try Skellam(varianceNumerator: 7, varianceDenominator: 2)))
    #expect(other != (try Skellam(varianceNumerator: 7)))
    #expect(other != (try Skellam(varianceNumerator: 8, varianceDenominator: 2)))
  }
}

private let extremeSkellamVariances: [(UInt64, UInt64)] = [
  (1, 1000), (1, 1024), ((1 << 50) - 1, 1 << 50), (1 << 50, 1 << 20),
]

@Suite struct SkellamTests {
  @Test func refusesVariancesItCannotSample() {
    let allowed: ClosedRange<UInt64> = 1...(1 << 50)
    let limit = allowed.upperBound
    let terms: [(UInt64, UInt64, String, UInt64)] = [
      (0, 1, "variance numerator", 0), (1, 0, "variance denominator", 0),
      (limit + 1, limit, "variance numerator", limit + 1),
      (limit, limit + 1, "variance denominator", limit + 1),
    ]
    for (numerator, denominator, name, value) in terms {
      #expect(
        throws: DiscreteNoiseError.parameterOutOfRange(name: name, value: value, allowed: allowed)
      ) { try Skellam(varianceNumerator: numerator, varianceDenominator: denominator) }
    }
    // Just outside of 2^-10...2^30.
    let outside: [(UInt64, UInt64)] = [((1 << 30) + 1, 1), (1023, 1 << 20)]
    for (numerator, denominator) in outside {
      #expect(
        throws: DiscreteNoiseError.varianceOutOfRange(
          distribution: "Skellam", numerator: numerator, denominator: denominator,
          leastReciprocal: 1024, greatest: 1 << 30)
      ) { try Skellam(varianceNumerator: numerator, varianceDenominator: denominator) }
    }
    #expect(throws: Never.self) { try Skellam(varianceNumerator: 1, varianceDenominator: 1024) }
  }

  @Test func errorsNameTheParameterItsRangeAndWhatToDo() {
    func message(_ numerator: UInt64, _ denominator: UInt64) -> String {
      do throws(DiscreteNoiseError) {
        _ = try Skellam(varianceNumerator: numerator, varianceDenominator: denominator)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(message(0, 1).contains("variance numerator is 0, outside 1...1125899906842624"))
    #expect(
      message(1 << 31, 1)
        == "Skellam variance is 2147483648/1, outside 1/1024...1073741824: "
        + "lower the noise multiplier or the scale")
    #expect(message(1, 1025).contains("raise the noise multiplier"))
  }

  /// The ends of the range, where the arithmetic comes closest to overflow; Swift traps on it.
  // The table of 2^30 has half a million entries and takes two seconds to build in debug.
  @Test(arguments: extremeSkellamVariances)
  func extremeVariancesAreSampled(numerator: UInt64, denominator: UInt64) throws {
    let skellam = try Skellam(varianceNumerator: numerator, varianceDenominator: denominator)
    var stream = RandomStream.seeded(6, label: "extreme", index: numerator ^ denominator)
    let n = 40_000.0
    let variance = Double(numerator) / Double(denominator)
    let square = (0..<Int(n)).reduce(0.0) { sum, _ in
      let sample = Double(skellam.sample(using: &stream))
      return sum + sample * sample
    }
    // X^2 has variance mu + 2 mu^2; a rare count leans to the right, hence eight standard errors.
    let error = ((variance + 2 * variance * variance) / n).squareRoot()
    #expect(abs(square / n - variance) <= 8 * error)
    #expect(skellam.table.columns.count <= 1 << 19)
  }

  @Test func addingPerturbsEveryWordModulo32Bits() throws {
    let skellam = try Skellam(varianceNumerator: 1_000_000, varianceDenominator: 3)
    expectAdded(index: 0, sample: skellam.sample) { words, integers, stream, other in
      skellam.add(to: &words, using: &stream)
      skellam.add(to: &integers, using: &other)
    }
  }
}

/// Checks that `add` adds one sample after the other to words and integers, which wrap.
private func expectAdded(
  index: UInt64, sample: (inout RandomStream) -> Int64,
  add: (inout [UInt32], inout [Int32], inout RandomStream, inout RandomStream) -> Void
) {
  var words = [UInt32](repeating: 5, count: 1000)
  var integers = [Int32](repeating: .max - 2, count: 1000)
  var stream = RandomStream.seeded(5, label: "add", index: index)
  var other = RandomStream.seeded(5, label: "add", index: index)
  add(&words, &integers, &stream, &other)
  var again = RandomStream.seeded(5, label: "add", index: index)
  for (word, integer) in zip(words, integers) {
    let sample = sample(&again)
    #expect(word == 5 &+ UInt32(truncatingIfNeeded: sample))
    #expect(integer == (Int32.max - 2) &+ Int32(truncatingIfNeeded: sample))
  }
  #expect(Set(words).count > 40)
}

@Suite struct SeededStreamTests {
  @Test func streamsRepeatAndDifferByEveryPart() {
    func first(_ seed: UInt64, _ label: String, _ index: UInt64) -> UInt64 {
      var stream = RandomStream.seeded(seed, label: label, index: index)
      return stream.nextWord()
    }
    #expect(first(1, "a", 0) == first(1, "a", 0))
    let words = [first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)]
    #expect(Set(words).count == 4)
  }

  @Test func aStreamDoesNotRepeatAfterARefill() {
    var stream = RandomStream.seeded(9, label: "long")
    let words = (0..<2048).map { _ in stream.nextWord() }
    #expect(Set(words).count == words.count)
  }
}
