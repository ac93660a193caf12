internal import NumericalMethods
package import RoundVocabulary

/// Upper bounds on the Renyi divergence between what a mechanism shows for two neighbors.
///
/// D_a(P || Q) = log(E_Q[(P/Q)^a]) / (a - 1), the larger one of both directions. Bounds are raised by
/// one part in 10^10, far more than the arithmetic loses; where a value is called exact it is so
/// within one part in 10^9.
package enum RenyiDivergence {
  /// The relative margin over the rounding errors of the arithmetic in this folder.
  static let margin = 1e-10
  /// The least order at which integrals and sums are evaluated.
  ///
  /// Closer to 1 their terms cancel. A divergence grows with its order, so the value at this order
  /// bounds those below it.
  static let leastOrder = 1.0001

  /// An upper bound on the divergence of `order` between the outputs of `event` on two neighbors.
  ///
  /// - Range: `order` finite and above 1; the bound is at least 0, and infinite without noise.
  /// - Throws: `outOfRange` for an order or an event that means nothing, `unsupported` for a
  ///   mechanism without a proven bound under `neighbors`.
  package static func bound(
    of event: MechanismEvent, order: Double, neighbors: NeighboringRelation
  ) throws(AccountingError) -> Double {
    try require(order: order)
    return try RenyiCurve(of: [event], neighbors: neighbors).bound(order: order)
  }

  static func require(order: Double) throws(AccountingError) {
    guard order > 1, order.isFinite else {
      throw .outOfRange(field: "order", value: order, allowed: "finite and above 1")
    }
  }
}

/// One mechanism's divergence as a function of the order, ready to be evaluated many times.
protocol RenyiTerm: Sendable {
  /// An upper bound for a finite order above 1.
  func divergence(order: Double) -> Double
}

/// The divergence of a whole composition as a function of the order.
///
/// Divergences of one order add up, adaptively chosen mechanisms included (Mironov 2017,
/// arXiv:1702.07476, Proposition 1). Equal events are evaluated once.
struct RenyiCurve: RenyiTerm {
  private var terms: [(count: Double, term: any RenyiTerm)] = []

  init(
    of events: [MechanismEvent], neighbors: NeighboringRelation
  ) throws(AccountingError) {
    for event in events { try event.validate() }
    var flat = FlatEvents()
    for event in events { flat.add(event, count: 1) }
    for event in flat.order {
      let count = flat.counts[event] ?? 0
      terms.append((count, try Self.term(of: event, neighbors: neighbors)))
    }
  }

  func bound(order: Double) -> Double {
    divergence(order: order) * (1 + RenyiDivergence.margin)
  }

  func divergence(order: Double) -> Double {
    var sum = 0.0
    for (count, term) in terms {
      let divergence = term.divergence(order: order)
      // NaN would compare as smaller than anything; it can only come from overflow.
      sum += divergence.isNaN ? .infinity : count * max(0, divergence)
    }
    return sum
  }
}

/// Compositions and repetitions taken apart into single mechanisms with counts.
private struct FlatEvents {
  var order: [MechanismEvent] = []
  var counts: [MechanismEvent: Double] = [:]

  mutating func add(_ event: MechanismEvent, count: Double) {
    guard count > 0 else { return }
    switch event {
    case .composed(let events):
      for event in events { add(event, count: count) }
    case .repeated(let event, let repetitions):
      add(event, count: count * Double(repetitions))
    default:
      if counts[event] == nil { order.append(event) }
      counts[event, default: 0] += count
    }
  }
}
