#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// The sum of n discrete Gaussians with parameter s^2 each, moved by an integer vector.
///
/// It is not a discrete Gaussian. With D2 and D1 the norms of the shift, d its dimension and
/// tau = 10 sum over k < n of e^(-2 pi^2 s^2 k / (k + 1)), the divergence is at most the least of
/// a/2 D2^2 / (n s^2) + tau d, a/2 (D2^2 / (n s^2) + 2 D1 tau / (sqrt(n) s) + tau^2 d) and
/// a/2 (D2 / (sqrt(n) s) + sqrt(d) tau)^2. For a narrow s that is far too much, and tau = 0 would be
/// too little; there the value for a known shift is computed from the law itself.
/// - Source: Kairouz, Liu, Steinke 2021, arXiv:2102.06387, Proposition 14.
struct DiscreteGaussianSumTerm: RenyiTerm {
  private let variance: Double
  private let contributors: Int
  private let squaredNorm: Double
  private let absoluteNorm: Double
  private let dimension: Double
  private let tau: Double
  private let exact: ExactSum?

  /// A sum with another number of coordinate sizes is left to the bound.
  private static let greatestDistinctShifts = 64

  init(variance: Double, contributors: Int, shift: MechanismEvent.IntegerShift) {
    self.variance = variance
    self.contributors = contributors
    squaredNorm = shift.squaredNorm
    absoluteNorm = shift.absoluteNorm
    dimension = Double(shift.dimension)
    tau = Self.tau(variance: variance, contributors: contributors)
    var exact: ExactSum?
    if case .exactly(let shift) = shift,
      let law = DiscreteGaussianSumLaw(variance: variance, contributors: contributors)
    {
      let counts = countsOfSizes(shift)
      if counts.count <= Self.greatestDistinctShifts { exact = ExactSum(law: law, counts: counts) }
    }
    self.exact = exact
  }

  func divergence(order: Double) -> Double {
    guard squaredNorm > 0 else { return 0 }
    guard variance > 0, contributors > 0 else { return .infinity }
    let ratio = squaredNorm.squareRoot() / (Double(contributors) * variance).squareRoot()
    let crossed = 2 * absoluteNorm * tau / (Double(contributors) * variance).squareRoot()
    let wide = ratio + dimension.squareRoot() * tau
    var least = min(
      order / 2 * ratio * ratio + tau * dimension,
      order / 2 * (ratio * ratio + crossed + tau * tau * dimension),
      order / 2 * wide * wide)
    if let exact { least = min(least, exact.divergence(order: order)) }
    return least
  }

  /// tau; beyond a thousand terms, which fall, each is charged as the last of them.
  static func tau(variance: Double, contributors: Int) -> Double {
    let summed = min(contributors - 1, 1000)
    guard summed >= 1 else { return 0 }
    let rate = -2 * Double.pi * Double.pi * variance
    var sum = 0.0
    for k in 1...summed { sum += exp(rate * Double(k) / Double(k + 1)) }
    let rest = Double(contributors - 1 - summed)
    return 10 * (sum + rest * exp(rate * Double(summed) / Double(summed + 1)))
  }

  /// The exact value: coordinates are independent, so their divergences add up.
  private struct ExactSum {
    let law: DiscreteGaussianSumLaw
    let counts: [(size: Int, count: Double)]

    func divergence(order: Double) -> Double {
      counts.reduce(0) { sum, coordinate in
        sum + coordinate.count * law.divergence(order: order, shift: coordinate.size)
      }
    }
  }
}

/// How often each size other than 0 occurs among the coordinates; symmetric laws know no sign.
func countsOfSizes(_ shift: [Int]) -> [(size: Int, count: Double)] {
  var counts: [Int: Double] = [:]
  for coordinate in shift where coordinate != 0 {
    counts[abs(coordinate), default: 0] += 1
  }
  return counts.sorted { $0.key < $1.key }.map { (size: $0.key, count: $0.value) }
}
