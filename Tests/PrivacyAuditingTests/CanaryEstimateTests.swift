import NumericalMethods
import PrivacyAccounting
import Testing

@testable import PrivacyAuditing

@Suite struct CanaryEstimateTests {
  /// Equal variances are the Gaussian mechanism, whose epsilon is known exactly.
  @Test(arguments: [0.1, 1, 5], [1e-9, 1e-5, 1e-2])
  func equalVariancesAreTheGaussianMechanism(mu: Double, delta: Double) {
    let expected = GaussianGuarantee.epsilon(noiseMultiplier: 1 / mu, delta: delta)
    // Also with a deviation that differs from 1 in the last bits only.
    for deviation in [1, 1.0.nextUp, 1.0.nextDown, 1 + 1e-12, 1 - 1e-12] {
      for mean in [mu, -mu] {
        let pair = NormalPair(mean: mean, deviation: deviation)
        for direction in [NormalPair.Direction.forward, .backward] {
          #expect(abs(pair.epsilon(direction, delta: delta) - expected) < 1e-7 * (1 + expected))
        }
      }
    }
  }

  /// scipy 1.17: the hockey-stick integral by quadrature, its root by Brent's method.
  @Test(arguments: [
    (0.0, 2.0, 14.6951853168, 0.6821087596),
    (0, 0.5, 0.6821087596, 14.6951853168),
    (1, 1.3, 6.8495098649, 0.9689664213),
    (2, 0.6, 3.6024715283, 29.8251798212),
    (-1.5, 1.1, 6.5069613449, 3.6348048197),
  ])
  func unequalVariancesMatchQuadrature(
    mean: Double, deviation: Double, forward: Double, backward: Double
  ) {
    let pair = NormalPair(mean: mean, deviation: deviation)
    #expect(abs(pair.epsilon(.forward, delta: 1e-3) - forward) < 1e-6)
    #expect(abs(pair.epsilon(.backward, delta: 1e-3) - backward) < 1e-6)
  }

  @Test func theSampleDecidesTheFit() throws {
    let cosines = [0.01, 0.03, 0.02, 0.04]
    let estimate = try CanaryEstimate(cosines: cosines, dimension: 10_000, delta: 1e-6)
    #expect(abs(estimate.meanCosine - 0.025) < 1e-15)
    #expect(abs(estimate.cosineStandardDeviation - (5e-4 / 3).squareRoot()) < 1e-15)
    let direct = try CanaryEstimate(
      meanCosine: estimate.meanCosine,
      cosineStandardDeviation: estimate.cosineStandardDeviation, dimension: 10_000, delta: 1e-6)
    #expect(estimate == direct && estimate.epsilonEstimate > 0)
  }

  /// Canaries in a sum with Gaussian noise, all of them in: the cosines' mean says the noise.
  ///
  /// With m canaries and d coordinates of noise s the sum's norm is near sqrt(m + d s^2). Seeded; no
  /// level is claimed, for the method has none: the estimate is near the truth and may be on either side.
  @Test func theEstimateIsNearTheTruthForGaussianNoise() throws {
    let set = try CanarySet(
      count: 500, dimension: 20_000, clipNorm: 1, schedule: .constant, seed: 3)
    var generator = DeterministicGenerator(seed: 9)
    var sum = generator.nextNormals(20_000).map { Float($0) }
    for index in 0..<500 {
      let (start, values) = set.canary(index)
      for (offset, value) in values.enumerated() { sum[start + offset] += Float(value) }
    }
    let estimate = try CanaryEstimate(
      cosines: set.cosines(with: sum), dimension: 20_000, delta: 1e-5)
    let truth = GaussianGuarantee.epsilon(noiseMultiplier: 1, delta: 1e-5)
    #expect(abs(estimate.epsilonEstimate - truth) < 0.25 * truth)
  }

  @Test func impossibleFitsAreRefused() {
    for cosines in [[], [0.1], [0.1, .nan], [0.1, 0.1]] {
      #expect(throws: AuditError.self) {
        try CanaryEstimate(cosines: cosines, dimension: 100, delta: 1e-5)
      }
    }
    for (mean, deviation, dimension, delta) in [
      (1.1, 0.1, 100, 1e-5), (.nan, 0.1, 100, 1e-5), (0, 0, 100, 1e-5), (0, -1, 100, 1e-5),
      (0, .nan, 100, 1e-5), (0, 0.1, 0, 1e-5), (0, 0.1, 100, 0), (0, 0.1, 100, 1),
    ] {
      #expect(throws: AuditError.self) {
        try CanaryEstimate(
          meanCosine: mean, cosineStandardDeviation: deviation, dimension: dimension, delta: delta)
      }
    }
  }
}
