internal import CKernels
internal import NumericalMethods
internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Composes privacy loss distributions numerically, with every error charged.
///
/// Each mechanism's loss law is put on a lattice that dominates it (`LossLatticeBuilder`), tilted so
/// that its mean lies where the answer does, composed by Fourier transforms, and read off. What is
/// charged: cut tails and wrapped mass (Chernoff bounds), round-off (a norm bound on the transform,
/// raised to the number of compositions), and the lattice itself, for the lower end, by Hoeffding's
/// inequality on the independent moves to lattice points.
///
/// - Source: Koskela, Jalko, Honkela 2020, arXiv:1906.03049 (Fourier accountant); Doroshenko et al.
///   2022, arXiv:2207.04380 (lattice); Alghamdi et al. 2023, arXiv:2208.09595 (tilting).
struct PrivacyLossAccountant {
  /// How the lattice and the window are chosen; refinement only narrows the answer.
  struct Resolution: Sendable {
    /// Lattice step over the standard deviation of the loss of one composition.
    var relativeStep = 1.25e-2
    /// Half of the window, in standard deviations of the tilted composed loss.
    var halfWindow = 7.0
    var largestTransform = 1 << 20
    var largestLattice = 1 << 21
  }

  /// A source and how often it is composed.
  struct Part: Sendable {
    var source: LossSource
    var count: Double
  }

  let parts: [Part]
  var resolution = Resolution()

  var compositions: Double { parts.reduce(0) { $0 + $1.count } }

  /// The interval that contains the least epsilon at `delta` of the dominating pair.
  func epsilon(delta: Double) -> CertifiedInterval {
    guard !parts.isEmpty else { return CertifiedInterval(lower: 0, upper: 0) }
    let logTail = log(delta) - log(compositions) - 16
    let grid = Grid(parts: parts, logTail: logTail, resolution: resolution) { moments in
      Saddle.tilt(logDelta: log(delta), moments)
    }
    let interval = epsilon(delta: delta, on: grid)
    guard interval.upper.isFinite, grid.isAimedBeyond(interval.upper) else { return interval }
    // Rare great losses mislead the approximation: aim again, at what was found.
    let second = Grid(parts: parts, logTail: logTail, resolution: finer(than: grid)) {
      Saddle.tilt(mean: interval.upper, $0)
    }
    return interval.intersection(epsilon(delta: delta, on: second))
  }

  /// A larger transform and a narrower window, where the window of the first one did not fit it.
  private func finer(than grid: Grid) -> Resolution {
    var finer = resolution
    if grid.isWindowTooWide {
      finer.largestTransform *= 2
      finer.halfWindow = 5
    }
    return finer
  }

  private func epsilon(delta: Double, on grid: Grid) -> CertifiedInterval {
    var interval = CertifiedInterval(lower: 0, upper: 0)
    for law in grid.composed() {
      let upper = max(0, law.epsilon(delta: delta))
      interval.upper = max(interval.upper, upper)
      let allowance = grid.latticeAllowance(failure: delta * 0.01)
      let lower = law.lowerEpsilon(delta: delta * 1.03, below: upper) - allowance
      if lower.isFinite { interval.lower = max(interval.lower, lower) }
    }
    interval.lower = min(interval.lower, interval.upper)
    return interval
  }

  private func delta(epsilon: Double, on grid: Grid) -> CertifiedInterval {
    var interval = CertifiedInterval(lower: 0, upper: 0)
    for law in grid.composed() {
      let upper = law.delta(epsilon: epsilon)
      interval.upper = max(interval.upper, upper)
      let allowance = grid.latticeAllowance(failure: upper * 0.01)
      let lower = law.delta(epsilon: epsilon + allowance) / 1.03 - law.slack(at: epsilon)
      interval.lower = max(interval.lower, lower - upper * 0.01)
    }
    return interval
  }

  /// The interval that contains the least delta at `epsilon` of the dominating pair.
  func delta(epsilon: Double) -> CertifiedInterval {
    guard !parts.isEmpty else { return CertifiedInterval(lower: 0, upper: 0) }
    var logTail = -45.0
    var interval = CertifiedInterval(lower: 0, upper: 1)
    // Tails are cut relative to the answer, which is known only afterwards.
    var resolution = resolution
    for _ in 0..<3 {
      let grid = Grid(parts: parts, logTail: logTail - log(compositions), resolution: resolution) {
        Saddle.tilt(mean: epsilon, $0)
      }
      interval = interval.intersection(delta(epsilon: epsilon, on: grid))
      let needed = log(max(interval.upper, 1e-280)) - 16
      if needed >= logTail, !grid.isWindowTooWide { break }
      if needed < logTail { logTail = max(needed - 20, -650) }
      resolution = finer(than: grid)
    }
    interval.lower = max(0, min(interval.lower, interval.upper))
    return interval
  }
}

/// A value together with a proof of how far off it can be.
///
/// `upper` is the number to state; the truth is between the two.
package struct CertifiedInterval: Sendable, Equatable {
  package var lower: Double
  package var upper: Double

  package init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// What both intervals allow.
  func intersection(_ other: CertifiedInterval) -> CertifiedInterval {
    let upper = min(upper, other.upper)
    return CertifiedInterval(lower: min(upper, max(lower, other.lower)), upper: upper)
  }
}

/// Where to tilt.
private enum Saddle {
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

extension PrivacyLossAccountant {
  /// All parts on one lattice, tilted in both directions.
  struct Grid {
    struct Direction {
      var tilt = 0.0
      var moments = LossLattice.Moments(logSum: 0, mean: 0, variance: 0)
    }

    let parts: [Part]
    let step: Double
    let pairs: [LossPair]
    let forward: Direction
    let backward: Direction
    let length: Int
    /// The window of the tilted law takes more lattice points than a transform may have.
    let isWindowTooWide: Bool
    private let resolution: Resolution

    init(
      parts: [Part], logTail: Double, resolution: Resolution,
      tilt: ((Double) -> LossLattice.Moments) -> Double
    ) {
      self.parts = parts
      self.resolution = resolution
      let widest = parts.map { part in
        let range = part.source.range(logTail: logTail)
        return range.upperBound - range.lowerBound
      }.max() ?? 1
      let finest = max(widest, 1e-300) / Double(resolution.largestLattice)
      let total = parts.reduce(0) { $0 + $1.count }
      // A single mechanism is read off its lattice, which costs little.
      var step = max(widest, 1e-300) / (total == 1 ? 0x1p15 : 4096)
      var tilts: (forward: Double, backward: Double)?
      var pass = 0
      while true {
        let pairs = parts.map { $0.source.lattice(step: step, logTail: logTail) }
        let (above, below) = (pairs.map(\.forward), pairs.map(\.backward))
        // Any tilt is sound: one found on a coarser lattice serves the fine one.
        let chosen =
          tilts ?? (
            tilt { Self.moments(above, parts, tilt: $0) },
            tilt { Self.moments(below, parts, tilt: $0) }
          )
        let forward = Direction(
          tilt: chosen.0, moments: Self.moments(above, parts, tilt: chosen.0))
        let backward = Direction(
          tilt: chosen.1, moments: Self.moments(below, parts, tilt: chosen.1))
        let spread = max(forward.moments.variance, backward.moments.variance).squareRoot()
        let narrow = min(forward.moments.variance, backward.moments.variance).squareRoot()
        let window = max(2 * resolution.halfWindow * spread, 64 * step)
        let coarsest = 2 * resolution.halfWindow * spread / Double(resolution.largestTransform)
        let fine = max(
          finest,
          min(
            step, narrow / total.squareRoot() * resolution.relativeStep,
            Self.step(costing: 1e-4, total, forward, backward)),
          Self.step(costing: 1e-7, total, forward, backward))
        let wished = max(fine, coarsest)
        pass += 1
        if pass == 4 || wished > 0.8 * step {
          self.step = step
          isWindowTooWide = coarsest > fine
          self.pairs = pairs
          self.forward = forward
          self.backward = backward
          var length = 1 << 10
          while Double(length) * step < window { length *= 2 }
          self.length = length
          return
        }
        // A coarse lattice smears a narrow law: its tilt is good only where the law was resolved.
        let isResolved = step < narrow / total.squareRoot()
        tilts = isResolved ? chosen : nil
        var length = 1 << 10
        while Double(length) * wished * 1.1 < 2 * resolution.halfWindow * spread { length *= 2 }
        let filling = 2 * resolution.halfWindow * spread / Double(length) * (1 + 1e-9)
        step = isResolved ? max(finest, min(0.75 * step, filling)) : max(wished, step / 8)
      }
    }

    /// The tilt's mean lies so far above epsilon that another tilt would be sharper there.
    func isAimedBeyond(_ epsilon: Double) -> Bool {
      [forward, backward].contains {
        $0.moments.mean - epsilon
          > (isWindowTooWide ? 0.02 : 0.3) * $0.moments.variance.squareRoot()
      } && !(parts.count == 1 && parts[0].count == 1)
    }

    /// A step whose effect on epsilon is at most this part of it, or about so.
    ///
    /// A move to lattice points adds at most step^2 / 4 to the variance of a loss, and so at most
    /// (1 + 2 tilt) step^2 / 8 to the epsilon of one composition.
    private static func step(
      costing part: Double, _ total: Double, _ forward: Direction, _ backward: Direction
    ) -> Double {
      let tilt = max(forward.tilt, backward.tilt)
      let epsilon = max(forward.moments.mean, backward.moments.mean, 1e-6)
      return (8 * part * epsilon / (total * (1 + 2 * tilt))).squareRoot()
    }

    static func moments(
      _ lattices: [LossLattice], _ parts: [Part], tilt: Double
    ) -> LossLattice.Moments {
      var sum = LossLattice.Moments(logSum: 0, mean: 0, variance: 0)
      for (lattice, part) in zip(lattices, parts) {
        let one = lattice.moments(tilt: tilt)
        sum.logSum += part.count * one.logSum
        sum.mean += part.count * one.mean
        sum.variance += part.count * max(0, one.variance)
      }
      return sum
    }

    /// By how much, with probability 1 - `failure`, moving losses to the lattice can raise their sum.
    ///
    /// Each move lies in an interval of one step and has mean at most step^2 / 8 given the loss.
    func latticeAllowance(failure: Double) -> Double {
      let total = parts.reduce(0) { $0 + $1.count }
      return total * step * step / 8
        + step * (total / 2 * log(1 / failure)).squareRoot()
    }
  }
}
