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
/// With K the sum of all kappas over coordinates, devices and releases, the transcript differs from
/// that of the surrogate by a factor within exp(+-K), adaptively chosen queries included. If the
/// surrogate is (epsilon, delta)-private, the releases are (epsilon + 2K, e^K delta)-private. The
/// full argument is in protocols/contribution-path.md.
struct GaussianSurrogate {
  /// The squared width t^2 of the smoothing step.
  static let smoothingVariance = 4.0
  /// The least noise variance, of one device, for which discrete noise is taken for Gaussian.
  static let leastVariance = 8.0

  private var squaredMu = 0.0
  private var lowerSquaredMu = 0.0
  /// K.
  private(set) var slack = 0.0
  /// No discrete noise was absorbed: the surrogate is the thing itself.
  private(set) var isExact = true

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

  func epsilon(delta: Double) -> Double {
    let narrowed = delta * exp(-slack)
    guard narrowed > 0 else { return .infinity }
    return GaussianGuarantee.epsilon(mu: mu, delta: narrowed) + 2 * slack
  }

  /// What any bound must reach: post-processing the releases gives the Gaussian with more noise.
  func lowerEpsilon(delta: Double) -> Double {
    let raised = delta * exp(slack)
    guard raised < 1 else { return 0 }
    let mu = lowerSquaredMu.squareRoot()
    return max(0, GaussianGuarantee.epsilon(mu: mu, delta: raised) * (1 - 1e-8) - 2 * slack)
  }

  func delta(epsilon: Double) -> Double {
    guard mu > 0 else { return 0 }
    return min(
      1,
      exp(slack)
        * GaussianGuarantee.delta(
          noiseMultiplier: 1 / mu, epsilon: max(0, epsilon - 2 * slack)))
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
