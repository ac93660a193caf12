#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension PrivacyLossAccountant {
  /// All parts on one lattice, tilted in both directions.
  struct Grid {
    struct Direction {
      var tilt: Double
      /// Half of the window, in standard deviations of the tilted loss.
      var halfWindow: Double
      var moments: LossLattice.Moments

      var spread: Double { moments.variance.squareRoot() }
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
      let widest =
        parts.map { part in
          let range = part.source.range(logTail: logTail)
          return range.upperBound - range.lowerBound
        }.max() ?? 1
      let finest = max(widest, 1e-300) / Double(resolution.largestLattice)
      let total = parts.reduce(0) { $0 + $1.count }
      // A single mechanism is read off its lattice, which costs little.
      var step = max(widest, 1e-300) / (total == 1 ? 0x1p15 : 4096)
      var aimed: (forward: Direction, backward: Direction)?
      var pass = 0
      while true {
        let pairs = parts.map { $0.source.lattice(step: step, logTail: logTail) }
        let (above, below) = (pairs.map(\.forward), pairs.map(\.backward))
        func aim(_ lattices: [LossLattice], _ known: Direction?) -> Direction {
          func moments(_ tilt: Double) -> LossLattice.Moments {
            Self.moments(lattices, parts, tilt: tilt)
          }
          // Any tilt is sound: one found on a coarser lattice serves the fine one.
          if var known {
            known.moments = moments(known.tilt)
            return known
          }
          let tilt = tilt(moments)
          return Direction(tilt: tilt, most: resolution.halfWindow, moments)
        }
        let forward = aim(above, aimed?.forward)
        let backward = aim(below, aimed?.backward)
        let narrow = min(forward.spread, backward.spread)
        let window =
          2 * max(forward.halfWindow * forward.spread, backward.halfWindow * backward.spread)
        let coarsest = window / Double(resolution.largestTransform)
        let fine = max(
          finest,
          min(
            step, narrow / total.squareRoot() * resolution.relativeStep,
            Self.step(costing: 1e-4, total, forward, backward)),
          Self.step(costing: 1e-7, total, forward, backward))
        let wished = max(fine, coarsest)
        pass += 1
        if coarsest > step, coarsest.isFinite, pass < 8 {
          // The composed law is too wide for a transform at this step.
          step = coarsest * 1.001
          continue
        }
        if pass >= 4 || wished > 0.8 * step {
          self.step = step
          isWindowTooWide = coarsest > fine
          self.pairs = pairs
          self.forward = forward
          self.backward = backward
          var length = 1 << 10
          while Double(length) * step < max(window, 64 * step),
            length < 2 * resolution.largestTransform
          {
            length *= 2
          }
          self.length = length
          return
        }
        // A coarse lattice smears a narrow law: its tilt is good only where the law was resolved.
        let isResolved = step < narrow / total.squareRoot()
        aimed = isResolved ? (forward, backward) : nil
        var length = 1 << 10
        while Double(length) * wished * 1.1 < window, length < 2 * resolution.largestTransform {
          length *= 2
        }
        // What room a transform leaves over goes into a finer step, as far as that is cheap.
        let filling = max(window / Double(length) * (1 + 1e-9), 0.75 * wished)
        step = isResolved ? max(finest, min(0.75 * step, filling)) : max(wished, step / 8)
      }
    }

    /// Whether all numbers stayed within those of the machine; otherwise nothing can be read off.
    var isUsable: Bool {
      [forward, backward].allSatisfy { direction in
        let moments = direction.moments
        return direction.tilt.isFinite && moments.logSum.isFinite && moments.variance.isFinite
          && abs(moments.mean / step) < 0x1p52
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

extension PrivacyLossAccountant.Grid.Direction {
  /// A direction at a tilt, with the narrowest window that is as good as one of 2 `most` deviations.
  ///
  /// A normal law's mass beyond w standard deviations s weighs e^(-w^2/2) under the tilt t, and
  /// e^(-t s w) of that in delta: the greater the tilt, the less of a window is needed above the mean;
  /// below it nothing is, for what wraps around from there comes down at the top. What is a window
  /// above the mean comes down at the mean, and counts: where the law has such a tail the window is
  /// wider. Whatever is left out is charged, so this decides nothing but how sharp the answer is.
  init(tilt: Double, most: Double, _ moments: (Double) -> LossLattice.Moments) {
    self.init(tilt: tilt, halfWindow: most, moments: moments(tilt))
    let decay = tilt * spread
    var candidate = max(3.5, (decay * decay + most * most).squareRoot() - decay)
    while candidate < most {
      let distance = 2 * candidate / max(spread, 1e-300)
      let moved = moments(tilt + distance).logSum
      if moved - self.moments.logSum - distance * (self.moments.mean + 2 * candidate * spread) < -20
      {
        halfWindow = candidate
        return
      }
      candidate *= 1.25
    }
  }
}
