internal import RoundVocabulary
package import SecureAggregation
package import TransparencyLog

extension LoggedMechanism {
  /// What a round does to its sum, as the log has it.
  ///
  /// - Parameter totalVariation: of one device's noise.
  package init(_ config: RoundConfig, totalVariation: Double) {
    let noise = config.noise
    self.init(
      law: noise.law.logged, variance: (noise.varianceNumerator, noise.varianceDenominator),
      totalVariation: noise.law == .none ? 0 : totalVariation,
      squaredNormBound: config.squaredNormBound, dimension: UInt64(config.dimension),
      clipNorm: config.clipNorm, scale: config.scale,
      assurance: CohortAssurance(
        leastSurvivors: config.leastSurvivors,
        mostColluding: config.leastSurvivors - config.leastHonest))
  }
}

extension NoiseTerms.Law {
  fileprivate var logged: LoggedMechanism.Law {
    switch self {
    case .none: .none
    case .skellam: .skellam
    case .discreteGaussian: .discreteGaussian
    }
  }
}
