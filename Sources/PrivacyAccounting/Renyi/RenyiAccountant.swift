#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
package import RoundVocabulary

/// Composes mechanisms by their Renyi divergences.
///
/// The answer is an upper bound at every order, so the order is optimized freely. It holds for
/// mechanisms that are chosen adaptively from a list that is fixed in advance; where the list itself
/// depends on outputs, use `RenyiFilter`.
package enum RenyiAccountant {
  /// An upper bound on the epsilon of all `events` together at `delta`.
  ///
  /// - Edge cases: no events give 0; an event without noise gives infinity.
  /// - Throws: `outOfRange` for a delta outside (0, 1) or an impossible event, `unsupported` for a
  ///   mechanism without a proven bound under `neighbors`.
  package static func epsilon(
    of events: [MechanismEvent], delta: Double, neighbors: NeighboringRelation
  ) throws(AccountingError) -> Double {
    try require(delta: delta)
    let curve = try RenyiCurve(of: events, neighbors: neighbors)
    let logDelta = log(delta)
    return OrderSearch.minimum(isHopeless: { order, value, least in
      isHopeless(order: order, value: value, least: least, logDelta: logDelta)
    }) { order in
      RenyiConversion.epsilon(order: order, divergence: curve.bound(order: order), delta: delta)
    }.value
  }

  /// The same with the best of the given orders only.
  package static func epsilon(
    of events: [MechanismEvent], delta: Double, neighbors: NeighboringRelation, orders: [Double]
  ) throws(AccountingError) -> Double {
    try require(delta: delta)
    for order in orders { try RenyiDivergence.require(order: order) }
    let curve = try RenyiCurve(of: events, neighbors: neighbors)
    return orders.map { order in
      RenyiConversion.epsilon(order: order, divergence: curve.bound(order: order), delta: delta)
    }.min() ?? .infinity
  }

  /// An upper bound on the delta of all `events` together at `epsilon`.
  ///
  /// - Edge cases: no events give 0; an event without noise gives 1.
  /// - Throws: as `epsilon(of:delta:neighbors:)`, for an epsilon that is negative or not finite.
  package static func delta(
    of events: [MechanismEvent], epsilon: Double, neighbors: NeighboringRelation
  ) throws(AccountingError) -> Double {
    try MechanismEvent.require(epsilon, "epsilon", atLeast: 0)
    let curve = try RenyiCurve(of: events, neighbors: neighbors)
    let logDelta = OrderSearch.minimum { order in
      RenyiConversion.logDelta(
        order: order, divergence: curve.bound(order: order), epsilon: epsilon)
    }
    return RenyiConversion.delta(logDelta: logDelta.value)
  }

  private static func require(delta: Double) throws(AccountingError) {
    guard delta > 0, delta < 1 else {
      throw .outOfRange(field: "delta", value: delta, allowed: "between 0 and 1, both excluded")
    }
  }

  /// Whether greater orders cannot win.
  ///
  /// A bound is D_a + log(1 - 1/a) - log(a) / (a - 1), three terms that grow with a, and
  /// -log(delta) / (a - 1) > 0.
  private static func isHopeless(
    order: Double, value: Double, least: Double, logDelta: Double
  ) -> Bool {
    least == 0 || value + logDelta / (order - 1) > least
  }
}
