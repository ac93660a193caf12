#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where a privacy loss crosses its target along one parameter, found in few evaluations.
///
/// The excess is log(loss / target). Both sides of the crossing are evaluated before the search
/// ends, so the answer is proven on its safe side and known to be sharp on the other.
struct CrossingSearch {
  /// How near to the crossing the search goes.
  enum Resolution {
    /// The ratio of the two sides is at most 1 plus this.
    case relative(Double)
    /// Only whole numbers count; the two sides are neighbors.
    case whole
  }

  struct Point {
    var value: Double
    var excess: Double
  }

  let range: ClosedRange<Double>
  let resolution: Resolution
  /// Whether greater values lose less.
  let isSafeAbove: Bool

  /// The last value found to keep the target.
  private(set) var safe: Point?
  /// The last value found not to.
  private(set) var unsafeSide: Point?
  /// The parameter to evaluate; nil when the search is over.
  private(set) var next: Double?

  private var last: Point?
  /// d excess / d log(value).
  private var slope = 0.0
  private var evaluations = 0

  init(range: ClosedRange<Double>, resolution: Resolution, isSafeAbove: Bool) {
    self.range = range
    self.resolution = resolution
    self.isSafeAbove = isSafeAbove
  }

  /// Starts at `guess`, with the slope of an estimate where there is one.
  mutating func begin(at guess: Double, estimate: (Double) -> Double?) {
    slope = isSafeAbove ? -1 : 0.5
    let value = snapped(guess)
    let beside = min(max(value * 1.05, range.lowerBound), range.upperBound / 1.05)
    if let here = estimate(beside), let there = estimate(beside * 1.05) {
      let estimated = (there - here) / log(1.05)
      if estimated.isFinite, estimated != 0, (estimated < 0) == isSafeAbove { slope = estimated }
    }
    next = value
  }

  /// Takes in an evaluation and chooses the next.
  mutating func note(_ value: Double, excess: Double) {
    evaluations += 1
    let point = Point(value: value, excess: excess)
    // Neighbors so near that the rounding of the loss shows would give a wild slope.
    if let last, abs(log(value / last.value)) > 1e-5, excess.isFinite, last.excess.isFinite {
      let secant = (excess - last.excess) / log(value / last.value)
      if secant != 0, (secant < 0) == isSafeAbove { slope = secant }
    }
    last = point
    // Written so that NaN counts as too much.
    if excess <= 0 { safe = point } else { unsafeSide = point }
    next = isSettled || evaluations >= 200 ? nil : proposal(after: point)
  }

  func snapped(_ value: Double) -> Double {
    let inside = min(max(value, range.lowerBound), range.upperBound)
    return if case .whole = resolution { inside.rounded() } else { inside }
  }

  private var isSettled: Bool {
    guard let safe else { return unsafeSide?.value == safest }
    guard let unsafeSide else { return safe.value == riskiest }
    switch resolution {
    case .relative(let tolerance):
      return abs(log(safe.value / unsafeSide.value)) <= tolerance * (1 + 1e-6)
    case .whole: return abs(safe.value - unsafeSide.value) <= 1
    }
  }

  private var safest: Double { isSafeAbove ? range.upperBound : range.lowerBound }
  private var riskiest: Double { isSafeAbove ? range.lowerBound : range.upperBound }

  private func proposal(after point: Point) -> Double {
    // Secants that do not close in, as on a loss with steps, take turns with halving.
    let isSlow = evaluations > 12 && evaluations.isMultiple(of: 2) && safe != nil
    guard point.excess.isFinite, !isSlow || unsafeSide == nil else {
      return snapped(blindStep(from: point))
    }
    let crossing = point.value * exp(stride(from: point))
    return switch resolution {
    case .relative(let tolerance): snapped(kept(sharpened(crossing, tolerance)))
    case .whole: whole(crossing)
    }
  }

  /// How far off the crossing seems to be, in logarithms.
  ///
  /// While only one side is known, strides grow, so that a target that nothing reaches is soon seen.
  private func stride(from point: Point) -> Double {
    let wished = min(max(-point.excess / slope, -3), 3)
    guard safe == nil || unsafeSide == nil, evaluations >= 4 else { return wished }
    let least = 0.1 * pow(4, Double(evaluations - 4))
    let goesUp = (point.excess > 0) == isSafeAbove
    return max(abs(wished), least) * (goesUp ? 1 : -1)
  }

  /// Past the crossing by half the tolerance on the safe side, or just across it once that is known.
  private func sharpened(_ crossing: Double, _ tolerance: Double) -> Double {
    let safely = isSafeAbove ? 1.0 : -1
    if let safe, abs(log(crossing / safe.value)) < 0.9 * tolerance {
      return safe.value * exp(-safely * tolerance)
    }
    if let unsafeSide, abs(log(crossing / unsafeSide.value)) < 0.9 * tolerance {
      return unsafeSide.value * exp(safely * tolerance)
    }
    return crossing * exp(safely * 0.4 * tolerance)
  }

  /// The value itself where it lies between the two sides, else their geometric mean.
  private func kept(_ value: Double) -> Double {
    guard let safe, let unsafeSide else { return value }
    let (low, high) = (min(safe.value, unsafeSide.value), max(safe.value, unsafeSide.value))
    return value > low && value < high ? value : (low * high).squareRoot()
  }

  private func whole(_ crossing: Double) -> Double {
    let inward = isSafeAbove ? -1.0 : 1
    let rounded = snapped(isSafeAbove ? crossing.rounded(.up) : crossing.rounded(.down))
    // A side that is known already tells nothing new: try the number beside it.
    let candidate =
      rounded == safe?.value
      ? rounded + inward : rounded == unsafeSide?.value ? rounded - inward : rounded
    let inside = snapped(kept(candidate))
    guard let safe, let unsafeSide, inside == safe.value || inside == unsafeSide.value else {
      return inside
    }
    return ((safe.value + unsafeSide.value) / 2).rounded()
  }

  /// Where the loss is 0 or infinite there is no slope: halve what is left, or go a factor on.
  private func blindStep(from point: Point) -> Double {
    if let safe, let unsafeSide {
      return (safe.value * unsafeSide.value).squareRoot()
    }
    let goesUp = (point.excess > 0) == isSafeAbove
    return point.value * (goesUp ? 4 : 0.25)
  }
}
