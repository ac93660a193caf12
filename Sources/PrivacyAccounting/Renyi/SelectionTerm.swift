#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// The best of a random number of runs.
///
/// - Source: Papernot, Steinke 2022, arXiv:2110.03620.
enum SelectionTerm {
  static func of(_ single: RenyiCurve, repetitions: MechanismEvent.RepetitionLaw) -> any RenyiTerm {
    switch repetitions {
    case .poisson(let mean):
      return PoissonSelection(single: single, mean: mean)
    case .truncatedNegativeBinomial(let mean, let shape):
      return NegativeBinomialSelection(single: single, mean: mean, shape: shape)
    }
  }
}

/// A Poisson number of runs: D_a <= D_a of one run + mean delta' + log(mean) / (a - 1).
///
/// delta' is the delta of one run at epsilon' = log(1 + 1 / (a - 1)) (Theorem 6), from the
/// divergences of one run at the best order.
private struct PoissonSelection: RenyiTerm {
  let single: RenyiCurve
  let mean: Double

  func divergence(order: Double) -> Double {
    let epsilon = log1p(1 / (order - 1))
    let logDelta = OrderSearch.minimum { other in
      RenyiConversion.logDelta(
        order: other, divergence: single.bound(order: other), epsilon: epsilon)
    }
    let delta = RenyiConversion.delta(logDelta: logDelta.value)
    return single.divergence(order: order) + mean * delta + log(mean) / (order - 1)
  }
}

/// A truncated negative binomial number of runs with shape eta and success probability gamma.
///
/// D_a <= D_a of one run + (1 + eta) ((1 - 1/b) D_b of one run - log(gamma) / b) + log(mean) / (a - 1)
/// for every order b > 1 (Theorem 2); the best b is looked for once. A divergence grows with its
/// order, so the value at the order where this bound is least serves all orders below it.
private struct NegativeBinomialSelection: RenyiTerm {
  private let single: RenyiCurve
  private let logMean: Double
  private let constant: Double
  private let best: OrderSearch.Result

  init(single: RenyiCurve, mean: Double, shape: Double) {
    self.single = single
    let logMean = log(mean)
    self.logMean = logMean
    let logInverse = -log(Self.successProbability(mean: mean, shape: shape))
    constant =
      (1 + shape)
      * OrderSearch.minimum { order in
        (1 - 1 / order) * single.divergence(order: order) + logInverse / order
      }.value
    best = OrderSearch.minimum { order in
      single.divergence(order: order) + logMean / (order - 1)
    }
  }

  func divergence(order: Double) -> Double {
    let own = single.divergence(order: order) + logMean / (order - 1)
    return constant + (order < best.order ? min(own, best.value) : own)
  }

  /// gamma, rounded down, from the mean shape (1 - gamma) / (gamma (1 - gamma^shape)).
  ///
  /// At shape 0 the limit (1 / gamma - 1) / log(1 / gamma); the mean falls with gamma.
  private static func successProbability(mean: Double, shape: Double) -> Double {
    guard mean > 1 else { return 1 }
    if shape == 1 { return (1 / mean).nextDown }
    let logarithm = RootFinding.bisect(from: -700, to: -1e-300) { logGamma in
      Self.mean(logGamma: logGamma, shape: shape) < mean
    }
    return exp(logarithm.lower) * (1 - 1e-14)
  }

  private static func mean(logGamma: Double, shape: Double) -> Double {
    // (1 - gamma) / gamma, without cancellation.
    let odds = expm1(-logGamma)
    return shape == 0 ? odds / -logGamma : shape * odds / -expm1(shape * logGamma)
  }
}
