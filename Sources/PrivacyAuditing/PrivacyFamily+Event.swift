package import PrivacyAccounting

extension PrivacyFamily {
  /// The family that a claim about `event` may be measured in.
  ///
  /// Only noise whose trade-off is that of a Gaussian, for every sum and without sampling, may be refuted
  /// as a Gaussian: continuous noise, and discrete Gaussian noise of variance 8 or more on each device,
  /// which differs by less than one part in 10^30. Skellam noise of a variance from 1000 on is near one, and is
  /// measured with its distance taken off; anything else as any (epsilon, delta) claim.
  package init(for event: MechanismEvent) {
    let likeness = event.isGaussian ? .exact : event.gaussianLikeness
    self = likeness.map { .gaussian($0) } ?? .approximate
  }
}

extension MechanismEvent {
  fileprivate var isGaussian: Bool {
    switch self {
    case .gaussian(let noiseMultiplier): noiseMultiplier > 0
    case .discreteGaussian(let variance, _), .discreteGaussianSum(let variance, _, _):
      variance >= 8
    // Samplers are within 2^-50 of their law or so; a larger distance would have to be charged.
    case .approximate(let event, let totalVariation): totalVariation <= 0x1p-50 && event.isGaussian
    case .repeated(let event, _): event.isGaussian
    case .composed(let events): !events.isEmpty && events.allSatisfy(\.isGaussian)
    case .sampledGaussian, .skellam, .laplace, .discreteLaplace, .randomizedResponse,
      .zeroConcentrated, .selection:
      false
    }
  }
}
