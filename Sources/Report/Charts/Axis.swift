internal import Foundation

/// Maps values to places along one direction of a drawing.
struct Axis {
  let low: Double
  let high: Double
  let start: Double
  let end: Double
  let isLogarithmic: Bool

  /// An axis over the values; equal values get some room around them.
  init(
    _ values: [Double], from start: Double, to end: Double, includingZero: Bool = false,
    isLogarithmic: Bool = false
  ) {
    let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if includingZero, !isLogarithmic { low = min(0, low) }
    if high <= low { high = isLogarithmic ? low * 10 : low + max(abs(low), 1) * 0.1 }
    if isLogarithmic {
      low = max(low, 1e-12)
      high = max(high, low * 1.01)
    }
    self.low = low
    self.high = isLogarithmic ? high : high + (high - low) * 0.06
    self.start = start
    self.end = end
    self.isLogarithmic = isLogarithmic
  }

  func place(_ value: Double) -> Double {
    let part =
      isLogarithmic
      ? (log(max(value, low)) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low)
    return start + min(max(part, 0), 1) * (end - start)
  }

  /// Round values for grid lines.
  var ticks: [Double] {
    if isLogarithmic {
      let first = Int(log10(low).rounded(.up))
      let last = Int(log10(high).rounded(.down))
      return first <= last ? (first...last).map { pow(10, Double($0)) } : [low, high]
    }
    let raw = (high - low) / 4
    let magnitude = pow(10, log10(raw).rounded(.down))
    let step = [1, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= raw } ?? raw
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// A tick as text, with no more decimals than it needs.
  static func label(_ tick: Double) -> String {
    let text = String(format: abs(tick) >= 10 ? "%.0f" : "%.3f", tick)
    guard text.contains(".") else { return text }
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }
}
