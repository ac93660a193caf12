import CryptoPrimitives
import DiscreteNoise
import SeededRandomness
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Samples against the tables of protocols/vectors/accounting/samplers.json.
///
/// Seeds are fixed; with a fresh seed each statistic would fail falsely with probability near 10^-6.
@Suite struct SamplerVectorTests {
  private static let count = 40_000

  @Test func discreteGaussianMatchesItsTables() throws {
    let cases = try AccountingVectors.load("samplers").cases
      .filter { $0.mechanism == "discrete_gaussian_sampler" }
    #expect(cases.count == 9)
    for vector in cases {
      let variance = try #require(vector.params["sigma2"]?.fraction)
      let gaussian = try DiscreteGaussian(
        varianceNumerator: variance.numerator, varianceDenominator: variance.denominator)
      var stream = RandomStream.seeded(1, label: vector.id)
      let samples = (0..<Self.count).map { _ in gaussian.sample(using: &stream) }
      try expectTable(samples, vector)
      let s = Double(variance.numerator) / Double(variance.denominator)
      try expectMoments(samples, vector) { exp(-$0 * $0 / (2 * s)) }
    }
  }

  @Test func discreteLaplaceMatchesItsTables() throws {
    let cases = try AccountingVectors.load("samplers").cases
      .filter { $0.mechanism == "discrete_laplace_sampler" }
    var tested = 0
    for vector in cases {
      guard let scale = vector.params["scale_t"]?.fraction, scale.denominator == 1 else { continue }
      let laplace = try DiscreteLaplace(scale: scale.numerator)
      var stream = RandomStream.seeded(2, label: vector.id)
      let samples = (0..<Self.count).map { _ in laplace.sample(using: &stream) }
      try expectTable(samples, vector)
      try expectMoments(samples, vector) { exp(-abs($0) / Double(scale.numerator)) }
      tested += 1
    }
    #expect(tested == 3)
  }

  @Test func exponentialCoinMatchesItsProbabilities() throws {
    let cases = try AccountingVectors.load("samplers").cases
      .filter { $0.mechanism == "bernoulli_exp_sampler" }
    #expect(cases.count == 4)
    for vector in cases {
      let x = try #require(vector.params["x"]?.fraction)
      let probability = try #require(vector.results.first?.reference?.v.list.first)
      var stream = RandomStream.seeded(3, label: vector.id)
      var heads = 0.0
      for _ in 0..<Self.count {
        let isHeads = RationalBernoulli.exponential(
          UInt128(x.numerator), over: UInt128(x.denominator), using: &stream)
        if isHeads { heads += 1 }
      }
      let n = Double(Self.count)
      // Five standard deviations, and two counts for the rare case of exp(-10).
      let tolerance = 5 * (n * probability * (1 - probability)).squareRoot() + 2
      #expect(abs(heads - n * probability) <= tolerance, "\(vector.id)")
    }
  }

  /// Chi-square over the table's bins with at least 10 expected, the rest pooled.
  private func expectTable(_ samples: [Int64], _ vector: AccountingVectors.Case) throws {
    let result = try #require(vector.results.first { $0.quantity == "pmf" }?.reference)
    let n = Double(samples.count)
    var counts: [Int64: Double] = [:]
    for sample in samples { counts[sample, default: 0] += 1 }
    var observed: [Double] = []
    var expected: [Double] = []
    for (k, probability) in result.v.list.enumerated() where n * probability >= 10 {
      for value in Set([Int64(k), -Int64(k)]) {
        observed.append(counts[value, default: 0])
        expected.append(n * probability)
      }
    }
    let rest = n - expected.reduce(0, +)
    let observedRest = n - observed.reduce(0, +)
    if rest >= 10 {
      observed.append(observedRest)
      expected.append(rest)
    } else {
      // A Poisson count of mean below 10 passes 32 with probability below 10^-7.
      #expect(observedRest <= 32, "\(vector.id): tail")
    }
    let statistic = ChiSquare.statistic(observed: observed, expected: expected)
    let critical = ChiSquare.criticalValue(degreesOfFreedom: max(1, expected.count - 1))
    #expect(statistic <= critical, "\(vector.id): chi-square")
  }

  /// Moments within five standard errors of the table's, which come from the weights.
  private func expectMoments(
    _ samples: [Int64], _ vector: AccountingVectors.Case, weight: (Double) -> Double
  ) throws {
    let support = (-600...600).map { Double($0) }
    let total = support.reduce(0) { $0 + weight($1) }
    for result in vector.results where result.quantity == "moment" {
      let order = try #require(result.at["order"]?.number)
      let expected = try #require(result.reference?.v.list.first)
      let squareMean = support.reduce(0) { $0 + pow($1, 2 * order) * weight($1) } / total
      let mean = samples.reduce(0) { $0 + pow(Double($1), order) } / Double(samples.count)
      let error = ((squareMean - expected * expected) / Double(samples.count)).squareRoot()
      // Sums of high powers lean to the right; eight errors keep false failures below 10^-6.
      #expect(abs(mean - expected) <= (order > 2 ? 8 : 5.5) * error, "\(vector.id): \(order)")
    }
  }
}
