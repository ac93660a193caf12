internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One continuous Gaussian release that stands for many releases of Gaussian-like noise.
///
/// Continuous Gaussian releases compose to one with mu^2 the sum of theirs, exactly.
///
/// **Discrete Gaussian noise.** Let s > t^2 with t = 2. Draw x from the continuous Gaussian of
/// variance s - t^2, then y from the discrete Gaussian on the integers with parameter t^2 centered
/// at x. The second step commutes with integer shifts, so q + y is post-processing of the
/// continuous Gaussian mechanism with variance s - t^2 on the integer query q. By Poisson summation
/// the normalizer of the second step lies in t sqrt(2 pi) [1 - e, 1 + e] whatever x is, with e the
/// sum over j >= 1 of 2 exp(-2 pi^2 t^2 j^2), and the one of the discrete Gaussian with parameter s
/// in sqrt(2 pi s) [1 - e, 1 + e]. So the law of y and that discrete Gaussian differ by a factor
/// within exp(+-kappa) at every integer, kappa = log((1 + e) / (1 - e)).
///
/// **Sums of them.** The product of the discrete Gaussian weights with parameters a and b at j and
/// k - j is that of parameter a + b at k times that of parameter ab / (a + b) at j, centered off
/// the integers. Summed over j the latter lies within [1 - e, 1 + e] of a constant. So adding one
/// more device to a sum of m costs another kappa at parameter s m / (m + 1) >= s / 2.
///
/// **Skellam noise** is compared with discrete Gaussian noise of the same variance
/// (`SkellamComparison`): within a factor e^(+-K') but for outcomes of a small probability.
///
/// With K the sum of all kappas over coordinates, devices and releases, the transcript differs from
/// that of the surrogate by a factor within exp(+-K), adaptively chosen queries included. If the
/// surrogate is (epsilon, delta)-private, the releases are (epsilon + 2K, e^K delta)-private. The
/// full argument is in protocols/contribution-path.md.
struct GaussianSurrogate {
  /// The squared width t^2 of the smoothing step.
  static let smoothingVariance = 4.0
  /// The least noise variance, of one device, for which discrete noise is taken for Gaussian.
  static let leastVariance = 8.0

  /// The variances of Skellam noise for which the comparison says anything, and for which its table
  /// fits in memory; beyond, Skellam noise is bounded by its Renyi divergences.
  static let skellamVariances = 1e3...0x1p42

  private var squaredMu = 0.0
  private(set) var lowerSquaredMu = 0.0
  /// K.
  private(set) var slack = 0.0
  /// No discrete noise was absorbed: the surrogate is the thing itself.
  private(set) var isExact = true

  /// Skellam noise that was absorbed, and its number of coordinates.
  private var skellam: [(variance: Double, coordinates: Double)] = []

  var mu: Double { squaredMu.squareRoot() * (1 + GaussianGuarantee.margin / 10) }

  /// Takes an event in, if it is Gaussian noise or near enough to it.
  mutating func absorb(
    _ counted: MechanismEvent.Counted, neighbors: NeighboringRelation
  ) -> Bool {
    let factor = neighbors == .replaceOne ? 4.0 : 1
    switch counted.event {
    case .gaussian(let noiseMultiplier):
      let part = counted.count * factor / (noiseMultiplier * noiseMultiplier)
      squaredMu += part
      lowerSquaredMu += part
      return true
    case .sampledGaussian(let noiseMultiplier, .poisson(let probability))
    where probability == 1:
      return absorb(
        MechanismEvent.Counted(
          event: .gaussian(noiseMultiplier: noiseMultiplier), count: counted.count),
        neighbors: neighbors)
    case .discreteGaussian(let variance, let shift) where isWide(variance, shift):
      add(variance, 1, shift, counted.count * factor, count: counted.count)
      return true
    case .discreteGaussianSum(let variance, let contributors, let shift)
    where isWide(variance, shift):
      add(variance, contributors, shift, counted.count * factor, count: counted.count)
      return true
    case .skellam(let variance, .bounded(let squaredNorm, let dimension))
    where Self.skellamVariances.contains(variance):
      let shift = MechanismEvent.IntegerShift.bounded(
        squaredNorm: squaredNorm, dimension: dimension)
      add(variance, 1, shift, counted.count * factor, count: counted.count)
      skellam.append((variance, Double(dimension) * counted.count))
      return true
    default:
      return false
    }
  }

  /// An exactly known shift of few coordinates is left to the loss distribution, which needs no slack.
  private func isWide(_ variance: Double, _ shift: MechanismEvent.IntegerShift) -> Bool {
    guard case .bounded = shift else { return false }
    return variance >= Self.leastVariance
  }

  private mutating func add(
    _ variance: Double, _ devices: Int, _ shift: MechanismEvent.IntegerShift, _ weight: Double,
    count: Double
  ) {
    let total = variance * Double(devices)
    squaredMu += weight * shift.squaredNorm / (total - Self.smoothingVariance)
    // Four squares sum to every number; on fewer coordinates a whole one is certain to be attained.
    let whole = shift.squaredNorm.squareRoot().rounded(.down)
    let attained = shift.dimension >= 4 ? shift.squaredNorm.rounded(.down) : whole * whole
    lowerSquaredMu += weight * attained / (total + Self.smoothingVariance)
    let chain =
      devices > 1
      ? Double(devices - 1) * Self.kernelSlack(smoothingVariance: variance / 2) : 0
    slack +=
      Double(shift.dimension) * count
      * (chain + Self.kernelSlack(smoothingVariance: Self.smoothingVariance))
    isExact = false
  }

  /// What the surrogate costs beside the loss of the mechanism that it stands for.
  struct Charge {
    /// Added to epsilon on both sides: the mechanisms differ by a factor e^(+-slack).
    var slack: Double
    /// The part of delta that is left for the surrogate's own loss.
    var delta: Double
  }

  /// The charge if the final epsilon is at most `epsilon`; nil where nothing of delta is left.
  ///
  /// With d1 and d2 the probabilities of the exceptions under the mechanism and under its stand-in,
  /// P(A) <= e^K P'(A) + d1 and so on through the neighbor: (epsilon + 2K,
  /// e^K delta + d1 + e^(K + epsilon) d2).
  func charge(delta: Double, epsilon: Double) -> Charge? {
    var slack = slack
    var rest = delta
    if !skellam.isEmpty {
      let parts = skellam.map { (SkellamComparison.at(variance: $0.variance), $0.coordinates) }
      let coordinates = skellam.reduce(0) { $0 + $1.coordinates }
      // A thousandth of delta for each direction, and the tails where r was not bounded.
      slack += SkellamComparison.excess(parts, logFailure: log(delta / 1000) - epsilon)
      rest -= delta / 500
      rest -= 4 * coordinates * exp(SkellamComparison.logTail + epsilon)
    }
    rest *= exp(-slack)
    return rest > 0 && slack.isFinite ? Charge(slack: slack, delta: rest) : nil
  }

  /// Epsilon of the mechanism, from the loss of what the surrogate is composed with.
  ///
  /// The charge depends on the answer, so that is guessed from a generous first try and checked.
  func epsilon<E: Error>(
    delta: Double, of loss: (Double) throws(E) -> Double
  ) throws(E) -> Double {
    if skellam.isEmpty {
      guard let charge = charge(delta: delta, epsilon: 0) else { return .infinity }
      return try loss(charge.delta) + 2 * charge.slack
    }
    let guess = try loss(delta / 2) + 1
    guard let charge = charge(delta: delta, epsilon: guess) else { return .infinity }
    let epsilon = try loss(charge.delta) + 2 * charge.slack
    return epsilon <= guess ? epsilon : .infinity
  }

  func epsilon(delta: Double) -> Double {
    epsilon(delta: delta) { GaussianGuarantee.epsilon(mu: mu, delta: $0) }
  }

  /// What any bound must reach: post-processing the releases gives the Gaussian with more noise.
  func lowerEpsilon(delta: Double) -> Double {
    guard skellam.isEmpty else { return 0 }
    let raised = delta * exp(slack)
    guard raised < 1 else { return 0 }
    let mu = lowerSquaredMu.squareRoot()
    return max(0, GaussianGuarantee.epsilon(mu: mu, delta: raised) * (1 - 1e-8) - 2 * slack)
  }

  /// Delta of the mechanism at `epsilon`; nil where the surrogate says nothing about it.
  func delta<E: Error>(
    epsilon: Double, of loss: (Double) throws(E) -> Double
  ) throws(E) -> Double? {
    // For Skellam noise the charge needs a delta; twice the answer is one.
    guard skellam.isEmpty else { return nil }
    return min(1, exp(slack) * (try loss(max(0, epsilon - 2 * slack))))
  }

  /// What any bound on delta must reach.
  func lowerDelta(epsilon: Double) -> Double {
    guard isExact, lowerSquaredMu > 0 else { return 0 }
    let deviation = 1 / (lowerSquaredMu.squareRoot() * (1 - 1e-12))
    return GaussianGuarantee.delta(noiseMultiplier: deviation, epsilon: epsilon) * (1 - 1e-8)
  }

  func delta(epsilon: Double) -> Double? {
    delta(epsilon: epsilon) {
      mu > 0 ? GaussianGuarantee.delta(noiseMultiplier: 1 / mu, epsilon: $0) : 0
    }
  }

  /// kappa: a bound on the log ratio between the smoothed and the true discrete Gaussian.
  ///
  /// The series of e falls so fast that from t^2 = 1/8 on its first term, raised by one part in a
  /// hundred, exceeds the whole sum.
  static func kernelSlack(smoothingVariance: Double) -> Double {
    let e = 2.02 * exp(-2 * Double.pi * Double.pi * smoothingVariance)
    return log1p(e) - log1p(-e)
  }
}
