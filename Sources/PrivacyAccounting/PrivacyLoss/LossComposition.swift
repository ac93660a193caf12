internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The composed loss law of one direction, tilted, over a window of the lattice.
///
/// Stored masses t are bounds with P(L = l) <= t(l) e^(scale - tilt l) for l in the window. Round-off
/// is relative to these tilted masses, which are large where the answer lies, and so relative to
/// delta: without the tilt it would be absolute, and claims at small delta would be unsound.
struct ComposedLoss {
  let step: Double
  /// Losses are (`first` + j) `step`.
  let first: Int
  let masses: [Double]
  let tilt: Double
  /// K(tilt), the logarithm of the composition's moment generating function.
  let scale: Double
  /// Everything that adds to delta directly: infinite losses and losses above the window.
  let infiniteMass: Double
  /// How much the bounds on errors may have added to tilted sums above an epsilon of the window.
  let slack: Double
  /// How much of delta itself may be mass that wrapped around from below.
  let wrappedMass: Double
  /// Whether no finite loss lies below the first one; otherwise the window was cut out of a longer law.
  let isComplete: Bool

  /// The lowest loss at which delta is known.
  ///
  /// Above it, losses below the window add nothing to delta, and those that wrapped around only add.
  var edge: Double { isComplete ? -.infinity : Double(first) * step }

  /// The least epsilon of the window at which delta is at most `target`; infinity if there is none.
  func epsilon(delta target: Double) -> Double { crossing(delta: target) ?? edge }

  /// Where delta falls to `target`, nil below the window; infinity if it never does.
  ///
  /// Between lattice points delta is linear in e^epsilon, so the crossing is solved for exactly.
  func crossing(delta target: Double) -> Double? {
    let rest = target - infiniteMass
    guard rest > 0 else { return .infinity }
    // delta(e) = e^(scale - tilt r) (A - e^(e - r) B), with A and B sums over losses above e of
    // t e^(-tilt (l - r)) and t e^(-(1 + tilt) (l - r)). The reference r moves with the sweep.
    var tail = TailSums(self)
    while tail.nextLoss > -.infinity {
      // A whole block at once while the crossing lies further down, then point by point.
      var ahead = tail
      ahead.advance(by: 256)
      if ahead.delta(at: ahead.nextLoss) <= rest || ahead.nextLoss == -.infinity {
        if ahead.nextLoss > -.infinity {
          tail = ahead
          continue
        }
      }
      if tail.delta(at: tail.nextLoss) > rest { return tail.crossing(target: rest) }
      tail.advance(by: 1)
    }
    return isComplete && tail.delta(at: -.infinity) > rest ? tail.crossing(target: rest) : nil
  }

  /// Delta at `epsilon`, at most 1.
  ///
  /// - Formula: Below the window's edge l, delta(epsilon) <= delta(l) + 1 - e^(epsilon - l): every loss
  ///   above l adds at most that, and no loss between epsilon and l adds more.
  func delta(epsilon: Double) -> Double {
    if epsilon < edge { return min(1, delta(epsilon: edge) - expm1(epsilon - edge)) }
    var tail = TailSums(self)
    // Stops at the lowest lattice point above epsilon.
    while tail.nextLoss > epsilon { tail.advance(by: 1) }
    return min(1, tail.delta(at: epsilon) + infiniteMass)
  }

  /// Sums over the losses above a point that moves down the window.
  ///
  /// They are kept relative to the point, and multiplied by e^(tilt step) as it moves, so they
  /// neither overflow nor underflow before they matter.
  private struct TailSums {
    let law: ComposedLoss
    private var position: Int
    private var sum = 0.0
    private var discounted = 0.0
    private let growth: Double
    private let discountedGrowth: Double
    private var reference: Double

    init(_ law: ComposedLoss) {
      self.law = law
      position = law.masses.count
      growth = exp(law.tilt * -law.step)
      discountedGrowth = exp(-(1 + law.tilt) * law.step)
      reference = Double(law.first + position) * law.step
    }

    var nextLoss: Double {
      position > 0 ? Double(law.first + position - 1) * law.step : -.infinity
    }

    /// Adds the masses at the next `count` losses below.
    mutating func advance(by count: Int) {
      let end = max(0, position - count)
      while position > end {
        position -= 1
        // As the reference falls by a step, every term shrinks relative to it.
        sum = sum * growth + law.masses[position]
        discounted = discounted * discountedGrowth + law.masses[position]
      }
      reference = Double(law.first + position) * law.step
    }

    /// Delta at `epsilon`, between the reference and the next loss below.
    func delta(at epsilon: Double) -> Double {
      guard sum > 0 else { return 0 }
      let difference = sum - exp(epsilon - reference) * discounted
      return exp(law.scale - law.tilt * reference) * max(0, difference)
    }

    /// Where delta is `target`: at most the reference.
    func crossing(target: Double) -> Double {
      let scaled = exp(log(target) - law.scale + law.tilt * reference)
      guard sum > scaled, discounted > 0 else { return reference }
      return reference + log((sum - scaled) / discounted)
    }
  }
}
