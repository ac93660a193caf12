#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// Gaussian noise over a random set of fixed size when one user is exchanged for another.
///
/// For integer a, with q the sampled part of the population and w the likelihood ratio of N(1, s^2)
/// to N(0, s^2), s relative to the distance of a replacement:
/// (a - 1) D_a <= log(1 + sum over j = 2...a of C(a, j) q^j m_j), where m_2 is the lesser of
/// 4 (e^(1/s^2) - 1) and 2 e^(1/s^2), and m_j the lesser of 4 sqrt(B(2 floor(j/2)) B(2 ceil(j/2)))
/// and 2 E[w^j] with the moments B(l) = E[(w - 1)^l].
///
/// Between integers (a - 1) D_a is convex, so the chord bounds it; at a = 1 it is 0. The divergence
/// is never above the one without sampling, a / (2 s^2): equal samples pair off.
/// - Source: Wang, Balle, Kasiviswanathan 2019, arXiv:1808.00087, Theorem 27 and Corollary 10.
struct ReplacedInSampleTerm: RenyiTerm {
  private let probability: Double
  private let deviation: Double
  /// log B(0), log B(2), log B(4), ...
  private let logMoments: [Double]

  /// Central moments are computed up to here; beyond it the other member of the minimum is used.
  private static let greatestMoment = 258
  /// Beyond this order sampling is not worth its time.
  private static let greatestSampledOrder = 4096.0

  init(probability: Double, deviation: Double) {
    self.probability = probability
    self.deviation = deviation
    guard probability > 0, probability < 1, deviation > 0 else {
      logMoments = []
      return
    }
    logMoments = stride(from: 0, through: Self.greatestMoment, by: 2).map { degree in
      CentralMoment(degree: Double(degree), deviation: deviation).logarithm
    }
  }

  func divergence(order: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard deviation > 0 else { return .infinity }
    let unsampled = order / (2 * deviation * deviation)
    guard probability < 1, order <= Self.greatestSampledOrder else { return unsampled }
    let lower = order.rounded(.down)
    let upper = order.rounded(.up)
    let last = cumulant(Int(upper))
    guard upper > lower else { return min(unsampled, last / (order - 1)) }
    let first = cumulant(Int(lower))
    let chord = first + (order - lower) * (last - first)
    return min(unsampled, chord / (order - 1))
  }

  /// The bound on (a - 1) D_a at an integer order.
  private func cumulant(_ order: Int) -> Double {
    guard order > 1 else { return 0 }
    let binomials = LogBinomials.row(order)
    let logProbability = log(probability)
    var sum = LogSum()
    for j in stride(from: 2, through: order, by: 1) {
      sum.add(binomials[j] + Double(j) * logProbability + logFactor(j))
    }
    return LogSum.ofOne(and: sum.value)
  }

  /// log m_j.
  private func logFactor(_ j: Int) -> Double {
    let variance = deviation * deviation
    let plain = log(2) + Double(j) * Double(j - 1) / (2 * variance)
    if j == 2 { return min(log(4) + LogSum.lessOne(1 / variance), plain) }
    guard j / 2 + 1 < logMoments.count else { return plain }
    return min(log(4) + (logMoments[j / 2] + logMoments[(j + 1) / 2]) / 2, plain)
  }
}

/// E[(w - 1)^l] for an even l, w = e^((2x - 1) / (2 s^2)) and x from N(0, s^2).
///
/// The trapezoidal rule with step s / 2. The integrand is entire. At Im x = 4 pi s the exponent of
/// the rule's error is 2 pi y / h - y^2 / (2 s^2) = 8 pi^2 > 78; the modulus of w - 1, at most
/// |w(Re x) - 1| + 4 pi / s w(Re x)^(1/2), raises the integral by less than e^30. On either side of
/// x = 1/2 the integrand is log-concave, so from its one peak there it falls on both sides.
private struct CentralMoment {
  let degree: Double
  let deviation: Double

  var logarithm: Double {
    let step = deviation / 2
    var sum = LogSum()
    // x = l w / (w - 1) at the upper peak, x = -l w / (1 - w) at the lower one.
    let upper = RootFinding.bisect(from: 0.5, to: degree + 1 + 2 * deviation * (degree + 1)) { x in
      slope(x) < 0
    }
    let lower = RootFinding.bisect(from: -2 * deviation * (degree + 1) - 1, to: 0.5) { x in
      x >= 0.5 || slope(x) < 0
    }
    let split = Int((0.5 / step).rounded(.down))
    let peaks = (Int(lower.upper / step), Int(upper.upper / step))
    addFalling(from: min(split, peaks.0), by: -1, until: .min, step: step, to: &sum)
    addFalling(from: min(split, peaks.0) + 1, by: 1, until: split, step: step, to: &sum)
    addFalling(from: max(split + 1, peaks.1) - 1, by: -1, until: split + 1, step: step, to: &sum)
    addFalling(from: max(split + 1, peaks.1), by: 1, until: .max, step: step, to: &sum)
    return sum.value + log(step)
  }

  /// The sign of the derivative of the integrand's logarithm.
  private func slope(_ x: Double) -> Double {
    let t = (2 * x - 1) / (2 * deviation * deviation)
    guard t != 0 else { return .infinity }
    return -x + degree / -expm1(-t)
  }

  private func logTerm(_ x: Double) -> Double {
    guard degree > 0 else { return logNormalDensity(x, deviation: deviation) }
    let t = (2 * x - 1) / (2 * deviation * deviation)
    let logDistance = t > 0 ? LogSum.lessOne(t) : log(-expm1(t))
    return logNormalDensity(x, deviation: deviation) + degree * logDistance
  }

  /// Adds terms away from a peak until they count no more.
  private func addFalling(
    from start: Int, by direction: Int, until end: Int, step: Double, to sum: inout LogSum
  ) {
    var index = start
    while direction > 0 ? index <= end : index >= end {
      let term = logTerm(Double(index) * step)
      sum.add(term)
      if term < sum.lowerBound - 60 { return }
      index += direction
    }
  }
}
