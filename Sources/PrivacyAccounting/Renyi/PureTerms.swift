#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// A divergence proportional to the order: a rho.
struct ConcentratedTerm: RenyiTerm {
  let rho: Double

  init(rho: Double) { self.rho = rho }

  /// Gaussian noise, and the discrete Gaussian with parameter deviation^2: rho = D^2 / (2 s^2).
  ///
  /// - Source: Mironov 2017, arXiv:1702.07476, Proposition 7; Canonne, Kamath, Steinke 2020,
  ///   arXiv:2004.00010, that the discrete Gaussian is as concentrated, coordinate by coordinate and so
  ///   for vectors.
  init(distance: Double, deviation: Double) {
    let ratio = distance == 0 ? 0 : distance / deviation
    rho = ratio * ratio / 2
  }

  func divergence(order: Double) -> Double { rho == 0 ? 0 : order * rho }
}

/// Laplace noise whose pure loss is at most `lossBound` e.
///
/// D_a = log(1 + (a (e^((a - 1) e) - 1) + (a - 1) (e^(-a e) - 1)) / (2 a - 1)) / (a - 1), exact.
/// - Source: Mironov 2017, arXiv:1702.07476, Proposition 6, rearranged.
struct LaplaceTerm: RenyiTerm {
  let lossBound: Double

  func divergence(order a: Double) -> Double {
    guard lossBound > 0 else { return 0 }
    guard lossBound.isFinite else { return .infinity }
    if a * lossBound < 0.5 {
      return log1p(a * (a - 1) / (2 * a - 1) * series(a)) / (a - 1)
    }
    if (a - 1) * lossBound > 30 {
      let small = log1p((a - 1) / a * exp(-(2 * a - 1) * lossBound))
      return lossBound + (log(a / (2 * a - 1)) + small) / (a - 1)
    }
    let excess = a * expm1((a - 1) * lossBound) + (a - 1) * expm1(-a * lossBound)
    return log1p(excess / (2 * a - 1)) / (a - 1)
  }

  /// The sum over k >= 2 of e^k / k! ((a - 1)^(k-1) + (-1)^k a^(k-1)), for a e < 1/2.
  private func series(_ a: Double) -> Double {
    var power = lossBound
    var (below, above) = (1.0, -1.0)
    var sum = 0.0
    for k in 2..<40 {
      power *= lossBound / Double(k)
      below *= a - 1
      above *= -a
      let term = power * (below + above)
      sum += term
      if abs(term) < 1e-18 * sum { break }
    }
    return sum
  }
}

/// An integer plus noise with P(k) proportional to e^(-decay |k|), moved by `shift` D.
///
/// Exact: the loss is decay D for k <= 0, decay (D - 2k) in between and -decay D for k >= D. For a
/// shift above 2^16 the bounds of a pure loss e = decay D: min(e, a e^2 / 2) (Bun, Steinke 2016,
/// arXiv:1605.02065, Proposition 1.4).
struct DiscreteLaplaceTerm: RenyiTerm {
  let decay: Double
  let shift: Double

  func divergence(order: Double) -> Double {
    guard shift > 0 else { return 0 }
    // Without decay there is no such law.
    guard decay > 0 else { return .infinity }
    let loss = decay * shift
    guard shift <= 65_536 else { return min(loss, order * loss * loss / 2) }
    let order = max(order, RenyiDivergence.leastOrder)
    // The other law has P(k <= 0) = e^(-decay D) / (1 + e^-decay), P(k >= D) = 1 / (1 + e^-decay).
    let logSide = -log1p(exp(-decay))
    var sum = LogSum()
    sum.add(logSide - loss + RenyiDivergence.logExcess(order: order, logRatio: loss))
    sum.add(logSide + RenyiDivergence.logExcess(order: order, logRatio: -loss))
    let logPeak = log(tanh(decay / 2))
    for k in stride(from: 1, to: shift, by: 1) {
      let logRatio = decay * (shift - 2 * k)
      sum.add(
        logPeak - decay * (shift - k)
          + RenyiDivergence.logExcess(order: order, logRatio: logRatio))
    }
    return RenyiDivergence.divergence(order: order, logExcess: sum.value)
  }
}

/// One of k values, replaced by a uniform one with probability p, exactly.
///
/// Replacing one value by another exchanges the probabilities 1 - p + p/k and p/k of two outputs.
/// Against a uniform value one output is k (1 - p) + p times as likely and all others p times; the
/// larger of both directions counts.
struct RandomizedResponseTerm: RenyiTerm {
  let noise: Double
  let buckets: Double
  let againstUniform: Bool

  func divergence(order: Double) -> Double {
    guard buckets > 1, noise < 1 else { return 0 }
    guard noise > 0 else { return .infinity }
    let order = max(order, RenyiDivergence.leastOrder)
    let likely = log1p((buckets - 1) * (1 - noise))
    let rare = log(noise)
    guard againstUniform else {
      return mean(
        order, [(rare - log(buckets), likely - rare), (likely - log(buckets), rare - likely)])
    }
    let (single, others) = (-log(buckets), log((buckets - 1) / buckets))
    return max(
      mean(order, [(single, likely), (others, rare)]),
      mean(order, [(single + likely, -likely), (others + rare, -rare)]))
  }

  /// The divergence with the given logarithms of probabilities under Q and likelihood ratios.
  private func mean(_ order: Double, _ outputs: [(weight: Double, ratio: Double)]) -> Double {
    var sum = LogSum()
    for (weight, ratio) in outputs {
      sum.add(weight + RenyiDivergence.logExcess(order: order, logRatio: ratio))
    }
    return RenyiDivergence.divergence(order: order, logExcess: sum.value)
  }
}
