#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// The law of a sum of n discrete Gaussians with parameter s^2, exactly.
///
/// P(k) is proportional to r(k) e^(-k^2 / (2 V)), V = n s^2, where r(k) sums e^(-|j - k/n|^2 / (2 s^2))
/// over the integer vectors j with n coordinates and sum k: n j^2 splits into its mean and the rest.
/// Adding 1 to every coordinate shows r(k + n) = r(k), so n numbers describe the law, tails included.
///
/// Two such functions combine: r_(n+m)(k) is the sum over j of r_n(j) r_m(k - j)
/// e^(-i^2 / (2 n m (n + m) s^2)) with i = j (n + m) - k n: positive terms of like size.
struct DiscreteGaussianSumLaw {
  private let variance: Double
  /// log r(0), ..., log r(n - 1).
  private let logWeights: [Double]
  /// The greatest less the least of them.
  private let spread: Double

  /// From here on Proposition 14's tau is below 10^-30 n, and the exact value gains nothing.
  private static let greatestParameter = 4.0
  private static let greatestContributors = 1024

  /// Nil where the law costs too much or the closed bound is as good.
  init?(variance: Double, contributors: Int) {
    guard variance > 1e-3, variance < Self.greatestParameter, contributors >= 1,
      contributors <= Self.greatestContributors
    else { return nil }
    var weights = [1.0]
    // Binary powers, the leading bit first.
    for bit in String(contributors, radix: 2).dropFirst() {
      weights = Self.combined(weights, weights, variance: variance)
      if bit == "1" { weights = Self.combined(weights, [1], variance: variance) }
      // Far below it numbers lose their digits.
      guard weights.allSatisfy({ $0 > 1e-280 }) else { return nil }
    }
    self.variance = variance * Double(contributors)
    logWeights = weights.map { log($0) }
    spread = Self.spread(weights)
  }

  private static func spread(_ weights: [Double]) -> Double {
    log(weights.max() ?? 1) - log(weights.min() ?? 1)
  }

  private static func combined(
    _ first: [Double], _ second: [Double], variance: Double
  ) -> [Double] {
    let (n, m) = (first.count, second.count)
    let scale = -1 / (2 * Double(n) * Double(m) * Double(n + m) * variance)
    // The nearest j is at most 1/2 from the center; what is left out is e^-50 of its term.
    let nearest = -scale * Double(n + m) * Double(n + m) / 4
    let reach =
      ((50 + nearest + spread(first) + spread(second)) / -scale).squareRoot()
      / Double(n + m)
    return (0..<(n + m)).map { k in
      let center = Double(k) * Double(n) / Double(n + m)
      var sum = 0.0
      for j in Int((center - reach).rounded(.down))...Int((center + reach).rounded(.up)) {
        let i = Double(j * (n + m) - k * n)
        sum += first[residue(j, n)] * second[residue(k - j, m)] * exp(scale * i * i)
      }
      return sum
    }
  }

  private static func residue(_ k: Int, _ n: Int) -> Int {
    let remainder = k % n
    return remainder < 0 ? remainder + n : remainder
  }

  /// The divergence of the law from itself moved by `shift` D.
  ///
  /// P(k)^a P(k - D)^(1-a) = r(k)^a r(k - D)^(1-a) e^(-(k + (a - 1) D)^2 / (2 V)) e^(a (a - 1) D^2 / (2 V))
  /// up to the normalizer, so D_a = a D^2 / (2 V) + log(S / N) / (a - 1) with sums S and N of terms
  /// that lie around -(a - 1) D and 0. Terms left out of S are charged at their greatest possible
  /// value, terms left out of N lower it, and the slack is for the roundings of the logarithms.
  func divergence(order a: Double, shift: Int) -> Double {
    let center = -(a - 1) * Double(shift)
    guard abs(center) < 0x1p52 else { return .infinity }
    let greatest = a * spread
    let reach = (2 * variance * (60 + greatest)).squareRoot() + 1
    guard reach < 1e6 else { return .infinity }
    var sum = LogSum()
    for k in Int((center - reach).rounded(.down))...Int((center + reach).rounded(.up)) {
      let distance = Double(k) - center
      sum.add(
        a * logWeight(k) + (1 - a) * logWeight(k - shift)
          - distance * distance / (2 * variance))
    }
    // Beyond the reach: two tails of at most 1 + V / reach times their first term each.
    let extreme = logWeights.max() ?? 0
    sum.add(
      extreme + (a - 1) * spread - reach * reach / (2 * variance)
        + log(2 * (1 + variance / reach)))
    let slack = 4e-14 * (1 + greatest)
    let growth = (sum.value - logNormalizer + slack) / (a - 1)
    return a * Double(shift) * Double(shift) / (2 * variance) + growth
  }

  private func logWeight(_ k: Int) -> Double { logWeights[Self.residue(k, logWeights.count)] }

  private var logNormalizer: Double {
    let reach = Int((2 * variance * (60 + spread)).squareRoot()) + 1
    var sum = LogSum()
    for k in -reach...reach {
      sum.add(logWeight(k) - Double(k) * Double(k) / (2 * variance))
    }
    return sum.value
  }
}
