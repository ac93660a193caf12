internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// N(m, s^2) beside N(0, 1).
struct NormalPair {
  let mean: Double
  let deviation: Double

  /// Which of the two an observation is drawn from.
  enum Direction {
    /// From N(m, s^2).
    case forward
    /// From N(0, 1).
    case backward
  }

  /// The least epsilon with P(L > epsilon) - e^epsilon Q(L > epsilon) <= `delta`.
  func epsilon(_ direction: Direction, delta: Double) -> Double {
    if self.delta(direction, epsilon: 0) <= delta { return 0 }
    let bracket = RootFinding.bracketUpward(from: 1) { epsilon in
      self.delta(direction, epsilon: epsilon) <= delta
    }
    return bracket?.upper ?? .infinity
  }

  /// P(L > epsilon) - e^epsilon Q(L > epsilon) for the log-likelihood ratio L of P and Q.
  private func delta(_ direction: Direction, epsilon: Double) -> Double {
    let region = region(direction, epsilon: epsilon)
    let shifted = region.map { ($0.0 - mean) / deviation...($0.1 - mean) / deviation }
    let standard = region.map { $0.0...$0.1 }
    let (from, against) = direction == .forward ? (shifted, standard) : (standard, shifted)
    return exp(Self.logMass(from)) - exp(epsilon + Self.logMass(against))
  }

  /// Where L = a y^2 + b y + c is above `epsilon`: at most two intervals.
  ///
  /// The greater root of the two in size comes from the usual formula, the other one from their
  /// product, so that neither loses digits when the deviation is nearly 1 and a nearly 0. With
  /// a = 0 the one is infinite and the other exact.
  private func region(_ direction: Direction, epsilon: Double) -> [(Double, Double)] {
    let sign = direction == .forward ? 1.0 : -1.0
    let variance = deviation * deviation
    let a = sign * (1 - 1 / variance) / 2
    let b = sign * mean / variance
    let c = sign * (-log(deviation) - mean * mean / (2 * variance)) - epsilon
    let discriminant = b * b - 4 * a * c
    let everything = [(-Double.infinity, Double.infinity)]
    guard discriminant > 0 else { return a > 0 || (a == 0 && c > 0) ? everything : [] }
    let q = -(b + (b < 0 ? -1 : 1) * discriminant.squareRoot()) / 2
    let roots = [a == 0 ? (b < 0 ? -.infinity : .infinity) : q / a, c / q].sorted()
    if a > 0 { return [(-.infinity, roots[0]), (roots[1], .infinity)] }
    return [(roots[0], roots[1])]
  }

  /// The logarithm of the standard normal probability of disjoint intervals.
  private static func logMass(_ intervals: [ClosedRange<Double>]) -> Double {
    var sum = LogSum()
    for interval in intervals {
      // Both ends on the side where the distribution function is small.
      let ends =
        interval.lowerBound > 0
        ? -interval.upperBound...(-interval.lowerBound) : interval
      let lower = SpecialFunctions.logNormalCDF(ends.lowerBound)
      let upper = SpecialFunctions.logNormalCDF(ends.upperBound)
      if upper > lower { sum.add(upper + log1p(-exp(lower - upper))) }
    }
    return sum.value
  }
}
