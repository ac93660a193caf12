import CryptoPrimitives
import SeededRandomness
import TestSupport
import Testing

@testable import DiscreteNoise

/// Repeats one word for ever.
private struct ConstantSource: RandomSource {
  let word: UInt64
  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices { unsafe words[index] = word }
  }
}

@Suite struct RationalBernoulliTests {
  /// The coin must be heads exactly for the digits below the fraction, however large the terms.
  @Test(arguments: [UInt128(1), 1 << 40, 1 << 61, 1 << 62, 1 << 100, 1 << 120])
  func coinComparesDigitsExactly(factor: UInt128) {
    // 5/16: the first word decides, just below, at and above the fraction.
    let boundary = UInt64(5) << 60
    for (word, isHeads) in [(boundary - 1, true), (boundary, false), (boundary + 1, false)] {
      var stream = RandomStream(source: ConstantSource(word: word))
      let coin = RationalBernoulli.chance(5 * factor, in: 16 * factor, using: &stream)
      #expect(coin == isHeads)
    }
  }

  @Test func digitsBeyondTheFirstWordDecideTies() {
    // 1/3 = 0.010101...: a first word equal to its digits leaves the second to decide.
    let digits: UInt64 = 0x5555_5555_5555_5555
    for (word, isHeads) in [(UInt64.max, false), (0, true)] {
      var stream = RandomStream(source: ConstantSource(word: word))
      let coin = RationalBernoulli.decide(digits, 1, 3, using: &stream)
      #expect(coin == isHeads)
    }
  }

  @Test func certainAndImpossibleCoins() {
    for word in [UInt64.max, 0, 1] {
      var stream = RandomStream(source: ConstantSource(word: word))
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
  @Test func refusesVariancesItCannotSampleExactly() {
    let limit = UInt64(1) << 50
    #expect(throws: DiscreteNoiseError.self) { try DiscreteGaussian(varianceNumerator: 0) }
    #expect(throws: DiscreteNoiseError.self) {
      try DiscreteGaussian(varianceNumerator: 1, varianceDenominator: 0)
    }
    #expect(
      throws: DiscreteNoiseError.parameterOutOfRange(
        name: "variance numerator", value: limit + 1, allowed: 1...limit)
    ) { try DiscreteGaussian(varianceNumerator: limit + 1) }
    #expect(throws: DiscreteNoiseError.self) { try DiscreteLaplace(scale: 0) }
  }

  /// The extreme ratios run through the whole arithmetic; Swift traps on overflow.
  @Test(arguments: extremeVariances)
  func extremeVariancesAreSampled(numerator: UInt64, denominator: UInt64) throws {
    let gaussian = try DiscreteGaussian(
      varianceNumerator: numerator, varianceDenominator: denominator)
    var stream = RandomStream.seeded(4, label: "extreme", index: numerator ^ denominator)
    let variance = Double(numerator) / Double(denominator)
    let n = 5000
    let square = (0..<n).reduce(0.0) { sum, _ in
      let sample = Double(gaussian.sample(using: &stream))
      return sum + sample * sample
    }
    guard variance >= 4 else {
      // The variance of the parameter 1 is 1 to within 10^-6, that of 2^-50 is nothing.
      #expect(abs(square / Double(n) - (variance == 1 ? 1 : 0)) <= 0.12)
      return
    }
    // The mean square has standard error sqrt(2/n): 5.5 of them, false failure 4 * 10^-8.
    #expect(abs(square / Double(n) / variance - 1) <= 5.5 * (2 / Double(n)).squareRoot())
  }

  @Test func addingPerturbsEveryWordModulo32Bits() throws {
    let gaussian = try DiscreteGaussian(varianceNumerator: 1 << 40)
    var words = [UInt32](repeating: 5, count: 1000)
    var stream = RandomStream.seeded(5, label: "add")
    gaussian.add(to: &words, using: &stream)
    var again = RandomStream.seeded(5, label: "add")
    for word in words {
      #expect(word == 5 &+ UInt32(truncatingIfNeeded: gaussian.sample(using: &again)))
    }
    #expect(Set(words).count > 990)
  }
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
