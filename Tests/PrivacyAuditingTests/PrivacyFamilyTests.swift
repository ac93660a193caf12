import PrivacyAccounting
import Testing

@testable import PrivacyAuditing

/// Which claims may be refuted as Gaussian noise.
@Suite struct PrivacyFamilyTests {
  private static let shift = MechanismEvent.IntegerShift.bounded(squaredNorm: 100, dimension: 4)

  static let gaussian: [MechanismEvent] = [
    .gaussian(noiseMultiplier: 1), .repeated(.gaussian(noiseMultiplier: 1), count: 5),
    .discreteGaussian(variance: 8, shift: shift),
    .approximate(
      .discreteGaussianSum(variance: 9, contributors: 10, shift: shift), totalVariation: 0x1p-60),
    .composed([.gaussian(noiseMultiplier: 1), .gaussian(noiseMultiplier: 2)]),
  ]

  /// Measured as Gaussian noise, with the distance taken off.
  static let near: [MechanismEvent] = [
    .skellam(variance: 1e9, shift: shift),
    .repeated(.skellam(variance: 1e3, shift: shift), count: 5),
    .approximate(.gaussian(noiseMultiplier: 1), totalVariation: 1e-6),
  ]

  static let others: [MechanismEvent] = [
    .sampledGaussian(noiseMultiplier: 1, sampling: .poisson(probability: 0.1)),
    .skellam(variance: 999, shift: shift), .discreteGaussian(variance: 7, shift: shift),
    .discreteGaussianSum(variance: 1, contributors: 100, shift: shift),
    .laplace(noiseMultiplier: 1), .zeroConcentrated(rho: 1), .gaussian(noiseMultiplier: 0),
    .composed([.gaussian(noiseMultiplier: 1), .laplace(noiseMultiplier: 2)]), .composed([]),
  ]

  @Test(arguments: gaussian) func unsampledGaussianNoiseIsOne(event: MechanismEvent) {
    #expect(PrivacyFamily(for: event) == .gaussian(.exact))
  }

  @Test(arguments: near) func noiseThatIsNearAGaussianIsOneWithADistance(
    event: MechanismEvent
  ) throws {
    let likeness = try #require(event.gaussianLikeness)
    #expect(PrivacyFamily(for: event) == .gaussian(likeness))
    #expect(likeness != .exact)
  }

  /// Skellam noise on one coordinate, moved by the whole sensitivity: every test by a threshold obeys the curve.
  ///
  /// At variance 1000 the distance is great, and a Gaussian's own curve would be wrong.
  @Test func theCurveIsBelowThatOfSkellamNoise() throws {
    let (variance, shift) = (1_000.0, 32)
    let event = MechanismEvent.skellam(
      variance: variance, shift: .bounded(squaredNorm: Double(shift * shift), dimension: 1))
    let likeness = try #require(event.gaussianLikeness)
    // By the recurrence of modified Bessel functions: p(k) / p(k-1) = 1 / (2k/v + p(k+1)/p(k)).
    var ratios = [Double](repeating: 0, count: 601)
    for k in stride(from: 599, to: 0, by: -1) {
      ratios[k] = 1 / (2 * Double(k) / variance + ratios[k + 1])
    }
    var masses = [1.0]
    for k in 1...500 { masses.append(masses[k - 1] * ratios[k]) }
    let total = 2 * masses.reduce(0, +) - 1
    func tail(from k: Int) -> Double {
      (k...500).reduce(0) { $0 + masses[abs($1)] } / total
    }
    let curve = TradeOffCurve.gaussian(
      mu: Double(shift) / variance.squareRoot(), likeness)
    for threshold in stride(from: -120, through: 120, by: 8) {
      #expect(
        curve.leastProbability(ofLikely: tail(from: threshold)) <= tail(from: threshold + shift))
    }
  }

  /// What is taken off falls with the variance, and is nothing at those that plans have.
  @Test func wideSkellamNoiseIsMeasuredAsSharplyAsGaussianNoise() throws {
    let outcome = try OneRunOutcome(canaries: 500, guesses: 150, correct: 140)
    let bounds = try [1e3, 1e5, 1e9].map { variance in
      let event = MechanismEvent.skellam(
        variance: variance, shift: .bounded(squaredNorm: variance, dimension: 500))
      return try outcome.epsilonLowerBound(
        in: PrivacyFamily(for: event), delta: 1e-5, significance: 0.05)
    }
    let sharp = try outcome.epsilonLowerBound(
      in: .gaussian(.exact), delta: 1e-5, significance: 0.05)
    #expect(bounds == bounds.sorted() && bounds[2] < sharp && bounds[2] > 0.999 * sharp)
  }

  /// Were every curve up to that of the stand-in refuted, the bound would still not be above what is claimed.
  @Test(arguments: [1e3, 3e3, 1e4, 1e5, 1e7], [1, 500, 20_000])
  func noClaimOfSkellamNoiseIsRefutedByItsOwnCurve(variance: Double, dimension: Int) throws {
    for mu in [0.5, 2, 6] {
      let event = MechanismEvent.skellam(
        variance: variance,
        shift: .bounded(squaredNorm: (mu * mu * variance).rounded(), dimension: dimension))
      let likeness = try #require(event.gaussianLikeness)
      let standIn = ((mu * mu * variance).rounded() / (variance - 4)).squareRoot()
      let bound = GaussianGuarantee.epsilonFromBelow(mu: standIn, delta: 1e-5, likeness)
      #expect(bound <= (try Accountant.epsilon(of: [event], delta: 1e-5).upper), "mu \(mu)")
    }
  }

  @Test(arguments: others) func nothingElseIs(event: MechanismEvent) {
    #expect(PrivacyFamily(for: event) == .approximate)
  }
}
