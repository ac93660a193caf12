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
  }

  package var tasks: [Task]

  /// Epsilon by both accountants; infinity where one has no bound.
  package struct Epsilon: Sendable, Equatable {
    /// Renyi divergences at the orders of `LedgerCharge.orders`.
    package let renyi: Double
    /// One Gaussian release in the place of all.
    package let gaussian: Double

    /// What is stated.
    package var value: Double { min(renyi, gaussian) }
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
      guard let event = task.mechanism.flatMap({ Self.event(of: $0, seenBy: adversary) }) else {
        return Epsilon(renyi: .infinity, gaussian: .infinity)
      }
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
    let shift = MechanismEvent.IntegerShift.bounded(
      squaredNorm: Double(mechanism.squaredNormBound), dimension: Int(mechanism.dimension))
    func devices(_ law: ObservedMechanism.DeviceNoise.Law) -> ObservedMechanism {
      .distributed(
        ObservedMechanism.DeviceNoise(
          law: law, variance: mechanism.variance, shift: shift,
          assurance: CohortAssurance(
            leastSurvivors: mechanism.leastSurvivors, mostColluding: mechanism.mostColluding),
          totalVariation: mechanism.totalVariation))
    }
    switch mechanism.law {
    // Plans know no noise of the coordinator: a debit with it is refused before it is charged.
    case .none, .centralDiscreteGaussian: return nil
    case .skellam: return devices(.skellam).event(seenBy: adversary)
    case .discreteGaussian: return devices(.discreteGaussian).event(seenBy: adversary)
    }
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
