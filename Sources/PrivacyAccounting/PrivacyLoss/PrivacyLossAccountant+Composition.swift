internal import CKernels
internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension ComposedLoss {
  /// The part of delta at `epsilon` that bounds on errors may have added.
  ///
  /// Infinity in the lowest quarter of the window, for which `slack` says nothing.
  func slack(at epsilon: Double) -> Double {
    guard epsilon >= Double(first + masses.count / 4) * step else { return .infinity }
    return infiniteMass + wrappedMass + slack * exp(scale - tilt * epsilon)
  }

  /// An epsilon at which delta is certain to be above `target`, searched for below `upper`.
  ///
  /// The slack grows as epsilon falls, so a crossing counts only above the point where it was taken.
  func lowerEpsilon(delta target: Double, below upper: Double) -> Double {
    var distance = 0.01 * abs(upper) + 1e-6
    for _ in 0..<12 {
      let anchor = upper - distance
      if let crossing = crossing(delta: target + slack(at: anchor)), crossing >= anchor,
        crossing < .infinity
      {
        return crossing
      }
      distance *= 2
    }
    return -.infinity
  }
}

extension PrivacyLossAccountant.Grid {
  /// The composed laws of both directions.
  func composed() -> [ComposedLoss] {
    if parts.count == 1, parts[0].count == 1 {
      return [pairs[0].forward, pairs[0].backward].map(Self.single)
    }
    return transformed()
  }

  /// A single mechanism needs no transform and no tilt.
  private static func single(_ lattice: LossLattice) -> ComposedLoss {
    ComposedLoss(
      step: lattice.step, first: lattice.first, masses: lattice.logMasses.map { exp($0) },
      tilt: 0, scale: 0, infiniteMass: lattice.infiniteMass, slack: 0,
      wrappedMass: 0, isComplete: true)
  }

  private func transformed() -> [ComposedLoss] {
    let transform = FourierTransform(length: length)
    var products = [silhouette_factor](
      repeating: silhouette_factor(log_modulus: 0, phase: 0, log_bound: 0), count: length + 2)
    var scratch = [Double](repeating: 0, count: 2 * length)
    var pairs = scratch
    for (part, lattices) in zip(parts, self.pairs) {
      for index in pairs.indices { pairs[index] = 0 }
      lattices.forward.load(
        tilt: forward.tilt, logScale: logScale(forward, part, lattices.forward),
        into: &pairs, lane: 0)
      lattices.backward.load(
        tilt: backward.tilt, logScale: logScale(backward, part, lattices.backward),
        into: &pairs, lane: 1)
      let norm = pairs.reduce(0) { $0 + $1 * $1 }.squareRoot()
      transform.apply(to: &pairs, scratch: &scratch)
      // The transform's L2 error bounds that of every frequency.
      let error = transform.relativeError * norm * Double(length).squareRoot()
      unsafe products.withUnsafeMutableBufferPointer { products in
        unsafe pairs.withUnsafeBufferPointer { pairs in
          guard let target = products.baseAddress, let source = pairs.baseAddress else { return }
          unsafe silhouette_multiply_power(source, length, part.count, error, target)
        }
      }
    }
    var errors = (0.0, 0.0)
    let total = parts.reduce(0) { $0 + $1.count }
    // Logarithms, angles and their multiples: a few units in the last place of numbers up to
    // pi times the number of compositions.
    let evaluation = (16 * total + 64) * 0x1p-53
    unsafe products.withUnsafeBufferPointer { products in
      unsafe pairs.withUnsafeMutableBufferPointer { pairs in
        guard let source = products.baseAddress, let target = pairs.baseAddress else { return }
        unsafe silhouette_product_spectrum(
          source, length, evaluation, target, &errors.0, &errors.1)
      }
    }
    transform.apply(to: &pairs, scratch: &scratch)
    // Real and imaginary part were exchanged for the inverse, so lane 0 is the imaginary part.
    return [
      law(forward, self.pairs.map(\.forward), errors.0, transform, pairs, lane: 1),
      law(backward, self.pairs.map(\.backward), errors.1, transform, pairs, lane: 0),
    ]
  }

  /// The logarithm of one mechanism's moment generating function at the tilt.
  private func logScale(
    _ direction: Direction, _ part: PrivacyLossAccountant.Part, _ lattice: LossLattice
  ) -> Double {
    parts.count == 1
      ? direction.moments.logSum / part.count : lattice.moments(tilt: direction.tilt).logSum
  }

  /// Reads one direction off the periodic result, over a window around the tilted mean.
  private func law(
    _ direction: Direction, _ lattices: [LossLattice], _ spectrumError: Double,
    _ transform: FourierTransform, _ pairs: [Double], lane: Int
  ) -> ComposedLoss {
    let n = Double(length)
    let center = Int((direction.moments.mean / step).rounded(.down))
    let first = center - length / 2
    var norm = 0.0
    for value in pairs { norm += value * value }
    norm = norm.squareRoot() / n
    let rounding = spectrumError / n + transform.relativeError * norm
    var masses = [Double](repeating: 0, count: length)
    for offset in 0..<length {
      // Masses that were dropped below the range of exp are far smaller than the rounding.
      let value = pairs[2 * ((first + offset) & (length - 1)) + lane] / n
      masses[offset] = max(0, value) + rounding
    }
    let window = n * step
    let top = Double(first + length) * step
    let moments = direction.moments
    let infinite = zip(lattices, parts).reduce(0) { $0 + $1.1.count * $1.0.infiniteMass }
    let visible = min(n, 1 / max(direction.tilt * step, 1e-300) + 1)
    // What wraps around from above counts at an epsilon only if it is a window above it.
    let above = bounds(direction, lattices, beyond: top, and: top + window / 4)
    // What wraps around from below, by k windows, has e^(-k tilt window) of its untilted mass.
    var below = -direction.tilt * window
    if below > moments.logSum - direction.tilt * moments.mean - 20 {
      let bottom = Double(first) * step
      let tilted = bounds(direction, lattices, beyond: bottom, and: bottom).first
      let lowest = Double(first + length / 4) * step
      below = min(below, moments.logSum - direction.tilt * lowest + tilted)
    }
    return ComposedLoss(
      step: step, first: first, masses: masses, tilt: direction.tilt, scale: moments.logSum,
      infiniteMass: infinite + exp(moments.logSum - direction.tilt * top + above.first),
      slack: 2 * rounding * visible + exp(above.second), wrappedMass: exp(below),
      isComplete: false)
  }

  /// Logarithms of bounds on the tilted mass beyond two edges, on their side away from the mean.
  ///
  /// - Formula: Chernoff, P(L >= l) <= e^(K(s) - K(t) - (s - t) l) under the tilt t, for s > t. It is
  ///   convex in s, so the search ends when it rises.
  private func bounds(
    _ direction: Direction, _ lattices: [LossLattice], beyond edge: Double, and other: Double
  ) -> (first: Double, second: Double) {
    var best = (first: 0.0, second: 0.0)
    // The best tilt for a normal law; a law with a heavier tail needs less.
    var distance = (edge - direction.moments.mean) / max(direction.moments.variance, 1e-300)
    for _ in 0..<5 {
      let growth =
        Self.moments(lattices, parts, tilt: direction.tilt + distance).logSum
        - direction.moments.logSum
      let bound = growth - distance * edge
      if bound > best.first, best.first < 0 { break }
      best.first = min(best.first, bound)
      best.second = min(best.second, growth - distance * other)
      // As good as for a normal law: no tilt does much better.
      if bound < -0.4 * distance * (edge - direction.moments.mean) { break }
      distance /= 2
    }
    return best
  }
}
