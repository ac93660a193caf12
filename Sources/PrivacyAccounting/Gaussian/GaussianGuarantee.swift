#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// The exact privacy curve of the Gaussian mechanism.
///
/// The noise multiplier is the noise's standard deviation over the sensitivity; T releases with
/// multiplier z are one with z / sqrt(T). Results are rounded towards more privacy loss.
/// - Source: Balle, Wang 2018, arXiv:1805.06530, Theorem 8.
package enum GaussianGuarantee {
  /// Relative margin over the rounding errors of the double arithmetic below.
  static let margin = 1e-9

  /// The least delta for which the mechanism is (epsilon, delta)-private.
  ///
  /// - Range: `epsilon` >= 0; 1 without noise.
  package static func delta(noiseMultiplier: Double, epsilon: Double) -> Double {
    guard noiseMultiplier > 0 else { return 1 }
    let logarithm = logDelta(mu: 1 / noiseMultiplier, epsilon: epsilon)
    return min(1, exp(logarithm) * (1 + margin))
  }

  /// The least epsilon for which the mechanism is (epsilon, delta)-private.
  ///
  /// - Range: `delta` in (0, 1); infinity without noise.
  package static func epsilon(noiseMultiplier: Double, delta: Double) -> Double {
    guard noiseMultiplier > 0 else { return .infinity }
    return epsilon(mu: 1 / noiseMultiplier, delta: delta)
  }

  /// The least noise multiplier, to one part in 10^8, that makes one release private.
  ///
  /// - Range: `epsilon` > 0, `delta` in (0, 1).
  package static func noiseMultiplier(epsilon: Double, delta: Double) -> Double {
    1 / mu(epsilon: epsilon, delta: delta)
  }

  /// The greatest mu whose mu-Gaussian privacy implies (epsilon, delta)-privacy.
  ///
  /// Lowered by one part in 10^8, so that the epsilon computed back from it is not above `epsilon`
  /// in spite of that one's own margin.
  /// - Range: `epsilon` > 0, `delta` in (0, 1).
  package static func mu(epsilon: Double, delta: Double) -> Double {
    precondition(epsilon > 0 && delta > 0 && delta < 1, "needs epsilon > 0 and 0 < delta < 1")
    let target = log(delta)
    let bracket = RootFinding.bracketUpward(from: 1) { mu in
      logDelta(mu: mu, epsilon: epsilon) > target
    }
    guard let bracket else { return 0 }
    return bracket.lower * (1 - 10 * margin)
  }

  /// As `epsilon(noiseMultiplier:delta:)` for mu = 1 / noiseMultiplier >= 0.
  static func epsilon(mu: Double, delta: Double) -> Double {
    precondition(delta > 0 && delta < 1, "delta must be between 0 and 1")
    guard mu > 0 else { return 0 }
    guard mu.isFinite else { return .infinity }
    let target = log(delta)
    if logDelta(mu: mu, epsilon: 0) <= target { return 0 }
    let bracket = RootFinding.bracketUpward(from: mu) { epsilon in
      logDelta(mu: mu, epsilon: epsilon) <= target
    }
    guard let bracket else { return .infinity }
    return bracket.upper * (1 + margin)
  }

  /// log(Phi(mu/2 - epsilon/mu) - e^epsilon Phi(-mu/2 - epsilon/mu)).
  ///
  /// With a = epsilon/mu - mu/2, b = a + mu and normal density f, e^epsilon f(b) = f(a). So for
  /// a >= 0 the difference is f(a) (M(a) - M(b)) with the Mills ratio M, free of the cancellation
  /// of large exponents; for a < 0 the first term is above 1/2 and the plain form is accurate.
  /// For a tiny mu the difference itself cancels; there M(a) - M(b) <= mu |M'(a)| = mu (1 - a M(a)),
  /// with Birnbaum's 1942 bound M(a) >= 2 / (a + sqrt(a^2 + 4)), serves as an upper bound for
  /// a >= 0, and below that the value at epsilon 0, which is at most mu f(0).
  static func logDelta(mu: Double, epsilon: Double) -> Double {
    let a = epsilon / mu - mu / 2
    let b = epsilon / mu + mu / 2
    let logPeak = -log(2 * Double.pi) / 2
    if mu < 1e-4 {
      let sum = (a * a + 4).squareRoot() + a
      return a >= 0 ? log(4 * mu / (sum * sum)) - a * a / 2 + logPeak : log(mu) + logPeak
    }
    if a >= 0 {
      let difference = SpecialFunctions.millsRatio(a) - SpecialFunctions.millsRatio(b)
      return log(difference) - a * a / 2 + logPeak
    }
    let first = SpecialFunctions.logNormalCDF(-a)
    let second = epsilon + SpecialFunctions.logNormalCDF(-b)
    return first + log(-expm1(min(0, second - first)))
  }
}
