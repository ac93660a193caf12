#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Maps the values of a chart to positions in its drawing.
package struct Scale: Sendable {
  /// How distance on paper relates to the values.
  package enum Kind: Sendable {
    case linear
    /// Equal ratios have equal length; values that are not positive sit at the low end.
    case logarithmic
  }

  package let kind: Kind
  package let low: Double
  package let high: Double
  package let start: Double
  package let end: Double
  /// From one tick to the next on a linear scale, of which `low` and `high` are multiples.
  private let step: Double

  /// A scale that shows all of `values`, widened to round numbers.
  ///
  /// Values that are not finite are left out. Without any value, or with equal ones, the domain is
  /// widened so that positions stay finite.
  package init(
    _ kind: Kind, showing values: [Double], includesZero: Bool = false, from start: Double,
    to end: Double
  ) {
    self.kind = kind
    self.start = start
    self.end = end
    switch kind {
    case .linear:
      (low, high, step) = Self.linearDomain(values.filter(\.isFinite) + (includesZero ? [0] : []))
    case .logarithmic:
      (low, high) = Self.logarithmicDomain(values.filter { $0.isFinite && $0 > 0 })
      step = 0
    }
  }

  /// Where `value` is drawn; values outside the domain are drawn at its edge.
  package func position(_ value: Double) -> Double {
    guard value.isFinite else { return start }
    let inside = min(max(value, low), high)
    let share =
      switch kind {
      case .linear: (inside - low) / (high - low)
      case .logarithmic: log(inside / low) / log(high / low)
      }
    return start + share * (end - start)
  }

  /// Round values to mark on the axis, smallest first.
  package var ticks: [Double] {
    switch kind {
    case .linear:
      let count = Int(((high - low) / step).rounded())
      // Divided, not multiplied by a fraction, so that 0.3 is 0.3 and not 0.30000000000000004.
      let inverse = (1 / step).rounded()
      return (0...max(count, 1)).map { index in
        let multiple = (low / step).rounded() + Double(index)
        return step < 1 ? multiple / inverse : multiple * step
      }
    case .logarithmic:
      let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
      let factors: [Double] = log10(high / low) > 2.5 ? [1] : [1, 2, 5]
      let all = decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
      return all.filter { (low...high).contains($0) }
    }
  }

  private static func linearDomain(_ values: [Double]) -> (low: Double, high: Double, step: Double)
  {
    guard let least = values.min(), let most = values.max() else { return linearDomain([0, 1]) }
    guard most > least else {
      let reach = least == 0 ? 1 : abs(least) / 2
      return linearDomain([least - reach, least + reach])
    }
    let step = step(most - least)
    let low = (least / step).rounded(.down) * step
    let high = (most / step).rounded(.up) * step
    // Widening can make room for larger steps, of which the domain then has to be a multiple.
    return self.step(high - low) > step ? linearDomain([low, high]) : (low, high, step)
  }

  private static func logarithmicDomain(_ values: [Double]) -> (Double, Double) {
    guard let least = values.min(), let most = values.max() else { return (0.1, 10) }
    guard most > least * 1.0001 else { return (least / 4, least * 4) }
    let padding = pow(most / least, 0.06)
    return (least / padding, most * padding)
  }

  /// The step of 1, 2 or 5 times a power of ten that gives four to eight ticks.
  private static func step(_ extent: Double) -> Double {
    let rough = extent / 5
    let decade = pow(10, log10(rough).rounded(.down))
    let factor = rough / decade
    return decade * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10)
  }
}
