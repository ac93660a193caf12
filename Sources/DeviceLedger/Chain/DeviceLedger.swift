package import CryptoPrimitives

/// What a device has contributed, to all tasks of all coordinators, and how it knows.
///
/// A value: entries are made by it and stored by the program around it, in their order. What is folded here
/// only grows, whatever the device's clock does.
package struct DeviceLedger: Sendable, Equatable {
  /// The last entry; number 0 and zeros before the first.
  package private(set) var number: UInt64 = 0
  package private(set) var hash = Bytes32()
  /// In the order of each one's first contribution.
  package private(set) var accounts: [TaskAccount] = []
  /// Nothing is contributed before this; Unix seconds, 0 if there was never a reason.
  package private(set) var quarantineEnd: UInt64 = 0
  /// Why.
  package private(set) var quarantineReason: QuarantineReason?
  /// Contributions by the UTC day of their entries.
  private var days: [ChargedTask: [UInt64: Int]] = [:]

  package static let secondsPerDay: UInt64 = 86_400

  /// Why nothing is contributed for a while.
  package enum QuarantineReason: Sendable, Equatable {
    case fault(LedgerFault)
    /// The coordinator has counted so many contributions that the ledger does not have.
    case counted(Int)
  }

  /// A ledger without entries.
  package init() {}

  // MARK: Questions

  package var contributionCount: Int { accounts.reduce(0) { $0 + $1.count } }

  /// When the device contributed last, Unix seconds; nil if it never did.
  package var lastContribution: UInt64? { accounts.map(\.last).max() }

  /// Contributions to a task, whoever coordinated it.
  package func count(of task: Bytes32) -> Int {
    accounts.reduce(0) { $0 + ($1.charge.task == task ? $1.count : 0) }
  }

  /// Contributions to a task that one coordinator can have counted.
  package func count(of task: Bytes32, at coordinator: VerificationKey) -> Int {
    accounts.reduce(0) {
      $0 + ($1.charge.task == task && $1.charge.coordinator == coordinator ? $1.count : 0)
    }
  }

  /// What counts for the day of `time`: its contributions, and those of days that are yet to come.
  ///
  /// A clock that was set back does not bring back what was spent.
  package func accounts(onDayOf time: UInt64) -> [TaskAccount] {
    let today = time / Self.secondsPerDay
    return accounts.compactMap { account in
      let count = (days[account.charge] ?? [:]).reduce(0) { $0 + ($1.key >= today ? $1.value : 0) }
      return count > 0
        ? TaskAccount(charge: account.charge, count: count, last: account.last) : nil
    }
  }

  package func isQuarantined(at time: UInt64) -> Bool { time < quarantineEnd }

  /// What is kept apart from the entries.
  package var head: LedgerHead {
    LedgerHead(number: number, hash: hash, accounts: accounts, quarantineEnd: quarantineEnd)
  }

  // MARK: Entries

  /// The next entry, which is in the ledger from now on: it has to be durable before anything relies on it.
  package mutating func append(_ content: LedgerEntry.Content, at time: UInt64) -> LedgerEntry {
    let entry = LedgerEntry(number: number + 1, previous: hash, time: time, content)
    fold(entry)
    return entry
  }

  /// Whether an entry follows the last one.
  func isContinued(by entry: LedgerEntry) -> Bool {
    entry.number == number + 1 && entry.previous == hash
  }

  mutating func fold(_ entry: LedgerEntry) {
    number = entry.number
    hash = entry.hash
    switch entry.content {
    case .contribution(let charge, _): count(1, to: charge, at: entry.time)
    case .counted(let charge, let missing, let until):
      count(missing, to: charge, at: entry.time)
      quarantine(until: until, .counted(missing))
    case .restart(let fault, let accounts, let until):
      self.accounts = []
      days = [:]
      for account in accounts { count(account.count, to: account.charge, at: account.last) }
      quarantine(until: until, .fault(fault))
    }
  }

  /// The latest end stays, with the last reason for it.
  private mutating func quarantine(until end: UInt64, _ reason: QuarantineReason) {
    guard end >= quarantineEnd else { return }
    (quarantineEnd, quarantineReason) = (end, reason)
  }

  private mutating func count(_ count: Int, to charge: ChargedTask, at time: UInt64) {
    days[charge, default: [:]][time / Self.secondsPerDay, default: 0] += count
    guard let index = accounts.firstIndex(where: { $0.charge == charge }) else {
      accounts.append(TaskAccount(charge: charge, count: count, last: time))
      return
    }
    accounts[index].count += count
    accounts[index].last = max(accounts[index].last, time)
  }

  /// Takes over what is known from elsewhere of accounts that are higher there.
  package mutating func takeHigher(of others: [TaskAccount]) {
    for known in others {
      let here = accounts.first { $0.charge == known.charge }
      let missing = known.count - (here?.count ?? 0)
      if missing > 0 { count(missing, to: known.charge, at: known.last) }
    }
  }

  /// Takes over what a head knows that the entries at hand do not say; the next entry follows on both.
  mutating func takeHigher(of head: LedgerHead) {
    takeHigher(of: head.accounts)
    quarantineEnd = max(quarantineEnd, head.quarantineEnd)
    guard head.number > number else { return }
    (number, hash) = (head.number, head.hash)
  }
}
