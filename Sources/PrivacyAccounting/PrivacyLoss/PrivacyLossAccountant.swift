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
    /// Half of the window, in standard deviations of the composed loss, where it is not tilted.
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
    guard grid.isUsable else { return CertifiedInterval(lower: 0, upper: .infinity) }
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
    guard grid.isUsable else { return CertifiedInterval(lower: 0, upper: 1) }
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
