import TestSupport
import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct GaussianGuaranteeTests {
  @Test(arguments: [(1.0, 3.7306), (3, 1.3906), (8, 0.6002)])
  func knownNoiseMultipliers(epsilon: Double, expected: Double) {
    let multiplier = GaussianGuarantee.noiseMultiplier(epsilon: epsilon, delta: 1e-5)
    #expect(abs(multiplier - expected) < 1e-3)
  }

  @Test(arguments: [0.01, 0.5, 1, 3, 8, 50], [1e-3, 1e-5, 1e-12])
  func calibrationNeverOverspends(epsilon: Double, delta: Double) {
    let multiplier = GaussianGuarantee.noiseMultiplier(epsilon: epsilon, delta: delta)
    let spent = GaussianGuarantee.epsilon(noiseMultiplier: multiplier, delta: delta)
    #expect(spent <= epsilon && spent > epsilon * (1 - 1e-6))
    #expect(GaussianGuarantee.delta(noiseMultiplier: multiplier, epsilon: epsilon) <= delta)
  }

  @Test func deltaMatchesTheVectors() throws {
    for vector in try AccountingVectors.load("gaussian").cases {
      let multiplier = try #require(vector.params["noise_multiplier"]?.number)
      let count = try #require(vector.params["count"]?.number)
      for result in vector.results where result.quantity == "delta" {
        let epsilon = try #require(result.at["epsilon"]?.number)
        let reference = try #require(result.reference?.v.list.first)
        let delta = GaussianGuarantee.delta(
          noiseMultiplier: multiplier / count.squareRoot(), epsilon: epsilon)
        #expect(delta >= reference * (1 - 1e-9), "\(vector.id) at \(epsilon)")
        #expect(delta <= reference * (1 + 1e-6) + 1e-300, "\(vector.id) at \(epsilon)")
      }
    }
  }

  @Test func tinySensitivityIsNotRoundedToPerfectPrivacy() {
    // At epsilon 0 the mechanism is 2 Phi(mu/2) - 1 = mu / sqrt(2 pi) away from itself.
    for mu in [1e-3, 1e-6, 1e-12, 1e-18] {
      let delta = GaussianGuarantee.delta(noiseMultiplier: 1 / mu, epsilon: 0)
      let reference = mu / (2 * Double.pi).squareRoot()
      #expect(delta >= reference * (1 - 1e-6) && delta <= reference * (1 + 1e-6))
      #expect(GaussianGuarantee.delta(noiseMultiplier: 1 / mu, epsilon: 2 * mu) > 0)
    }
  }

  @Test func noNoiseGuaranteesNothing() {
    #expect(GaussianGuarantee.epsilon(noiseMultiplier: 0, delta: 1e-5) == .infinity)
    #expect(GaussianGuarantee.delta(noiseMultiplier: 0, epsilon: 8) == 1)
  }
}

@Suite struct AccountantTests {
  @Test func gaussianEpsilonIsSoundAndTight() throws {
    var compared = 0
    for vector in try AccountingVectors.load("gaussian").cases {
      let multiplier = try #require(vector.params["noise_multiplier"]?.number)
      let count = Int(try #require(vector.params["count"]?.number))
      for result in vector.results where result.quantity == "epsilon" {
        let delta = try #require(result.at["delta"]?.number)
        let value = try #require(result.reference)
        let reference = try #require(value.v.list.first)
        let error = value.absoluteError ?? 0
        let epsilon = try Accountant.epsilon(
          of: [MechanismEvent.gaussian(noiseMultiplier: multiplier).times(count)], delta: delta
        ).upper
        #expect(epsilon >= reference - error - 1e-9 * (1 + reference), "\(vector.id) \(delta)")
        #expect(epsilon <= reference + error + max(1e-3, 1e-3 * reference), "\(vector.id) \(delta)")
        compared += 1
      }
    }
    #expect(compared == 96)
  }

  @Test func discreteEpsilonIsSound() throws {
    var compared = 0
    for vector in try AccountingVectors.load("discrete_gaussian").cases {
      let variance = try #require(vector.params["sigma2"]?.number)
      let sensitivity = try #require(vector.params["sensitivity"]?.number)
      let count = Int(try #require(vector.params["count"]?.number))
      let event = MechanismEvent.discreteGaussian(
        variance: variance,
        shift: .bounded(squaredNorm: sensitivity * sensitivity, dimension: 1)
      ).times(count)
      for result in vector.results where result.quantity == "epsilon" {
        let delta = try #require(result.at["delta"]?.number)
        let value = try #require(result.reference)
        let reference = try #require(value.v.list.first)
        let epsilon = try Accountant.epsilon(of: [event], delta: delta).upper
        let floor = reference - (value.absoluteError ?? 0) - 1e-9 * (1 + reference)
        #expect(epsilon >= floor, "\(vector.id) at \(delta)")
        compared += 1
      }
    }
    #expect(compared == 70)
  }

  @Test func wideDiscreteNoiseCostsWhatContinuousNoiseDoes() throws {
    let event = MechanismEvent.discreteGaussian(
      variance: 1e8 + 4, shift: .bounded(squaredNorm: 1e8, dimension: 250_000)
    ).times(9)
    let discrete = try Accountant.epsilon(of: [event], delta: 1e-6)
    let continuous = GaussianGuarantee.epsilon(noiseMultiplier: 1.0 / 3, delta: 1e-6)
    #expect(discrete.upper >= continuous && discrete.upper < continuous * (1 + 1e-8))
    #expect(discrete.lower <= continuous && discrete.lower > continuous * (1 - 1e-6))
  }

  @Test func narrowDiscreteNoiseIsChargedByTheRenyiBound() throws {
    let event = MechanismEvent.discreteGaussian(
      variance: 1, shift: .bounded(squaredNorm: 1, dimension: 3))
    let bound = try Accountant.epsilon(of: [event], delta: 1e-5)
    let zeroConcentrated = try Accountant.epsilon(
      of: [.zeroConcentrated(rho: 0.5)], delta: 1e-5)
    #expect(bound.method == .renyi && abs(bound.upper - zeroConcentrated.upper) < 1e-6)
  }

  /// Gboard's published figure: rho 0.81 at delta 10^-10 is epsilon 8.9.
  @Test func renyiConversionMatchesAPublishedFigure() throws {
    let bound = try Accountant.epsilon(of: [.zeroConcentrated(rho: 0.81)], delta: 1e-10)
    #expect(abs(bound.upper - 8.922) < 1e-3)
  }

  @Test func lossAddsUpAndFallsWithNoise() throws {
    let once = MechanismEvent.gaussian(noiseMultiplier: 2)
    let split = try Accountant.epsilon(of: [once, once, once, once], delta: 1e-5).upper
    let whole = try Accountant.epsilon(of: [once.times(4)], delta: 1e-5).upper
    #expect(abs(split - whole) <= 1e-9 * whole)
    var previous = Double.infinity
    for variance in [0.5, 1, 4, 7, 8, 9, 20, 100, 1e6] {
      let event = MechanismEvent.discreteGaussian(
        variance: variance, shift: .bounded(squaredNorm: 5, dimension: 3))
      let epsilon = try Accountant.epsilon(of: [event.times(2)], delta: 1e-6).upper
      #expect(epsilon < previous)
      previous = epsilon
    }
  }

  @Test func edgeCases() throws {
    let silent = MechanismEvent.discreteGaussian(
      variance: 0, shift: .bounded(squaredNorm: 4, dimension: 1))
    #expect(try Accountant.epsilon(of: [], delta: 1e-5).upper == 0)
    #expect(try Accountant.epsilon(of: [silent], delta: 1e-5).upper == .infinity)
    let noiseless = MechanismEvent.gaussian(noiseMultiplier: 0)
    #expect(try Accountant.epsilon(of: [noiseless], delta: 1e-5).upper == .infinity)
    #expect(try Accountant.epsilon(of: [noiseless.times(0)], delta: 1e-5).upper == 0)
  }

  @Test(arguments: [0, 1, -1, Double.nan])
  func impossibleDeltasAreRefused(delta: Double) {
    #expect(throws: AccountingError.self) { try Accountant.epsilon(of: [], delta: delta) }
  }

  @Test(arguments: [
    MechanismEvent.gaussian(noiseMultiplier: .nan),
    .gaussian(noiseMultiplier: 1).times(-1),
    .discreteGaussian(variance: -1, shift: .exactly([1])),
    .discreteGaussian(variance: 9, shift: .bounded(squaredNorm: .infinity, dimension: 1)),
    .discreteGaussian(variance: 9, shift: .bounded(squaredNorm: 1, dimension: 0)),
    .discreteGaussian(variance: 9, shift: .exactly([])),
    .sampledGaussian(noiseMultiplier: 1, sampling: .poisson(probability: 1.1)),
    .sampledGaussian(noiseMultiplier: 1, sampling: .fixedSize(size: 11, population: 10)),
    .randomizedResponse(noise: -0.1, buckets: 2),
    .skellam(variance: -.infinity, shift: .exactly([1])),
    .selection(of: .gaussian(noiseMultiplier: 1), repetitions: .poisson(mean: 0.5)),
    .approximate(.gaussian(noiseMultiplier: 1), totalVariation: 2),
    .composed([.laplace(noiseMultiplier: -1)]),
  ])
  func impossibleEventsAreRefused(event: MechanismEvent) {
    #expect(throws: AccountingError.self) { try Accountant.epsilon(of: [event], delta: 1e-5) }
  }

  /// The lemma under the smoothing bound, where its slack is large enough to see.
  @Test(arguments: [0.125, 0.25])
  func smoothedLawStaysWithinTheSlack(smoothing: Double) {
    let variance = 1.0
    let slack = GaussianSurrogate.kernelSlack(smoothingVariance: smoothing)
    let normalizer = (-40...40).reduce(0.0) { $0 + exp(-Double($1 * $1) / (2 * variance)) }
    for k in -4...4 {
      // The trapezoidal rule over the line is exact to the last digits for such integrands.
      let step = 1.0 / 256
      var smoothed = 0.0
      for index in (-3072)...3072 {
        let x = Double(index) * step
        let density = exp(-x * x / (2 * (variance - smoothing)))
        let weights = (-20...20).reduce(0.0) {
          $0 + exp(-(Double($1) - x) * (Double($1) - x) / (2 * smoothing))
        }
        let distance = Double(k) - x
        smoothed += density * exp(-distance * distance / (2 * smoothing)) / weights
      }
      smoothed *= step / (2 * Double.pi * (variance - smoothing)).squareRoot()
      let exact = exp(-Double(k * k) / (2 * variance)) / normalizer
      #expect(abs(log(smoothed / exact)) <= slack)
    }
  }
}
