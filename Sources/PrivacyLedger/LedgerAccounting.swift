internal import PrivacyAccounting
package import RoundVocabulary
package import TransparencyLog

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What one device may have contributed to a plan, and what that costs: protocols/ledger.md, section 4.
package struct LedgerCharge: Sendable {
  /// One task with the mechanism of its debits.
  package struct Task: Sendable {
    package let kind: TaskKind
    /// Nil before the first debit.
    package var mechanism: LoggedMechanism?
    package var debits = 0
    package var cohorts = 0
    /// T.
    package let mostContributions: Int

    init(_ kind: TaskKind, mostContributions: Int) {
      self.kind = kind
      self.mostContributions = mostContributions
    }

    /// k: contributions of one device that an adversary may have learned from.
    func contributions(seenBy adversary: Adversary) -> Int {
      min(mostContributions, adversary.seesContributions ? cohorts : debits)
    }

    /// Why there is no bound on what an adversary has learned from this task; nil if nothing is known against one.
    func obstacle(against adversary: Adversary) -> Obstacle? {
      guard contributions(seenBy: adversary) > 0 else { return nil }
      if adversary == .maliciousCoordinator { return .deviates }
      guard let mechanism else { return .uncharged(kind) }
      return mechanism.law == .none ? .noNoise : nil
    }
  }

  /// Why epsilon has no bound.
  package enum Obstacle: Sendable, Hashable {
    /// The adversary deviates, and what it has logged does not bound what it saw.
    case deviates
    /// The plan adds no noise.
    case noNoise
    /// A round of the task has a cohort, and no round of it was charged: its noise is not in the log.
    case uncharged(TaskKind)
    /// The noise is so small that neither accountant bounds the loss.
    case unbounded
  }

  package var tasks: [Task]

  /// All that one device may have contributed to several plans.
  package init(composing charges: [LedgerCharge]) {
    tasks = charges.flatMap(\.tasks)
  }

  init(tasks: [Task]) { self.tasks = tasks }

  /// Why `epsilon` is infinite; nil if it is not.
  package func obstacle(against adversary: Adversary, delta: Double) -> Obstacle? {
    tasks.lazy.compactMap { $0.obstacle(against: adversary) }.first
      ?? (epsilon(against: adversary, delta: delta).value.isFinite ? nil : .unbounded)
  }

  /// Epsilon by both accountants; infinity where one has no bound.
  package struct Epsilon: Sendable, Equatable {
    /// Renyi divergences at the orders of `LedgerCharge.orders`.
    package let renyi: Double
    /// One Gaussian release in the place of all.
    package let gaussian: Double

    /// What is stated.
    package var value: Double { min(renyi, gaussian) }
  }

  /// Whether an adversary has had nothing to learn from.
  func isEmpty(for adversary: Adversary) -> Bool {
    tasks.allSatisfy { $0.contributions(seenBy: adversary) == 0 }
  }

  /// 1 + 2^(i/128) / 64 for i = 0 to 2560: fixed, so that others find the same number.
  static let orders = (0...2560).map { 1 + exp2(Double($0) / 128) / 64 }
  /// More than the best of all orders can be below the best of these.
  static let tolerance = 1e-5

  /// An upper bound on epsilon against one adversary.
  ///
  /// - Range: `delta` in (0, 1). Nothing contributed gives 0, a sum without noise infinity.
  package func epsilon(against adversary: Adversary, delta: Double) -> Epsilon {
    var events: [MechanismEvent] = []
    for task in tasks {
      let count = task.contributions(seenBy: adversary)
      guard count > 0 else { continue }
      guard task.obstacle(against: adversary) == nil,
        let event = task.mechanism.flatMap({ Self.event(of: $0, seenBy: adversary) })
      else { return Epsilon(renyi: .infinity, gaussian: .infinity) }
      events.append(event.times(count))
    }
    guard !events.isEmpty else { return Epsilon(renyi: 0, gaussian: 0) }
    do throws(AccountingError) {
      let gaussian = try Accountant.epsilon(of: events, delta: delta, by: .gaussian)
      return Epsilon(
        renyi: try renyi(events, delta: delta), gaussian: gaussian?.upper ?? .infinity)
    } catch {
      // What an accountant refuses, it does not bound.
      return Epsilon(renyi: .infinity, gaussian: .infinity)
    }
  }

  /// Nil where nothing is guaranteed.
  private static func event(
    of mechanism: LoggedMechanism, seenBy adversary: Adversary
  ) -> MechanismEvent? {
    // Plans know no noise of the coordinator: a debit with it is refused before it is charged.
    guard mechanism.law != .centralDiscreteGaussian else { return nil }
    return mechanism.observed?.event(seenBy: adversary)
  }

  /// At the fixed orders, with distances in total variation charged to delta.
  private func renyi(_ events: [MechanismEvent], delta: Double) throws(AccountingError) -> Double {
    var exact: [MechanismEvent] = []
    var distance = 0.0
    for event in events {
      let (count, single) = event.counted
      guard case .approximate(let inner, let totalVariation) = single else {
        exact.append(event)
        continue
      }
      exact.append(inner.times(count))
      distance += Double(count) * totalVariation
    }
    func epsilon(_ delta: Double) throws(AccountingError) -> Double {
      try RenyiAccountant.epsilon(
        of: exact, delta: delta, neighbors: .zeroOut, orders: Self.orders)
    }
    let plain = try epsilon(delta)
    guard distance > 0 else { return plain }
    for guess in [1.001 * plain + 0.01, 2 * plain + 1] {
      let rest = delta - (1 + exp(guess)) * distance
      guard rest > 0 else { break }
      let charged = try epsilon(rest)
      if charged <= guess { return charged }
    }
    return .infinity
  }
}

extension MechanismEvent {
  fileprivate var counted: (count: Int, event: MechanismEvent) {
    if case .repeated(let event, let count) = self { (count, event) } else { (1, self) }
  }
}

extension Adversary {
  /// Whether an adversary is taken to see single contributions, not sums only.
  var seesContributions: Bool {
    self == .maliciousCoordinator || self == .coordinatorWithoutSecureAggregation
  }
}
