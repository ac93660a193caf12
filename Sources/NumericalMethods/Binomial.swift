#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Probabilities of the binomial law, in logarithms.
package enum Binomial {
  /// log P(X >= `successes`) for X binomial; relative error of the probability below 1e-9.
  ///
  /// Terms are summed from the largest one on, each from the one before.
  package static func logUpperTail(
    from successes: Int, trials: Int, probability: Double
  ) -> Double {
    if successes <= 0 { return 0 }
    if successes > trials || probability <= 0 { return -.infinity }
    if probability >= 1 { return 0 }
    let odds = probability / (1 - probability)
    let mode = min(trials, Int(Double(trials + 1) * probability))
    let start = max(successes, mode)
    var sum = 1.0
    var term = 1.0
    var k = start
    while k < trials, term > sum * 1e-18 {
      term *= Double(trials - k) / Double(k + 1) * odds
      sum += term
      k += 1
    }
    term = 1
    k = start
    while k > successes, term > sum * 1e-18 {
      term *= Double(k) / Double(trials - k + 1) / odds
      sum += term
      k -= 1
    }
    return logMass(start, trials: trials, probability: probability) + log(sum)
  }

  /// log P(X = k) for X binomial; relative error of the probability below 1e-9.
  ///
  /// - Range: 0 <= `k` <= `trials` below 10^6, `probability` in (0, 1).
  package static func logMass(_ k: Int, trials: Int, probability: Double) -> Double {
    let (n, x) = (Double(trials), Double(k))
    return lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(probability)
      + (n - x) * log1p(-probability)
  }
}
