internal import NumericalMethods
internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A pair of output laws that dominates one mechanism on every two neighbors, ready for any lattice.
///
/// Every source knows the range of its losses outside of which only a given probability lies, and
/// can put itself on a lattice of any step.
enum LossSource: Sendable, Hashable {
  /// P = (1 - q) N(0, 1) + q N(m, 1) against Q = N(0, 1); with q = 1 two Gaussians.
  case mixture(shift: Double, probability: Double)
  /// P = (1 - q) N(0, 1) + q N(m, 1) against Q = (1 - q) N(0, 1) + q N(-m, 1).
  case twoSidedMixture(shift: Double, probability: Double)
  /// Above loss 0 the mixture pair, below it the pair of its other direction.
  case replacementSample(shift: Double, probability: Double)
  /// With probability `weight` the first, else the second; which one is seen.
  indirect case either(LossSource, weight: Double, LossSource)
  /// Laplace noise of scale 1 and a shift.
  case laplace(shift: Double)
  /// Outcomes with probabilities P and Q.
  case outcomes([Outcome])
  /// Independent integer noise with this law, shifted.
  case shiftedNoise(IntegerNoise, shift: Int)

  struct Outcome: Sendable, Hashable {
    var mass: Double
    var otherMass: Double
  }
}

extension LossSource {
  /// The sources whose independent composition dominates `event`; nil where none is known.
  static func sources(
    of event: MechanismEvent, neighbors: NeighboringRelation
  ) throws(AccountingError) -> [LossSource] {
    let isReplacement = neighbors == .replaceOne
    let factor = isReplacement ? 2.0 : 1
    switch event {
    case .gaussian(let noiseMultiplier):
      return [.mixture(shift: factor / noiseMultiplier, probability: 1)]
    case .sampledGaussian(let noiseMultiplier, let sampling):
      return [try sampled(1 / noiseMultiplier, sampling, neighbors)]
    case .discreteGaussian(let variance, .exactly(let shift)):
      return shifted(.discreteGaussian(variance: variance, terms: 1), shift, isReplacement)
    case .discreteGaussianSum(let variance, let contributors, .exactly(let shift)):
      return shifted(
        .discreteGaussian(variance: variance, terms: contributors), shift, isReplacement)
    case .skellam(let variance, .exactly(let shift)):
      return shifted(.skellam(variance: variance), shift, isReplacement)
    case .laplace(let noiseMultiplier):
      return [.laplace(shift: factor / noiseMultiplier)]
    case .discreteLaplace(let decay, let sensitivity):
      return shifted(.discreteLaplace(decay: decay), [sensitivity], isReplacement)
    case .randomizedResponse(let noise, let buckets):
      return [try response(noise, buckets, neighbors)]
    case .discreteGaussian, .discreteGaussianSum, .skellam:
      throw .unsupported(
        mechanism: event.name, reason: "the worst difference under a norm bound is not known")
    case .zeroConcentrated, .selection:
      throw .unsupported(
        mechanism: event.name, reason: "only Renyi divergences of it are known")
    case .composed, .repeated, .approximate:
      preconditionFailure("compositions are flattened before")
    }
  }

  /// - Source: Zhu, Dong, Wang 2022, arXiv:2106.08567, dominating pairs of Poisson and fixed-size samples;
  ///   Ganesh 2025, arXiv:2508.15089 (truncated samples).
  private static func sampled(
    _ shift: Double, _ sampling: MechanismEvent.Sampling, _ neighbors: NeighboringRelation
  ) throws(AccountingError) -> LossSource {
    let isReplacement = neighbors == .replaceOne
    switch sampling {
    case .poisson(let probability):
      return isReplacement
        ? .twoSidedMixture(shift: shift, probability: probability)
        : .mixture(shift: shift, probability: probability)
    case .fixedSize(let size, let population):
      // Where everybody is in the sample, nothing is drawn.
      guard size < population else {
        return .mixture(shift: (isReplacement ? 2 : 1) * shift, probability: 1)
      }
      let probability = Double(size) / Double(population)
      // Whoever is not in a sample of fixed size leaves the place to another, whatever the neighboring
      // relation: the sum moves by up to two clip norms. Zeroing out is replacing by a silent user.
      return neighbors == .addOrRemoveOne
        ? .mixture(shift: 2 * shift, probability: probability)
        : .replacementSample(shift: 2 * shift, probability: probability)
    case .truncatedPoisson(let probability, let cap, let population):
      guard !isReplacement else {
        throw .unsupported(
          mechanism: "truncated Poisson sampling",
          reason: "no bound is known when one user is replaced by another")
      }
      let plain = LossSource.mixture(shift: shift, probability: probability)
      let full = Binomial.logUpperTail(
        from: cap, trials: population - 1, probability: probability)
      guard cap <= population - 1, full > -.infinity else { return plain }
      let over = Binomial.logUpperTail(
        from: cap + 1, trials: population, probability: probability)
      let truncation = exp(full)
      let conditional = min(
        1, exp(over - full) * Double(cap) / Double(population) * (1 + 1e-12))
      return .either(
        .twoSidedMixture(shift: 2 * shift, probability: conditional),
        weight: min(1, truncation * (1 + 1e-12)), plain)
    }
  }

  /// The most entries of a table of integer noise, and of one that has to be convolved.
  private static let mostEntries = (plain: 0x1p21, convolved: 0x1p13)
  /// The greatest loss, summed over all runs, that lattice points can still tell apart.
  private static let greatestLoss = 1e12

  /// Throws where a lattice of the losses would take more memory or precision than there is: Renyi
  /// divergences bound such mechanisms, too.
  func checkLattice(count: Double, of event: MechanismEvent) throws(AccountingError) {
    let entries: Double
    var most = Self.mostEntries.plain
    var loss = 0.0
    switch self {
    case .mixture(let shift, _), .twoSidedMixture(let shift, _), .replacementSample(let shift, _):
      (entries, loss) = (0, shift * shift + 40 * shift)
    case .either(let first, _, let second):
      try first.checkLattice(count: count, of: event)
      return try second.checkLattice(count: count, of: event)
    case .laplace(let shift): (entries, loss) = (0, shift)
    case .outcomes: entries = 0
    case .shiftedNoise(let noise, let shift):
      entries = noise.entryCount + Double(shift)
      if noise.isConvolved { most = Self.mostEntries.convolved }
    }
    guard entries <= most, loss * count <= Self.greatestLoss else {
      throw .unsupported(
        mechanism: event.name, reason: "its privacy losses are too many or too great for a lattice")
    }
  }

  private static func shifted(
    _ noise: IntegerNoise, _ shift: [Int], _ isReplacement: Bool
  ) -> [LossSource] {
    // All these laws are symmetric, so the sign of a shift does not matter.
    shift.compactMap { coordinate in
      let distance = Int(coordinate.magnitude) * (isReplacement ? 2 : 1)
      return distance == 0 ? nil : .shiftedNoise(noise, shift: distance)
    }
  }

  private static func response(
    _ noise: Double, _ buckets: Int, _ neighbors: NeighboringRelation
  ) throws(AccountingError) -> LossSource {
    let k = Double(buckets)
    let (kept, other) = (1 - noise + noise / k, noise / k)
    switch neighbors {
    case .replaceOne:
      return .outcomes([
        Outcome(mass: kept, otherMass: other), Outcome(mass: other, otherMass: kept),
        Outcome(mass: (k - 2) * other, otherMass: (k - 2) * other),
      ])
    case .zeroOut:
      return .outcomes([
        Outcome(mass: kept, otherMass: 1 / k),
        Outcome(mass: (k - 1) * other, otherMass: (k - 1) / k),
      ])
    case .addOrRemoveOne:
      throw .unsupported(
        mechanism: "randomized response", reason: "without a user there is no response")
    }
  }
}
