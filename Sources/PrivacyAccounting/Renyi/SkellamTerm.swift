#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// Skellam noise of variance v on every coordinate, moved by an integer vector.
///
/// At an integer order a, with D2 and D1 the norms of the shift, D_a is at most
/// a D2^2 / (2 v) + the lesser of ((2 a - 1) D2^2 + 6 D1) / (4 v^2) and 3 D1 / (2 v). Between integers
/// (a - 1) D_a is convex, so the chord of the bound serves; at a = 1 it is 0. For a known shift the
/// lesser of that and the exact value is taken.
/// - Source: Agarwal, Kairouz, Liu 2021, arXiv:2110.04995, their bound for vectors; the golden
///   values hold exact ones beside it.
struct SkellamTerm: RenyiTerm {
  private let variance: Double
  private let squaredNorm: Double
  private let absoluteNorm: Double
  private let law: SkellamLaw?
  private let counts: [(size: Int, count: Double)]

  private static let greatestDistinctShifts = 64

  init(variance: Double, shift: MechanismEvent.IntegerShift) {
    self.variance = variance
    squaredNorm = shift.squaredNorm
    absoluteNorm = shift.absoluteNorm
    guard case .exactly(let shift) = shift else {
      (law, counts) = (nil, [])
      return
    }
    counts = countsOfSizes(shift)
    law =
      counts.count <= Self.greatestDistinctShifts
      ? SkellamLaw(variance: variance, greatestShift: counts.last?.size ?? 0) : nil
  }

  func divergence(order: Double) -> Double {
    guard squaredNorm > 0 else { return 0 }
    guard variance > 0 else { return .infinity }
    let lower = order.rounded(.down)
    let first = (lower - 1) * integerBound(lower)
    let last = lower * integerBound(lower + 1)
    let chord = (first + (order - lower) * (last - first)) / (order - 1)
    guard let law else { return chord }
    var exact = 0.0
    for (size, count) in counts {
      exact += count * law.divergence(order: order, shift: size)
    }
    return min(chord, exact)
  }

  private func integerBound(_ order: Double) -> Double {
    order * squaredNorm / (2 * variance)
      + min(
        ((2 * order - 1) * squaredNorm + 6 * absoluteNorm) / (4 * variance * variance),
        3 * absoluteNorm / (2 * variance))
  }
}

/// P(k) = e^-v I_|k|(v) for k from -`last` to `last`, as logarithms.
struct SkellamLaw {
  private let variance: Double
  private let logarithms: [Double]

  /// Wider laws are close to normal ones, and the closed bound close to the truth.
  private static let greatestVariance = 4e6
  private static let greatestShift = 20_000

  /// Nil where a table would be too long.
  init?(variance: Double, greatestShift: Int) {
    guard variance > 0, variance <= Self.greatestVariance, greatestShift <= Self.greatestShift
    else { return nil }
    self.variance = variance
    let last = 8000 + Int(40 * variance.squareRoot()) + 32 * greatestShift
    logarithms = ScaledBessel.logarithms(at: variance, through: last)
  }

  /// The divergence of the law from itself moved by D = `shift`, infinite where the table ends early.
  ///
  /// The mean of the excess under Q(k) = P(k - D). For k < 0 the likelihood ratio is above 1 and the
  /// excess at most its a-th power; there a term's ratio to the one before it, going down from
  /// -m, is at most the value of `tailRatio`, which falls with m by Amos's bounds: what is beyond the
  /// last term is at most a geometric series. For k > D the excess is at most a, and Q falls
  /// by `tailRatio` with a = 1.
  func divergence(order: Double, shift: Int) -> Double {
    let order = max(order, RenyiDivergence.leastOrder)
    var sum = LogSum()
    guard addTail(order: order, shift: shift, upward: false, to: &sum),
      addTail(order: order, shift: shift, upward: true, to: &sum)
    else { return .infinity }
    return RenyiDivergence.divergence(order: order, logExcess: sum.value)
  }

  /// Adds the terms for k > 0 or for k <= 0; false when they do not end within the table.
  private func addTail(
    order: Double, shift: Int, upward: Bool, to sum: inout LogSum
  ) -> Bool {
    for m in 0..<(logarithms.count - shift) {
      let k = upward ? m + 1 : -m
      let logDensity = logarithms[abs(k - shift)]
      let logRatio = logarithms[abs(k)] - logDensity
      sum.add(logDensity + RenyiDivergence.logExcess(order: order, logRatio: logRatio))
      guard m % 8 == 7, m > shift else { continue }
      let ratio =
        upward
        ? tailRatio(m - shift, order: 1, shift: shift)
        : tailRatio(m, order: order, shift: shift)
      guard ratio < 1 else { continue }
      let last = logDensity + (upward ? log(order) : order * logRatio)
      let rest = last + log(ratio / (1 - ratio))
      if rest < sum.lowerBound - 40 {
        sum.add(rest)
        return true
      }
    }
    return false
  }

  /// A bound on r_m (r_m / r_(m + D))^(a - 1), r_m = I_(m+1) / I_m, that falls with m.
  ///
  /// The quotient of Amos's upper bound at m and lower bound at m + D is exp of
  /// asinh((m + D + 1) / v) - asinh((m + 1/2) / v), and asinh is concave.
  private func tailRatio(_ m: Int, order: Double, shift: Int) -> Double {
    let quotient =
      asinh((Double(m + shift) + 1) / variance) - asinh((Double(m) + 0.5) / variance)
    return ScaledBessel.amosUpperRatio(order: Double(m), x: variance)
      * exp((order - 1) * quotient)
  }
}
