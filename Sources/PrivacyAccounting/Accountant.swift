#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// Composes mechanism events into one privacy loss.
///
/// Two bounds are computed and the smaller is the answer.
///
/// **Renyi.** A release has Renyi divergence at most alpha D^2 / (2 s) at order alpha, for the
/// discrete Gaussian with parameter s as for the continuous one (Canonne, Kamath, Steinke 2020,
/// arXiv:2004.00010). The sum over releases is converted by Proposition 12 of that paper at the
/// best order.
///
/// **Smoothing.** Let s > t^2 with t = 2. Draw x from the continuous Gaussian of variance s - t^2,
/// then y from the discrete Gaussian on the integers with parameter t^2 centered at x. The second
/// step commutes with integer shifts, so q + y is post-processing of the continuous Gaussian
/// mechanism with variance s - t^2 on the integer query q. By Poisson summation the normalizer of
/// the second step lies in t sqrt(2 pi) [1 - e, 1 + e] whatever x is, with e the sum over j >= 1 of
/// 2 exp(-2 pi^2 t^2 j^2), and the one of the discrete Gaussian with parameter s lies in
/// sqrt(2 pi s) [1 - e, 1 + e]. So the law of y and that discrete Gaussian differ by a factor
/// within exp(+-kappa) at every integer, kappa = log((1 + e) / (1 - e)). With K the sum of
/// dimension * count * kappa over the events, the whole transcript differs from that of the
/// post-processed continuous mechanisms by a factor within exp(+-K), adaptively chosen queries
/// included. Those compose to Gaussian privacy with mu^2 the sum of count * D^2 / (s - t^2). If
/// they are (epsilon, delta)-private, the discrete releases are (epsilon + 2K, e^K delta)-private.
/// The full argument is in protocols/contribution-path.md.
package enum Accountant {
  /// The squared width t^2 of the smoothing step.
  static let smoothingVariance = 4.0
  /// The least noise variance for which the smoothing bound is used.
  static let leastSmoothedVariance = 8.0

  /// An upper bound on the epsilon of all `events` together at `delta`.
  ///
  /// - Edge cases: no events give 0; an event without noise gives infinity.
  /// - Throws: `AccountingError.outOfRange` for a delta outside (0, 1) or an impossible event.
  package static func epsilon(
    of events: [MechanismEvent], delta: Double
  ) throws(AccountingError) -> Double {
    guard delta > 0, delta < 1 else {
      throw .outOfRange(field: "delta", value: delta, allowed: "between 0 and 1, both excluded")
    }
    for event in events { try event.validate() }
    let concentration = concentration(of: events)
    guard concentration > 0 else { return 0 }
    guard concentration.isFinite else { return .infinity }
    let bound = renyiEpsilon(concentration: concentration, delta: delta)
    return min(bound, smoothedEpsilon(of: events, delta: delta))
  }

  /// rho: the Renyi divergence of the composition at order alpha is at most alpha rho.
  static func concentration(of events: [MechanismEvent]) -> Double {
    var rho = 0.0
    for event in events {
      switch event {
      case .discreteGaussian(let variance, let squaredSensitivity, _, let count):
        guard count > 0, squaredSensitivity > 0 else { continue }
        rho += Double(count) * squaredSensitivity / (2 * variance)
      case .gaussian(let noiseMultiplier, let count):
        guard count > 0 else { continue }
        rho += Double(count) / (2 * noiseMultiplier * noiseMultiplier)
      }
    }
    return rho
  }

  /// The Renyi bound at the best order.
  static func renyiEpsilon(concentration rho: Double, delta: Double) -> Double {
    let logDelta = log(delta)
    // Near the order 1 + sqrt(log(1/delta) / rho), the optimum of the simpler conversion.
    let center = log(-logDelta / rho) / 2
    let least = RootFinding.minimum(from: center - 12, to: center + 12) { position in
      let excess = exp(position)
      let order = 1 + excess
      return order * rho + log(excess / order) - (logDelta + log(order)) / excess
    }
    return max(0, least) * (1 + GaussianGuarantee.margin)
  }

  /// The smoothing bound; infinity where the noise is too narrow for it.
  static func smoothedEpsilon(of events: [MechanismEvent], delta: Double) -> Double {
    var squaredMu = 0.0
    var slack = 0.0
    for event in events {
      switch event {
      case .discreteGaussian(let variance, let squaredSensitivity, let dimension, let count):
        guard variance >= leastSmoothedVariance else { return .infinity }
        squaredMu += Double(count) * squaredSensitivity / (variance - smoothingVariance)
        slack += Double(dimension) * Double(count) * kernelSlack
      case .gaussian(let noiseMultiplier, let count):
        guard count > 0 else { continue }
        squaredMu += Double(count) / (noiseMultiplier * noiseMultiplier)
      }
    }
    let narrowedDelta = delta * exp(-slack)
    let mu = squaredMu.squareRoot() * (1 + GaussianGuarantee.margin / 10)
    guard narrowedDelta > 0 else { return .infinity }
    return GaussianGuarantee.epsilon(mu: mu, delta: narrowedDelta) + 2 * slack
  }

  /// kappa at the smoothing width that the accountant uses.
  static let kernelSlack = kernelSlack(smoothingVariance: smoothingVariance)

  /// kappa: a bound on the log ratio between the smoothed and the true discrete Gaussian.
  ///
  /// The series of e falls so fast that from t^2 = 1/8 on its first term, raised by one part in a
  /// hundred, exceeds the whole sum.
  static func kernelSlack(smoothingVariance: Double) -> Double {
    let e = 2.02 * exp(-2 * Double.pi * Double.pi * smoothingVariance)
    return log1p(e) - log1p(-e)
  }
}
