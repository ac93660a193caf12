package import ClientNode
internal import CryptoPrimitives
internal import DeviceLedger
internal import PlannedRounds
package import RoundVocabulary
internal import Scenarios
internal import Storage
internal import TransparencyLog

/// What a device's ledger adds up to.
package struct PrivacyLedger: Sendable, Equatable {
  /// Contributions to one task of one plan.
  package struct Entry: Sendable, Equatable, Encodable {
    /// The plan's name; nil if its document is not here any more.
    package let plan: String?
    /// The hash of the plan.
    package let planHash: String
    package let task: String
    package let contributions: Int
    /// The most that the plan may ask for; nil if its document is not here any more.
    package let most: Int?
    /// Unix seconds of the last one.
    package let last: Int64
    /// Of this task alone, as `PrivacyLedger.epsilon`.
    package let epsilon: Double?
  }

  /// A round with the device's Unmask in it that the coordinator has aborted without charging for it: from before
  /// devices demanded the charge first.
  package struct UnpaidAbort: Sendable, Equatable, Encodable {
    package let task: String
    package let round: UInt64
  }

  package let entries: [Entry]
  /// Epsilon of all contributions together, against a coordinator that works with some of the devices; nil when
  /// one had no noise.
  package let epsilon: Double?
  /// The same of today's, UTC.
  package let epsilonToday: Double?
  /// The same of the task with the highest.
  package let highestOfTask: Double?
  package let contributionsToday: Int
  /// Of all contributions, by adversary.
  package let epsilons: [Adversary: Double?]
  package let delta: Double
  /// Why nothing is contributed now, and until when.
  package let quarantine: Quarantine?
  /// What is wrong with the ledger, from the next check-in on a reason for a quarantine.
  package let fault: String?
  package let unpaidAborts: [UnpaidAbort]
  /// Days on which a coordinator may have counted the device, for life and of the last 30.
  ///
  /// Each costs `CheckInCount.epsilonPerDay` against whoever sees the counts; the coordinator sees who checks in.
  package let checkInDays: Int
  package let recentCheckInDays: Int

  /// Adds up a device's ledger.
  ///
  /// - Parameter time: Unix seconds.
  init(of node: DeviceNode, plans: PlanShelf, delta: Double, at time: UInt64) async throws {
    let reading = try await node.ledger()
    let ledger = reading.ledger
    func epsilon(
      _ accounts: [TaskAccount], _ adversary: Adversary = .coordinatorWithColludingClients
    ) throws -> Double? {
      let value = try plans.epsilons.epsilon(of: accounts, against: adversary, delta: delta)
      return value.isFinite ? value : nil
    }
    var known: [Bytes32: PlannedTasks] = [:]
    for plan in Set(ledger.accounts.map(\.charge.plan)) {
      guard let document = try await node.knownPlan(plan) else { continue }
      known[plan] = try await plans.tasks(document)
    }
    entries = try ledger.accounts.map { account in
      let tasks = known[account.charge.plan]
      let task = PlannedTasks.task(named: account.charge.task, plan: account.charge.plan)
      return Entry(
        plan: tasks?.plan.name, planHash: account.charge.plan.description,
        task: task?.rawValue ?? account.charge.task.description, contributions: account.count,
        most: task.flatMap { tasks?.mostParticipations(in: $0) }, last: Int64(account.last),
        epsilon: try epsilon([account]))
    }
    self.epsilon = try epsilon(ledger.accounts)
    let today = ledger.accounts(onDayOf: time)
    epsilonToday = try epsilon(today)
    contributionsToday = today.reduce(0) { $0 + $1.count }
    let tasks = Set(ledger.accounts.map(\.charge.task))
    let highest =
      try tasks.map { task in
        try epsilon(ledger.accounts.filter { $0.charge.task == task }) ?? .infinity
      }.max() ?? 0
    highestOfTask = highest.isFinite ? highest : nil
    epsilons = try Dictionary(
      uniqueKeysWithValues: Adversary.allCases.map { ($0, try epsilon(ledger.accounts, $0)) })
    self.delta = delta
    quarantine = Quarantine(of: ledger, at: time)
    fault = reading.fault?.description
    (checkInDays, recentCheckInDays) = try await node.checkInDays()
    unpaidAborts = Self.unpaidAborts(try await node.logReceipts())
  }

  private static func unpaidAborts(_ receipts: [LogReceipt]) -> [UnpaidAbort] {
    let paid = Set(
      receipts.filter { $0.kind == Int(EntryKind.debit.rawValue) }
        .map { EntryKey(kind: .debit, subject: $0.subject, number: $0.number) })
    return receipts.filter { receipt in
      receipt.kind == Int(EntryKind.abort.rawValue)
        && !paid.contains(
          EntryKey(kind: .debit, subject: receipt.subject, number: receipt.number))
    }.map { UnpaidAbort(task: $0.subject.description, round: $0.number) }
  }
}
