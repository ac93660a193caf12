internal import NumericalMethods
package import PrivacyAccounting

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Which mechanisms a bound speaks of.
///
/// A bound on epsilon is found by refuting one curve after the other: the least epsilon of those
/// that the measurement cannot refute.
package enum PrivacyFamily: Sendable, Hashable {
  /// All (epsilon, delta)-private mechanisms: what is refuted is the epsilon at this delta.
  case approximate
  /// Mechanisms whose whole trade-off is that of Gaussian noise.
  ///
  /// What is refuted is Gaussian noise with a parameter, and epsilon is its value at delta. The
  /// bound is sharper, and says nothing against a claim that is not made of Gaussian noise, such as
  /// one with sampling: that may keep its epsilon at this delta and still be no Gaussian mechanism.
  /// Noise that is near a Gaussian, as wide Skellam noise is, is refuted by a curve that is lower by its
  /// proven distance.
  case gaussian(GaussianLikeness)
}

/// How far the probability of an event may rise between neighbors.
enum TradeOffCurve {
  case approximate(epsilon: Double, delta: Double)
  /// `mu` is the sensitivity over the noise's standard deviation.
  case gaussian(mu: Double, GaussianLikeness = .exact)

  /// The least probability that an event of probability `x` may have on a neighbor.
  ///
  /// Increasing in `x`, decreasing in epsilon, delta and mu, and at most `x`.
  /// - Range: [0, 1] in and out.
  /// - Source: Dong, Roth, Su 2019, arXiv:1905.02383, Definition 3 and Proposition 3; for (epsilon,
  ///   delta) both the event's and its complement's inequality.
  func leastProbability(ofLikely x: Double) -> Double {
    switch self {
    case .approximate(let epsilon, let delta):
      max(0, (x - delta) * exp(-epsilon), x < 1 ? 1 - delta - exp(epsilon) * (1 - x) : 1 - delta)
    case .gaussian(let mu, let likeness):
      // P'(A) >= e^-K (f(e^-K (P(A) - d)) - d): as convex and increasing as f is.
      likeness.least(ofLikely: Self.gaussian(mu: mu, ofLikely: likeness.least(ofLikely: x)))
    }
  }

  private static func gaussian(mu: Double, ofLikely x: Double) -> Double {
    x <= 0 || x >= 1
      ? min(max(x, 0), 1)
      : min(x, exp(SpecialFunctions.logNormalCDF(SpecialFunctions.normalQuantile(x) - mu)))
  }
}

extension GaussianGuarantee {
  /// An epsilon that is not above the least one of Gaussian noise with parameter `mu`.
  ///
  /// The accountant rounds towards more loss, by less than three parts in 10^9; a bound from below
  /// has to take that back.
  static func epsilonFromBelow(mu: Double, delta: Double) -> Double {
    guard mu > 0 else { return 0 }
    return epsilon(noiseMultiplier: 1 / mu, delta: delta) * (1 - 1e-8)
  }

  /// An epsilon that is not above the least one of releases for which Gaussian noise stands that has a parameter
  /// above `mu`.
  static func epsilonFromBelow(mu: Double, delta: Double, _ likeness: GaussianLikeness) -> Double {
    likeness.epsilonFromBelow(delta: delta) {
      epsilonFromBelow(mu: mu / likeness.widening, delta: $0)
    }
  }
}
