#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import NumericalMethods

/// Looks for the order at which a bound is least.
///
/// Every order gives a valid bound, so a search that misses the best one costs tightness only.
enum OrderSearch {
  struct Result {
    let order: Double
    let value: Double
  }

  /// The scanned orders: 1 + 2^(i/2) / 4096 for i = 0, ..., 64, up to 2^20.
  private static func order(_ position: Double) -> Double { 1 + exp2(position / 2) / 4096 }
  private static let lastPosition = 64

  /// The least value found by a scan, then by golden section around its best order.
  ///
  /// Bounds that are interpolated between integers have kinks there, so the integers next to the
  /// best order are tried, too.
  /// - Parameter isHopeless: whether, with `value` found at `order`, no greater order can give less
  ///   than `least`.
  static func minimum(
    isHopeless: (_ order: Double, _ value: Double, _ least: Double) -> Bool = { _, _, _ in false },
    of bound: (_ order: Double) -> Double
  ) -> Result {
    var best = Result(order: order(0), value: .infinity)
    var bestPosition = 0
    func consider(_ order: Double) -> Double {
      let value = bound(order)
      if value < best.value { best = Result(order: order, value: value) }
      return value
    }
    for position in 0...lastPosition {
      let order = order(Double(position))
      let previous = best.value
      let value = consider(order)
      if value < previous { bestPosition = position }
      if isHopeless(order, value, best.value) { break }
    }
    guard best.value.isFinite else { return best }
    _ = RootFinding.minimum(
      from: Double(max(0, bestPosition - 1)),
      to: Double(min(lastPosition, bestPosition + 1)), steps: 28
    ) { position in consider(order(position)) }
    let found = best.order
    for neighbor in [found.rounded(.down), found.rounded(.up)] where neighbor > 1 {
      _ = consider(neighbor)
    }
    return best
  }
}
