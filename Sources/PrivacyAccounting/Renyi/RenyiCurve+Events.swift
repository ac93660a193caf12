internal import RoundVocabulary

extension RenyiCurve {
  /// The divergence of one mechanism.
  ///
  /// Under `.replaceOne` the distance between two contributions is twice that of one from none.
  static func term(
    of event: MechanismEvent, neighbors: NeighboringRelation
  ) throws(AccountingError) -> any RenyiTerm {
    let distance = neighbors == .replaceOne ? 2.0 : 1.0
    switch event {
    case .gaussian(let noiseMultiplier):
      return ConcentratedTerm(distance: distance, deviation: noiseMultiplier)
    case .sampledGaussian(let noiseMultiplier, let sampling):
      return try sampled(sampling, noiseMultiplier: noiseMultiplier, neighbors: neighbors)
    case .discreteGaussian, .discreteGaussianSum, .skellam:
      return integerTerm(of: event, neighbors: neighbors)
    case .laplace(let noiseMultiplier):
      return LaplaceTerm(lossBound: distance / noiseMultiplier)
    case .discreteLaplace(let decay, let sensitivity):
      return DiscreteLaplaceTerm(decay: decay, shift: distance * Double(sensitivity))
    case .randomizedResponse(let noise, let buckets):
      return try randomizedResponse(noise: noise, buckets: buckets, neighbors: neighbors)
    case .zeroConcentrated(let rho):
      // Group privacy of zero-concentrated privacy: k^2 rho for a group of k (Bun, Steinke 2016,
      // arXiv:1605.02065, Proposition 1.9).
      return ConcentratedTerm(rho: distance * distance * rho)
    case .selection(let event, let repetitions):
      let single = try RenyiCurve(of: [event], neighbors: neighbors)
      return SelectionTerm.of(single, repetitions: repetitions)
    case .approximate:
      throw .unsupported(
        mechanism: event.name,
        reason: "a distance in total variation has no Renyi divergence; it is charged to delta")
    case .composed, .repeated:
      return try RenyiCurve(of: [event], neighbors: neighbors)
    }
  }

  private static func integerTerm(
    of event: MechanismEvent, neighbors: NeighboringRelation
  ) -> any RenyiTerm {
    func moved(_ shift: MechanismEvent.IntegerShift) -> MechanismEvent.IntegerShift {
      neighbors == .replaceOne ? shift.doubled : shift
    }
    switch event {
    case .discreteGaussian(let variance, let shift):
      return ConcentratedTerm(
        distance: moved(shift).squaredNorm.squareRoot(), deviation: variance.squareRoot())
    case .discreteGaussianSum(let variance, let contributors, let shift):
      return DiscreteGaussianSumTerm(
        variance: variance, contributors: contributors, shift: moved(shift))
    case .skellam(let variance, let shift):
      return SkellamTerm(variance: variance, shift: moved(shift))
    default:
      return ConcentratedTerm(rho: .infinity)
    }
  }

  private static func randomizedResponse(
    noise: Double, buckets: Int, neighbors: NeighboringRelation
  ) throws(AccountingError) -> any RenyiTerm {
    switch neighbors {
    case .replaceOne:
      return RandomizedResponseTerm(noise: noise, buckets: Double(buckets), againstUniform: false)
    case .zeroOut:
      return RandomizedResponseTerm(noise: noise, buckets: Double(buckets), againstUniform: true)
    case .addOrRemoveOne:
      throw .unsupported(
        mechanism: "randomized response",
        reason: "adding or removing a user changes the number of outputs; use zeroOut or replaceOne"
      )
    }
  }

  private static func sampled(
    _ sampling: MechanismEvent.Sampling, noiseMultiplier: Double, neighbors: NeighboringRelation
  ) throws(AccountingError) -> any RenyiTerm {
    switch sampling {
    case .poisson(let probability):
      return poisson(probability, noiseMultiplier: noiseMultiplier, neighbors: neighbors)
    case .fixedSize(let size, let population):
      guard size < population else {
        return poisson(1, noiseMultiplier: noiseMultiplier, neighbors: neighbors)
      }
      // Another user takes the place of one who is not in the sample, so two contributions differ by
      // up to two clip norms (Zhu, Dong, Wang 2022, arXiv:2106.08567).
      let probability = Double(size) / Double(population)
      return neighbors == .addOrRemoveOne
        ? SampledGaussianTerm(probability: probability, deviation: noiseMultiplier / 2)
        : ReplacedInSampleTerm(probability: probability, deviation: noiseMultiplier / 2)
    case .truncatedPoisson(let probability, let cap, let population):
      // A cap that is never reached changes nothing.
      guard cap >= population else {
        throw .unsupported(
          mechanism: "Poisson sampling cut to \(cap) of \(population) users",
          reason: "no Renyi bound is known; use the privacy loss distribution")
      }
      return poisson(probability, noiseMultiplier: noiseMultiplier, neighbors: neighbors)
    }
  }

  private static func poisson(
    _ probability: Double, noiseMultiplier: Double, neighbors: NeighboringRelation
  ) -> any RenyiTerm {
    neighbors == .replaceOne
      ? ReplacedSampledGaussianTerm(probability: probability, deviation: noiseMultiplier)
      : SampledGaussianTerm(probability: probability, deviation: noiseMultiplier)
  }
}
