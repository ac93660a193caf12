#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where to tilt.
enum Saddle {
  typealias Moments = (Double) -> LossLattice.Moments

  /// The tilt whose mean is the epsilon that belongs to delta, by the saddle-point approximation.
  ///
  /// Any tilt >= 0 gives a sound answer; this one makes it sharp.
  static func tilt(logDelta: Double, _ moments: Moments) -> Double {
    let start = moments(0).variance
    return bisect { tilt in
      let m = moments(tilt)
      // The losses are bounded and the tilted law has gathered at their end: no tilt helps more.
      if m.variance < 0.1 * start { return true }
      let spread = max(m.variance, 1e-300)
      let logApproximation =
        m.logSum - tilt * m.mean - log(tilt * (1 + tilt))
        - log(2 * Double.pi * spread) / 2
      return min(m.logSum - tilt * m.mean, logApproximation) <= logDelta
    }
  }

  /// The tilt whose mean is `mean`; 0 where the untilted mean is above it.
  static func tilt(mean: Double, _ moments: Moments) -> Double {
    moments(0).mean >= mean ? 0 : bisect { moments($0).mean >= mean }
  }

  private static func bisect(isReached: (Double) -> Bool) -> Double {
    var (lower, upper) = (log(1e-6), log(1e-6))
    while upper < log(1e12), !isReached(exp(upper)) {
      lower = upper
      upper += 1.5
    }
    for _ in 0..<12 {
      let middle = (lower + upper) / 2
      if isReached(exp(middle)) { upper = middle } else { lower = middle }
    }
    return exp(upper)
  }
}
