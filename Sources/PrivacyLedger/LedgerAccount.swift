package import CryptoPrimitives
package import RoundVocabulary
internal import Scenarios
package import TransparencyLog

/// One plan of a log: what it promised, what was done under it, and what that costs.
package struct LedgerAccount: Sendable {
  /// One round as the log has it.
  package struct Round: Sendable, Equatable {
    package let task: TaskKind
    package let number: UInt64
    /// The place of its announcement in the log.
    package let index: Int
    /// Nil before there is a cohort.
    package let members: Int?
    package let survivors: Int?
    /// Whether it was charged, and so counts as opened.
    package let isCharged: Bool
    package let isReleased: Bool
    /// Nil unless the round was aborted.
    package let abortCode: Int?

    /// Whether it goes on, as far as the log says.
    package var isOpen: Bool { !isReleased && abortCode == nil }
  }

  package let promise: PlanPromise
  /// The place of the plan's entry.
  package let index: Int
  package private(set) var charge: LedgerCharge
  package private(set) var roundCount = 0
  package private(set) var debitCount = 0
  package private(set) var releaseCount = 0
  /// Releases of each task, in the order of `charge.tasks`.
  package private(set) var releases: [Int]
  package internal(set) var closing: LoggedClosing?
  /// In the order in which they were announced.
  package internal(set) var rounds: [Round] = []

  /// Models that rounds may start from.
  private var models: Set<Bytes32> = []
  private var openDebits = 0
  /// Places of debits, with the task of each, that a device may have contributed to.
  private var spendings: [(index: Int, task: Int)] = []

  init(_ promise: PlanPromise, index: Int) {
    self.promise = promise
    self.index = index
    charge = LedgerCharge(
      tasks: promise.tasks.map {
        LedgerCharge.Task($0.kind, mostContributions: $0.mostContributions)
      })
    releases = promise.tasks.map { _ in 0 }
  }

  package var hash: Bytes32 { promise.hash }
  package var delta: Double { promise.plan.privacy.delta }
  var isClosed: Bool { closing != nil }
  /// Whether a debit has neither release nor abort.
  var hasOpenDebit: Bool { openDebits > 0 }

  /// Whether a round may start from this model; the first round's is the plan's first.
  func knows(model: Bytes32) -> Bool { roundCount == 0 || models.contains(model) }

  mutating func started(model: Bytes32) {
    roundCount += 1
    models.insert(model)
  }

  mutating func gathered(task: Int) { charge.tasks[task].cohorts += 1 }

  mutating func debited(_ mechanism: LoggedMechanism, task: Int, index: Int) {
    debitCount += 1
    openDebits += 1
    charge.tasks[task].mechanism = charge.tasks[task].mechanism ?? mechanism
    charge.tasks[task].debits += 1
    // From then on no device contributes once more.
    if charge.tasks[task].debits <= charge.tasks[task].mostContributions {
      spendings.append((index, task))
    }
  }

  mutating func released(model: Bytes32, task: Int) {
    releaseCount += 1
    releases[task] += 1
    openDebits -= 1
    models.insert(model)
  }

  mutating func abortedAfterDebit() { openDebits -= 1 }

  /// The first debit with which the plan's epsilon is exceeded, with that epsilon; nil if none does.
  ///
  /// Epsilon grows with every debit, so the first is found by halving.
  func excess() -> (index: Int, epsilon: Double)? {
    let privacy = promise.plan.privacy
    guard privacy.mechanism == .distributed, !spendings.isEmpty else { return nil }
    let allowed = privacy.epsilon * (1 + LedgerCharge.tolerance)
    func epsilon(_ count: Int) -> Double {
      var charge = charge
      for task in charge.tasks.indices {
        charge.tasks[task].debits = spendings.prefix(count).count { $0.task == task }
      }
      return charge.epsilon(against: .anyClientOrPublic, delta: privacy.delta).value
    }
    guard epsilon(spendings.count) > allowed else { return nil }
    var (kept, broken) = (0, spendings.count)
    while broken - kept > 1 {
      let middle = (kept + broken) / 2
      if epsilon(middle) > allowed { broken = middle } else { kept = middle }
    }
    return (spendings[broken - 1].index, epsilon(broken))
  }
}
