/// What a mechanism did to one user's data, as far as its privacy loss depends on it.
///
/// Sensitivities are those of one contribution against none: `NeighboringRelation.zeroOut` and
/// `.addOrRemoveOne`. An accountant that is asked about `.replaceOne` doubles them.
package indirect enum MechanismEvent: Sendable, Equatable, Hashable {
  /// A real vector plus Gaussian noise of `noiseMultiplier` times its L2 sensitivity.
  case gaussian(noiseMultiplier: Double)
  /// The same over a random part of the users, whose choice stays secret.
  case sampledGaussian(noiseMultiplier: Double, sampling: Sampling)
  /// An integer vector plus the discrete Gaussian with parameter `variance` on every coordinate.
  case discreteGaussian(variance: Double, shift: IntegerShift)
  /// The same where `contributors` devices each add an independent one with parameter `variance`.
  case discreteGaussianSum(variance: Double, contributors: Int, shift: IntegerShift)
  /// An integer vector plus Poisson(v/2) - Poisson(v/2) noise of `variance` v on every coordinate.
  ///
  /// The noise of several devices is one Skellam noise whose variance is the sum of theirs.
  case skellam(variance: Double, shift: IntegerShift)
  /// A real vector plus Laplace noise of scale `noiseMultiplier` times its L1 sensitivity.
  case laplace(noiseMultiplier: Double)
  /// An integer plus noise with P(k) proportional to exp(-`decay` |k|).
  case discreteLaplace(decay: Double, sensitivity: Int)
  /// One of `buckets` values, replaced by a uniform one with probability `noise`.
  ///
  /// Zero-out means that the value is uniform; adding or removing a user has no meaning here.
  case randomizedResponse(noise: Double, buckets: Int)
  /// Anything that is rho-zero-concentrated differentially private.
  case zeroConcentrated(rho: Double)
  /// The best of a random number of runs of a mechanism; nothing of the other runs is shown.
  case selection(of: MechanismEvent, repetitions: RepetitionLaw)
  /// A mechanism whose output law is within `totalVariation` of the given one's, on every input.
  case approximate(MechanismEvent, totalVariation: Double)
  /// Several mechanisms one after the other, each allowed to depend on earlier outputs.
  case composed([MechanismEvent])
  /// One mechanism `count` times, as in `composed`.
  case repeated(MechanismEvent, count: Int)

  /// How the users of one release are chosen.
  package enum Sampling: Sendable, Equatable, Hashable {
    /// Every user takes part with `probability`, independently.
    case poisson(probability: Double)
    /// A uniformly random set of `size` among `population` users.
    case fixedSize(size: Int, population: Int)
    /// As `poisson`, cut to a random set of `cap` where more than that were drawn.
    case truncatedPoisson(probability: Double, cap: Int, population: Int)
  }

  /// The difference between an integer query's values on two neighbors.
  package enum IntegerShift: Sendable, Equatable, Hashable {
    /// Exactly this vector, in one of the two directions.
    case exactly([Int])
    /// Any vector of `dimension` integers with at most this squared L2 norm.
    case bounded(squaredNorm: Double, dimension: Int)
  }

  /// How the number of runs behind a published best one is drawn.
  ///
  /// - Source: Papernot, Steinke 2022, arXiv:2110.03620, Definition 1.
  package enum RepetitionLaw: Sendable, Equatable, Hashable {
    case poisson(mean: Double)
    /// Shape 1 is the geometric law, shape 0 the logarithmic one.
    case truncatedNegativeBinomial(mean: Double, shape: Double)
  }

  /// This mechanism `count` times.
  package func times(_ count: Int) -> MechanismEvent {
    count == 1 ? self : .repeated(self, count: count)
  }
}

extension MechanismEvent.IntegerShift {
  /// The greatest squared L2 norm.
  package var squaredNorm: Double {
    switch self {
    case .exactly(let shift): shift.reduce(0) { $0 + Double($1) * Double($1) }
    case .bounded(let squaredNorm, _): squaredNorm
    }
  }

  /// The greatest L1 norm: for integers it is at most the squared L2 norm, too.
  package var absoluteNorm: Double {
    switch self {
    case .exactly(let shift): shift.reduce(0) { $0 + Double($1.magnitude) }
    case .bounded(let squaredNorm, let dimension):
      min(squaredNorm, (squaredNorm * Double(dimension)).squareRoot().nextUp)
    }
  }

  package var dimension: Int {
    switch self {
    case .exactly(let shift): shift.count
    case .bounded(_, let dimension): dimension
    }
  }

  /// The shift between two different contributions: twice as far at most.
  var doubled: Self {
    switch self {
    case .exactly(let shift): .exactly(shift.map { 2 * $0 })
    case .bounded(let squaredNorm, let dimension):
      .bounded(squaredNorm: 4 * squaredNorm, dimension: dimension)
    }
  }
}
