internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How far Skellam noise is from discrete Gaussian noise of the same variance.
///
/// Let p and g be the two laws, r = log(p / g), and n coordinates drawn independently. For c > 0
/// Markov's inequality for e^(c sum r) bounds the probability under p that sum r > K, that is, that
/// p exceeds e^K g; and the same for -r under g. Where |r| <= m, with e^x <= 1 + x + x^2 e^|x| / 2,
///
///     P(sum r > K) <= exp(n (c E r + c^2 E r^2 e^(c m) / 2) - c K).
///
/// r is about (z^4 / 24 - z^2 / 4 + 1 / 8) / v at z standard deviations, so K falls with the
/// variance v: from v = 10^6 on Skellam noise costs what Gaussian noise does, to less than 1 %.
struct SkellamComparison: Sendable, Equatable {
  /// log of a bound on the probability, under either law, of a coordinate where r was not bounded.
  static let logTail = -60.0

  /// The greatest |r| where both laws have their mass.
  let greatest: Double
  /// The greater of E r under p and E -r under g.
  let mean: Double
  /// The greater of E r^2 under both laws.
  let square: Double

  /// The comparison at one variance; kept, as reports ask for the same one many times.
  static func at(variance: Double) -> SkellamComparison {
    if let known = known.withLock({ $0[variance] }) { return known }
    let comparison = SkellamComparison(variance: variance)
    known.withLock {
      if $0.count >= 256 { $0.removeAll() }
      $0[variance] = comparison
    }
    return comparison
  }

  private static let known = Mutex<[Double: SkellamComparison]>([:])

  /// Compares at every integer that matters.
  ///
  /// The ratio of neighboring probabilities is p(k+1) / p(k) = rho(k) with rho(k-1) =
  /// 1 / (2k/v + rho(k)), a recurrence that forgets its start; g's is e^-(2k+1)/(2v). Their
  /// logarithms differ by s(k), and r(k) is r(0) plus the sum of s below k.
  init(variance: Double) {
    let b = -Self.logTail + log(2)
    let last = Int((b / 3 + (b * b / 9 + 2 * b * variance).squareRoot()).rounded(.up)) + 1
    let differences = Self.logRatioDifferences(variance: variance, count: last)
    var weights = 1.0
    var change = 0.0
    var relative = [Double](repeating: 0, count: last + 1)
    for k in 1...last {
      relative[k] = relative[k - 1] + differences[k - 1]
      let weight = 2 * exp(-Double(k) * Double(k) / (2 * variance))
      weights += weight
      change += weight * expm1(relative[k])
    }
    // p is g times e^relative, normalized.
    let origin = -log1p(change / weights)
    // Two logarithms of size last / v cancel in each term, each with an error of two units.
    let error = Double(last) * 4e-16 * (Double(last) + 1) / variance + 1e-15 * abs(origin)
    var greatest = 0.0
    var means = (p: 0.0, g: 0.0)
    var squares = (p: 0.0, g: 0.0)
    for k in 0...last {
      let r = origin + relative[k]
      let g = (k == 0 ? 1 : 2) * exp(-Double(k) * Double(k) / (2 * variance)) / weights
      greatest = max(greatest, abs(r))
      let p = g * exp(r)
      means.p += p * r
      means.g -= g * r
      squares.p += p * r * r
      squares.g += g * r * r
    }
    self.greatest = greatest + error
    mean = max(means.p, means.g) + error
    square = max(squares.p, squares.g) + error * (2 * greatest + error)
  }

  /// log(p(k+1) / p(k)) + (2k + 1) / (2v) for k from 0.
  ///
  /// The ratios are near 1, and what matters is how far: the recurrence runs on unevaluated sums of
  /// two doubles, with 100 bits.
  private static func logRatioDifferences(variance: Double, count: Int) -> [Double] {
    let start = count + 60 + Int(8 * variance.squareRoot())
    var differences = [Double](repeating: 0, count: count)
    var (high, low) = (0.0, 0.0)
    for k in stride(from: start, to: 0, by: -1) {
      let numerator = 2 * Double(k)
      let slope = numerator / variance
      let remainder = numerator.addingProduct(-slope, variance) / variance
      // The denominator 2k/v + rho.
      let sum = slope + high
      let part = sum - slope
      let rest = (slope - (sum - part)) + (high - part) + remainder + low
      // Its reciprocal, corrected once.
      high = 1 / sum
      low = (1.0.addingProduct(-high, sum) - high * rest) / sum
      if k <= count {
        let distance = (1 - high) - low
        differences[k - 1] = log1p(-distance) + (numerator - 1) / (2 * variance)
      }
    }
    return differences
  }

  /// K: a bound on the sum of r that fails with probability at most e^`logFailure`.
  ///
  /// `parts` are comparisons and the number of coordinates of each.
  static func excess(_ parts: [(SkellamComparison, Double)], logFailure: Double) -> Double {
    let greatest = parts.reduce(0) { max($0, $1.0.greatest) }
    guard greatest > 0 else { return 0 }
    var best = Double.infinity
    for step in -6...8 {
      let c = exp2(Double(step)) / greatest
      let mean = parts.reduce(0) { sum, part in
        let (comparison, count) = part
        return sum + count
          * (comparison.mean + c * comparison.square * exp(c * comparison.greatest) / 2)
      }
      best = min(best, mean - logFailure / c)
    }
    return best
  }
}
