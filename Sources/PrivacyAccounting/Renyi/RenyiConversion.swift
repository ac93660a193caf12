#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// From a Renyi divergence D_a of one order a to epsilon and delta.
///
/// The divergence bounds both directions, and so do the results.
/// - Source: Canonne, Kamath, Steinke 2020, arXiv:2004.00010, Proposition 12; for small divergences
///   the total variation distance, at most sqrt(1 - e^-D) (Bretagnolle, Huber 1979), as the
///   Kullback-Leibler divergence is at most D_a.
package enum RenyiConversion {
  /// The least epsilon at `delta`: D + log(1 - 1/a) - (log(delta) + log(a)) / (a - 1), at least 0.
  ///
  /// - Range: `order` above 1, `divergence` at least 0, `delta` in (0, 1).
  package static func epsilon(order a: Double, divergence: Double, delta: Double) -> Double {
    guard divergence.isFinite else { return .infinity }
    // The total variation distance is already at most delta.
    if -expm1(-divergence) < delta * delta * (1 - RenyiDivergence.margin) { return 0 }
    let growth = log1p(-1 / a)
    let price = (log(delta) + log(a)) / (a - 1)
    let roundings = 0x1p-50 * (divergence + abs(growth) + abs(price))
    return max(0, divergence + growth - price + roundings) * (1 + RenyiDivergence.margin)
  }

  /// The least delta at `epsilon`: e^((a - 1) (D - epsilon + log(1 - 1/a))) / a.
  ///
  /// - Range: `order` above 1, `divergence` at least 0, `epsilon` at least 0; at most 1, and 0 for a
  ///   divergence of 0 only.
  package static func delta(order: Double, divergence: Double, epsilon: Double) -> Double {
    delta(logDelta: logDelta(order: order, divergence: divergence, epsilon: epsilon))
  }

  /// The logarithm of that delta, which may be far below the least positive number.
  static func logDelta(order a: Double, divergence: Double, epsilon: Double) -> Double {
    guard divergence.isFinite else { return 0 }
    let distance = log(-expm1(-divergence)) / 2
    let growth = log1p(-1 / a)
    let roundings = 0x1p-50 * (divergence + epsilon + abs(growth))
    let converted = (a - 1) * (divergence - epsilon + growth + roundings) - log(a)
    return min(0, distance, converted)
  }

  /// exp, rounded up and never to 0.
  static func delta(logDelta: Double) -> Double {
    guard logDelta > -.infinity else { return 0 }
    return min(1, max(.leastNormalMagnitude, exp(logDelta) * (1 + RenyiDivergence.margin)))
  }

  /// The greatest divergence that still gives `epsilon` at `delta`; negative when none does.
  static func divergence(order a: Double, epsilon: Double, delta: Double) -> Double {
    let growth = log1p(-1 / a)
    let price = (log(delta) + log(a)) / (a - 1)
    let roundings = 0x1p-50 * (epsilon + abs(growth) + abs(price))
    return epsilon * (1 - 2 * RenyiDivergence.margin) - growth + price - 2 * roundings
  }
}
