import CryptoPrimitives
import SeededRandomness
import TestSupport
import Testing

@testable import DiscreteNoise

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
  /// The rejection samplers take twenty microseconds a sample in debug.
  private static let exactCount = 8000

  @Test func skellamMatchesItsTables() throws {
    let cases = try Self.cases("skellam_sampler")
    #expect(cases.count == 4)
    for vector in cases {
      let mu = try #require(vector.params["mu"]?.number)
      let skellam = try Skellam(varianceNumerator: UInt64(2 * mu), varianceDenominator: 2)
      var stream = RandomStream.seeded(7, label: vector.id)
      let samples = (0..<Self.count).map { _ in skellam.sample(using: &stream) }
      try expectTable(samples, vector)
      let law = NoiseLaw(Skellam.masses(numerator: UInt64(2 * mu), denominator: 2))
      // From the cumulants, of which every even one is mu.
      expectMoments(
        samples, [mu, mu + 3 * mu * mu, mu + 15 * mu * mu + 15 * mu * mu * mu], law, vector.id)
      try expectReferenceMoments(of: law, vector)
    }
  }

  @Test func discreteGaussianMatchesItsTables() throws {
    let cases = try Self.cases("discrete_gaussian_sampler")
    #expect(cases.count == 9)
    for vector in cases {
      let variance = try #require(vector.params["sigma2"]?.fraction)
      let gaussian = try DiscreteGaussian(
        varianceNumerator: variance.numerator, varianceDenominator: variance.denominator)
      let exact = try ExactDiscreteGaussian(
        varianceNumerator: variance.numerator, varianceDenominator: variance.denominator)
      var stream = RandomStream.seeded(1, label: vector.id)
      let samples = (0..<Self.count).map { _ in gaussian.sample(using: &stream) }
      let exactSamples = (0..<Self.exactCount).map { _ in exact.sample(using: &stream) }
      let law = NoiseLaw(
        DiscreteGaussian.masses(numerator: variance.numerator, denominator: variance.denominator))
      for samples in [samples, exactSamples] {
        try expectTable(samples, vector)
        expectMoments(samples, [2, 4, 6].map { law.moment($0) }, law, vector.id)
      }
      try expectReferenceMoments(of: law, vector)
    }
  }

  /// Noise that several devices add, each their own.
  @Test func sumsOfDiscreteGaussiansMatchTheirTables() throws {
    let cases = try Self.cases("sum_discrete_gaussian_sampler")
    #expect(cases.count == 4)
    for vector in cases {
      let local = try #require(vector.params["sigma2_local"]?.number)
      let clients = Int(try #require(vector.params["clients"]?.number))
      // All local variances of the file are multiples of 1/20.
      let numerator = UInt64((local * 20).rounded())
      let gaussian = try DiscreteGaussian(varianceNumerator: numerator, varianceDenominator: 20)
      var sums = [Int32](repeating: 0, count: Self.count / 2)
      var stream = RandomStream.seeded(8, label: vector.id)
      for _ in 0..<clients { gaussian.add(to: &sums, using: &stream) }
      let samples = sums.map { Int64($0) }
      try expectTable(samples, vector)
      let law = NoiseLaw(DiscreteGaussian.masses(numerator: numerator, denominator: 20))
        .sum(of: clients)
      expectMoments(samples, [2, 4, 6].map { law.moment($0) }, law, vector.id)
      try expectReferenceMoments(of: law, vector)
    }
  }

  @Test func discreteLaplaceMatchesItsTables() throws {
    var tested = 0
    for vector in try Self.cases("discrete_laplace_sampler") {
      guard let scale = vector.params["scale_t"]?.fraction, scale.denominator == 1 else { continue }
      let laplace = try DiscreteLaplace(scale: scale.numerator)
      var stream = RandomStream.seeded(2, label: vector.id)
      let samples = (0..<Self.exactCount).map { _ in laplace.sample(using: &stream) }
      try expectTable(samples, vector)
      let weights = (0...1000).map { exp(-Double($0) / Double(scale.numerator)) }
      let total = 2 * weights.reduce(0, +) - 1
      let law = NoiseLaw(probabilities: weights.map { $0 / total })
      expectMoments(samples, [law.moment(2)], law, vector.id)
      try expectReferenceMoments(of: law, vector)
      tested += 1
    }
    #expect(tested == 3)
  }

  @Test func exponentialCoinMatchesItsProbabilities() throws {
    let cases = try Self.cases("bernoulli_exp_sampler")
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

  private static func cases(_ mechanism: String) throws -> [AccountingVectors.Case] {
    try AccountingVectors.load("samplers").cases.filter { $0.mechanism == mechanism }
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

  /// Moments of order 2, 4, 6 of samples within so many standard errors, which come from the law.
  private func expectMoments(
    _ samples: [Int64], _ expected: [Double], _ law: NoiseLaw, _ id: String
  ) {
    for (index, expected) in expected.enumerated() {
      let order = 2 * (index + 1)
      let mean = samples.reduce(0) { $0 + pow(Double($1), Double(order)) } / Double(samples.count)
      let variance = law.moment(2 * order) - expected * expected
      let error = (variance / Double(samples.count)).squareRoot()
      // Sums of high powers lean to the right; eight errors keep false failures below 10^-6.
      #expect(abs(mean - expected) <= (order > 2 ? 8 : 5.5) * error, "\(id): \(order)")
    }
  }

  /// The law from which expectations are computed has the moments of the reference.
  private func expectReferenceMoments(of law: NoiseLaw, _ vector: AccountingVectors.Case) throws {
    for result in vector.results where result.quantity == "moment" {
      let order = Int(try #require(result.at["order"]?.number))
      let expected = try #require(result.reference?.v.list.first)
      #expect(abs(law.moment(order) - expected) <= 1e-12 * expected, "\(vector.id): \(order)")
    }
  }
}
