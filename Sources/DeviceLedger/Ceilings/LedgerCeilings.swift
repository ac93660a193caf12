package import PrivacyAccounting
package import RoundVocabulary
internal import TransparencyLog

/// What a device's owner lets it spend, over all coordinators.
///
/// Epsilons are against a coordinator that works with some of the devices, at `delta`, for all that one device
/// contributes. Within a plan everything is fixed beforehand. Plans come one after another, each perhaps because of what
/// earlier ones have released: for discrete Gaussian noise the sum of squared Gaussian parameters may be spent in
/// such an order (Smith and Thakurta 2022, arXiv:2210.17520). For Skellam noise, and where Renyi at its best order
/// gives the least epsilon, this is proved for plans that do not depend on earlier releases only:
/// protocols/device-ledger.md, section 7.
package struct LedgerCeilings: Sendable, Equatable {
  /// Nats, for life.
  package var epsilon: Double
  /// Of all contributions to one task of a plan.
  package var epsilonPerTask: Double
  /// Of the contributions of one day, UTC.
  package var epsilonPerDay: Double
  package var delta: Double
  /// Contributions for life.
  package var mostContributions: Int
  /// Seconds from one contribution to the next, at least.
  package var leastSeparation: UInt64

  package init(
    epsilon: Double, epsilonPerTask: Double, epsilonPerDay: Double, delta: Double,
    mostContributions: Int, leastSeparation: UInt64
  ) {
    self.epsilon = epsilon
    self.epsilonPerTask = epsilonPerTask
    self.epsilonPerDay = epsilonPerDay
    self.delta = delta
    self.mostContributions = mostContributions
    self.leastSeparation = leastSeparation
  }

  /// Which of them a contribution would exceed.
  package enum Excess: Sendable, Equatable {
    /// Of all contributions, of those to one task, of one day: epsilon with this one.
    case epsilon(Double)
    case epsilonPerTask(Double)
    case epsilonPerDay(Double)
    case contributions(Int)
    /// Not before this time, Unix seconds.
    case separation(until: UInt64)
  }

  /// Epsilon of mechanisms, each so many times; infinity where one has no bound.
  package typealias Measure =
    @Sendable (
      _ contributions: [TaskAccount], _ delta: Double
    ) throws(AccountingError) -> Double

  /// What keeps a device from contributing once more; empty if nothing does.
  ///
  /// - Parameter measuring: whether epsilons count: they do not for a sum without noise, where the owner
  ///   allows that.
  package func excesses(
    of charge: ChargedTask, after ledger: DeviceLedger, at time: UInt64, measuring: Bool = true,
    measure: Measure = DeviceLedger.epsilon
  ) throws(AccountingError) -> [Excess] {
    var excesses: [Excess] = []
    let count = ledger.contributionCount
    if count >= mostContributions { excesses.append(.contributions(count + 1)) }
    if leastSeparation > 0, let last = ledger.lastContribution, time < last + leastSeparation {
      excesses.append(.separation(until: last + leastSeparation))
    }
    guard measuring else { return excesses }
    let one = TaskAccount(charge: charge, count: 1, last: time)
    let all = ledger.accounts.adding(one)
    let life = try measure(all, delta)
    if life > epsilon { excesses.append(.epsilon(life)) }
    let task = try measure(all.filter { $0.charge.task == charge.task }, delta)
    if task > epsilonPerTask { excesses.append(.epsilonPerTask(task)) }
    let day = try measure(ledger.accounts(onDayOf: time).adding(one), delta)
    if day > epsilonPerDay { excesses.append(.epsilonPerDay(day)) }
    return excesses
  }
}

extension [TaskAccount] {
  /// These and another.
  package func adding(_ other: TaskAccount) -> [TaskAccount] {
    var all = self
    guard let index = all.firstIndex(where: { $0.charge == other.charge }) else {
      return all + [other]
    }
    all[index].count += other.count
    all[index].last = Swift.max(all[index].last, other.last)
    return all
  }
}

extension DeviceLedger {
  /// Epsilon of contributions against a coordinator that works with some of the devices.
  package static let epsilon: LedgerCeilings.Measure = {
    (accounts, delta) throws(AccountingError) -> Double in
    try epsilon(of: accounts, against: .coordinatorWithColludingClients, delta: delta)
  }

  /// Epsilon of contributions against an adversary; infinity if one has no noise, 0 for none.
  package static func epsilon(
    of accounts: [TaskAccount], against adversary: Adversary, delta: Double
  ) throws(AccountingError) -> Double {
    var participations: [Accountant.Participation] = []
    for account in accounts where account.count > 0 {
      guard let observed = account.charge.mechanism.observed else { return .infinity }
      participations.append(Accountant.Participation(observed, count: account.count))
    }
    guard !participations.isEmpty else { return 0 }
    return try Accountant.epsilon(
      of: participations, against: adversary, delta: delta, neighbors: .zeroOut
    ).upper
  }
}
