#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

extension RenyiDivergence {
  /// log(w^a - 1 - a (w - 1)) for the likelihood ratio w = exp(`logRatio`).
  ///
  /// Since E_Q[w] = 1, E_Q[w^a] - 1 is the mean under Q of this excess. It is nonnegative (Bernoulli's
  /// inequality), so even the smallest divergence is a sum without cancellation.
  ///
  /// With x = a |log w| below 1/2 the excess is a (a - 1) times the sum over k >= 2 of
  /// s_k (log w)^k / k!, s_k = 1 + a + ... + a^(k-2): terms that fall faster than 2^-k. Elsewhere the
  /// definition loses at most a factor of about 10 / (a - 1) of its accuracy.
  /// - Range: `order` at least `leastOrder`; minus infinity at w = 1.
  static func logExcess(order a: Double, logRatio: Double) -> Double {
    let exponent = a * logRatio
    if abs(exponent) < 0.5 {
      guard logRatio != 0 else { return -.infinity }
      return log(a * (a - 1) * excessSeries(order: a, logRatio: logRatio))
    }
    if exponent > 40 {
      // 1 + a (w - 1) = a w - (a - 1), over w^a.
      let linear = exp(log(a) + logRatio - exponent) - (a - 1) * exp(-exponent)
      return exponent + log1p(-linear)
    }
    return log(expm1(exponent) - a * expm1(logRatio))
  }

  private static func excessSeries(order a: Double, logRatio: Double) -> Double {
    var power = logRatio * logRatio / 2
    var geometric = 1.0
    var sum = power
    for k in 3..<40 {
      power *= logRatio / Double(k)
      geometric = geometric * a + 1
      let term = power * geometric
      sum += term
      if abs(term) < 1e-18 * sum { break }
    }
    return sum
  }

  /// log(1 + exp(`logExcess`)) / (a - 1): the divergence of a mean excess.
  static func divergence(order: Double, logExcess: Double) -> Double {
    LogSum.ofOne(and: logExcess) / (order - 1)
  }
}

/// The integral of the excess over a line, by the trapezoidal rule.
///
/// For a function that is analytic in the strip |Im x| < y, the rule with step h errs by at most
/// 2 M / (e^(2 pi y / h) - 1), M the greatest integral of the modulus over a line of the strip
/// (Trefethen, Weideman 2014, Theorem 5.1): the user states y and M for its integrand.
///
/// Points beyond `core` are visited only where a bound shows that they may count.
struct ExcessQuadrature<Integrand: ExcessIntegrand> {
  let integrand: Integrand
  let order: Double
  let step: Double

  /// Standard deviations beyond which the normal density is below e^-50 of its peak.
  static var reach: Double { 10 }
  /// e^-70 of the sum for each of at most e^20 points is nothing.
  private static var cutoff: Double { 70 }
  /// So many points are cheaper to evaluate than to bound.
  private static var leastRange: Int { 8 }

  /// log of the integral from `lower` to `upper`, every point up to `core` included.
  func logIntegral(from lower: Double, core: Double, to upper: Double) -> Double {
    var sum = LogSum()
    let first = Int((lower / step).rounded(.down))
    let last = Int((upper / step).rounded(.up))
    let inner = min(last, Int((core / step).rounded(.up)))
    for index in first...max(first, inner) { sum.add(logTerm(index)) }
    // A stack of ranges, the upper half of each first: large orders have their mass there.
    var ranges = inner < last ? [(inner + 1, last)] : []
    while let (low, high) = ranges.popLast() {
      guard logBound(low, high) > sum.lowerBound - Self.cutoff else { continue }
      if high - low < Self.leastRange {
        for index in low...high { sum.add(logTerm(index)) }
      } else {
        let middle = low + (high - low) / 2
        ranges.append((low, middle))
        ranges.append((middle + 1, high))
      }
    }
    return sum.value + log(step)
  }

  private func logTerm(_ index: Int) -> Double {
    let x = Double(index) * step
    return integrand.logDensity(x)
      + RenyiDivergence.logExcess(order: order, logRatio: integrand.logRatio(x))
  }

  /// A bound on the terms of a range: the excess is at most w^a where w >= 1, at most a elsewhere.
  private func logBound(_ low: Int, _ high: Int) -> Double {
    integrand.logDensity(Double(low) * step)
      + max(order * integrand.logRatio(Double(high) * step), log(order))
  }
}

/// A pair of densities on the line.
protocol ExcessIntegrand {
  /// log Q(x); it must not increase beyond the quadrature's core.
  func logDensity(_ x: Double) -> Double
  /// log(P(x) / Q(x)); it must not decrease.
  func logRatio(_ x: Double) -> Double
}

extension ExcessIntegrand {
  /// log(1 - q + q e^t) without overflow.
  static func logMixture(_ probability: Double, _ t: Double) -> Double {
    t > 30
      ? log(probability) + t + log1p((1 / probability - 1) * exp(-t))
      : log1p(probability * expm1(t))
  }
}
