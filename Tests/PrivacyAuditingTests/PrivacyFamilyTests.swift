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

  static let others: [MechanismEvent] = [
    .sampledGaussian(noiseMultiplier: 1, sampling: .poisson(probability: 0.1)),
    .skellam(variance: 1e9, shift: shift), .discreteGaussian(variance: 7, shift: shift),
    .discreteGaussianSum(variance: 1, contributors: 100, shift: shift),
    .approximate(.gaussian(noiseMultiplier: 1), totalVariation: 1e-6),
    .laplace(noiseMultiplier: 1), .zeroConcentrated(rho: 1), .gaussian(noiseMultiplier: 0),
    .composed([.gaussian(noiseMultiplier: 1), .laplace(noiseMultiplier: 2)]), .composed([]),
  ]

  @Test(arguments: gaussian) func unsampledGaussianNoiseIsOne(event: MechanismEvent) {
    #expect(PrivacyFamily(for: event) == .gaussian)
  }

  @Test(arguments: others) func nothingElseIs(event: MechanismEvent) {
    #expect(PrivacyFamily(for: event) == .approximate)
  }
}
