#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// Gaussian noise over a Poisson sample: P = (1 - q) N(0, s^2) + q N(1, s^2) against Q = N(0, s^2).
///
/// This direction, removal, has the larger divergence at every order (Mironov, Talwar, Zhang 2019,
/// arXiv:1908.10530, Theorem 5).
struct SampledGaussianTerm: RenyiTerm {
  let probability: Double
  let deviation: Double

  /// Integer orders up to this one are summed, larger ones and fractional ones integrated.
  static let greatestSummedOrder = 256.0
  /// Below this deviation sampling is not worth its time: the unsampled value bounds the sampled one,
  /// since a divergence of mixtures with equal weights is at most the largest of their parts'.
  static let leastSampledDeviation = 1e-3

  func divergence(order: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard deviation > 0 else { return .infinity }
    guard probability < 1, deviation >= Self.leastSampledDeviation else {
      return order / (2 * deviation * deviation)
    }
    let order = max(order, RenyiDivergence.leastOrder)
    let isSummed = order == order.rounded() && order <= Self.greatestSummedOrder
    let logExcess = isSummed ? summedLogExcess(Int(order)) : integratedLogExcess(order)
    return RenyiDivergence.divergence(order: order, logExcess: logExcess)
  }

  /// log of the sum over i of C(a, i) q^i (1 - q)^(a - i) (e^(i (i - 1) / (2 s^2)) - 1).
  ///
  /// - Source: Mironov, Talwar, Zhang 2019, section 3.3, less the binomial formula for 1.
  func summedLogExcess(_ order: Int) -> Double {
    let binomials = LogBinomials.row(order)
    let (logIn, logOut) = (log(probability), log1p(-probability))
    var sum = LogSum()
    for i in stride(from: 2, through: order, by: 1) {
      let moment = Double(i) * Double(i - 1) / (2 * deviation * deviation)
      let weight = binomials[i] + Double(i) * logIn + Double(order - i) * logOut
      sum.add(weight + LogSum.lessOne(moment))
    }
    return sum.value
  }

  /// The integral of the excess by the trapezoidal rule.
  func integratedLogExcess(_ order: Double) -> Double {
    let quadrature = ExcessQuadrature(
      integrand: Integrand(probability: probability, deviation: deviation), order: order,
      step: Self.step(deviation: deviation))
    let reach = ExcessQuadrature<Integrand>.reach * deviation
    // d/dx log(Q w^a) <= (a - x) / s^2: beyond a the integrand falls like a normal density.
    return quadrature.logIntegral(from: -reach, core: reach, to: order + reach)
  }

  /// The step at which the rule errs by less than 10^-13 of the integral.
  ///
  /// w = 1 - q + q e^t, t = (2x - 1) / (2 s^2), has its zeros at |Im x| = pi s^2, so y may grow up to
  /// there. On the line of y the density's modulus is e^(y^2 / (2 s^2)) times its value at Re x, and
  /// |w(x)| <= w(Re x), so |excess| <= excess(Re x) |w - 1|^2 / (w(Re x) - 1)^2: a factor whose mean
  /// stays below e^12. The exponent 2 pi y / h - y^2 / (2 s^2) is to be 44. Its greatest value over
  /// y is at 2 pi s^2 / h, which lies in the strip for h >= 2.
  static func step(deviation: Double) -> Double {
    let variance = deviation * deviation
    let target = 44.0
    let free = deviation * (2 * Double.pi * Double.pi / target).squareRoot()
    if free >= 2 { return free }
    return 2 * Double.pi * Double.pi * variance / (target + Double.pi * Double.pi * variance / 2)
  }

  struct Integrand: ExcessIntegrand {
    let probability: Double
    let deviation: Double

    func logDensity(_ x: Double) -> Double { logNormalDensity(x, deviation: deviation) }

    func logRatio(_ x: Double) -> Double {
      Self.logMixture(probability, (2 * x - 1) / (2 * deviation * deviation))
    }
  }
}

/// The logarithm of the density of N(0, deviation^2).
func logNormalDensity(_ x: Double, deviation: Double) -> Double {
  let z = x / deviation
  return -z * z / 2 - log(deviation) - log(2 * Double.pi) / 2
}

/// The same sample when one user is exchanged for another.
///
/// P = (1 - q) N(0, s^2) + q N(1, s^2) against Q = (1 - q) N(0, s^2) + q N(-1, s^2); the two are
/// mirror images, so both directions are one.
struct ReplacedSampledGaussianTerm: RenyiTerm {
  let probability: Double
  let deviation: Double

  func divergence(order: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard deviation > 0 else { return .infinity }
    guard probability < 1, deviation >= SampledGaussianTerm.leastSampledDeviation else {
      return 2 * order / (deviation * deviation)
    }
    let order = max(order, RenyiDivergence.leastOrder)
    let quadrature = ExcessQuadrature(
      integrand: Integrand(probability: probability, deviation: deviation), order: order,
      step: Self.step(deviation: deviation, order: order))
    let reach = ExcessQuadrature<Integrand>.reach * deviation
    // d/dx log(P^a Q^(1-a)) <= (2 a - 1 - x) / s^2.
    let logExcess = quadrature.logIntegral(
      from: -1 - reach, core: reach, to: 2 * order - 1 + reach)
    return RenyiDivergence.divergence(order: order, logExcess: logExcess)
  }

  /// The step at which the rule errs by less than 10^-13 of the integral.
  ///
  /// With Im x = y = theta s^2, |1 - q + q e^(t + i theta)| lies between cos(theta / 2) times its value
  /// at theta = 0 and that value. So the modulus of the integrand grows by at most
  /// e^(y^2 / (2 s^2)) cos(theta / 2)^(1 - a), and -log cos(theta / 2) <= 0.1407 theta^2 for
  /// theta <= pi / 2. The exponent 2 pi theta s^2 / h - theta^2 k / 2, k = s^2 + 0.2814 (a - 1), is to
  /// be 44; its greatest value is at theta = 2 pi s^2 / (h k), if that is at most pi / 2.
  static func step(deviation: Double, order: Double) -> Double {
    let variance = deviation * deviation
    let curvature = variance + 0.2814 * (order - 1)
    let target = 44.0
    let free = variance * (2 * Double.pi * Double.pi / (target * curvature)).squareRoot()
    if free >= 4 * variance / curvature { return free }
    return Double.pi * Double.pi * variance
      / (target + Double.pi * Double.pi * curvature / 8)
  }

  struct Integrand: ExcessIntegrand {
    let probability: Double
    let deviation: Double

    func logDensity(_ x: Double) -> Double {
      logNormalDensity(x, deviation: deviation)
        + Self.logMixture(probability, -(2 * x + 1) / (2 * deviation * deviation))
    }

    func logRatio(_ x: Double) -> Double {
      let variance = deviation * deviation
      return Self.logMixture(probability, (2 * x - 1) / (2 * variance))
        - Self.logMixture(probability, -(2 * x + 1) / (2 * variance))
    }
  }
}
