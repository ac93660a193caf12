internal import NumericalMethods
package import RoundVocabulary

/// Admits releases one by one, each chosen in view of all earlier outputs, within one budget.
///
/// **Rule.** Orders a_1, ..., a_m and a divergence budget r_i for each are fixed before the first
/// release. A release whose divergence bound at order a_i is d_i, a function of earlier outputs only,
/// is admitted when at least one order's sum, this release included, stays within its budget. Sums
/// count every admitted release at every order.
///
/// **One order.** The process that stops before its sum would pass r has divergence at most r at that
/// order, however the releases were chosen (Feldman, Zrnic 2021, arXiv:2008.11193, Theorem 3.1;
/// Lecuyer 2021, arXiv:2103.01379). The budget is the greatest r that `RenyiConversion` turns into
/// epsilon at delta. The order must not be chosen in hindsight: that is why it is fixed first.
///
/// **Several orders.** Each gets the budget of epsilon at delta / m. Let M_i be the same process, but
/// stopped before the sum of a_i would pass r_i: it is (epsilon, delta / m)-private by the above. Sums
/// only grow, so a run that ends with the sum of a_i within r_i was never stopped in M_i, and has there
/// the same probability. Every run ends within the budget of some order; call A_i the runs for which
/// i is the first such. For a set S of runs, P(S) = sum of P(S and A_i) = sum of P_i(S and A_i)
/// <= sum of (e^epsilon Q_i(S and A_i) + delta / m) = e^epsilon Q(S) + delta.
package struct RenyiFilter: Sendable {
  /// One order's budget and what was charged to it, both rounded towards more loss.
  package struct Account: Sendable, Equatable {
    package let order: Double
    package let budget: Double
    package fileprivate(set) var spent = 0.0
  }

  /// The guarantee that holds whatever is admitted.
  package let epsilon: Double
  package let delta: Double
  package let neighbors: NeighboringRelation
  package private(set) var accounts: [Account]

  /// A filter for the given orders.
  ///
  /// - Throws: `outOfRange` for a bad number or no order, `unreachable` when no order leaves a budget.
  package init(
    epsilon: Double, delta: Double, neighbors: NeighboringRelation, orders: [Double]
  ) throws(AccountingError) {
    try Self.require(epsilon: epsilon, delta: delta)
    guard !orders.isEmpty else {
      throw .outOfRange(field: "number of orders", value: 0, allowed: "at least 1")
    }
    for order in orders { try RenyiDivergence.require(order: order) }
    let share = delta / Double(orders.count) * (1 - RenyiDivergence.margin)
    accounts = orders.map { order in
      let budget = RenyiConversion.divergence(order: order, epsilon: epsilon, delta: share)
      return Account(order: order, budget: budget)
    }
    guard accounts.contains(where: { $0.budget > 0 }) else {
      throw .unreachable(
        quantity: "divergence budget", target: "epsilon \(epsilon) at delta \(delta)",
        reason: "its price at the orders \(orders) is already more; use larger orders")
    }
    (self.epsilon, self.delta, self.neighbors) = (epsilon, delta, neighbors)
  }

  /// A filter at the one order that admits the most Gaussian releases.
  ///
  /// A Gaussian release costs in proportion to its order, so that order has the greatest budget per
  /// order.
  package init(
    epsilon: Double, delta: Double, neighbors: NeighboringRelation
  ) throws(AccountingError) {
    try Self.require(epsilon: epsilon, delta: delta)
    let best = OrderSearch.minimum { order in
      -RenyiConversion.divergence(order: order, epsilon: epsilon, delta: delta) / order
    }
    try self.init(epsilon: epsilon, delta: delta, neighbors: neighbors, orders: [best.order])
  }

  private static func require(epsilon: Double, delta: Double) throws(AccountingError) {
    guard epsilon > 0, epsilon.isFinite else {
      throw .outOfRange(field: "epsilon", value: epsilon, allowed: "finite and above 0")
    }
    guard delta > 0, delta < 1 else {
      throw .outOfRange(field: "delta", value: delta, allowed: "between 0 and 1, both excluded")
    }
  }

  /// Charges `event` and returns true if the budget bears it; otherwise changes nothing.
  ///
  /// To be asked before the release is made, and obeyed.
  /// - Throws: as `RenyiDivergence.bound`, with nothing charged.
  package mutating func admit(_ event: MechanismEvent) throws(AccountingError) -> Bool {
    let curve = try RenyiCurve(of: [event], neighbors: neighbors)
    var next = accounts
    var isWithin = false
    for index in next.indices {
      let charge = curve.bound(order: next[index].order)
      if charge > 0 { next[index].spent = (next[index].spent + charge).nextUp }
      if next[index].spent <= next[index].budget { isWithin = true }
    }
    if isWithin { accounts = next }
    return isWithin
  }
}
