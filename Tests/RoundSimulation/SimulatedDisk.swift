internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

/// What a coordinator's folder holds: the rows and the blobs of its store.
struct DurableState {
  struct Sum {
    let blob: Bytes32
    let set: [UInt8]
    let count: Int
  }

  var devices: [DeviceRecord] = []
  var plans: [PlanRecord] = []
  var rounds: [RoundRecord] = []
  var journals: [RoundKey: [JournalEntry]] = [:]
  /// By task and device.
  var contributions: [Bytes32: [Bytes32: Int]] = [:]
  var sums: [RoundKey: Sum] = [:]
  var releasedSums: [RoundKey: ReleasedSum] = [:]
  var models: [ModelRecord] = []
  /// By plan.
  var current: [Bytes32: Bytes32] = [:]
  var blobs: [Bytes32: [UInt8]] = [:]
  var log: [LogEntry] = []
  var heads = LogHeads()

  /// The tree of the first entries.
  func tree(of size: UInt64) -> TreeState {
    var tree = MerkleFrontier()
    for entry in log.prefix(Int(size)) { tree.append(entry.leaf) }
    return tree.state
  }

  /// Debits of rounds of which the log has neither a release nor an abort.
  var unendedDebits: Int {
    let ended = Set(
      log.compactMap { entry -> RoundReference? in
        switch entry.content {
        case .release(let release): release.round
        case .abort(let abort): abort.round
        default: nil
        }
      })
    return log.count {
      if case .debit(let debit) = $0.content { !ended.contains(debit.round) } else { false }
    }
  }

  func hasLoggedDebit(of round: RoundKey) -> Bool {
    log.contains {
      if case .debit(let debit) = $0.content { debit.round == round.logged } else { false }
    }
  }

  mutating func append(_ entries: [LogEntry]) throws(StorageError) {
    for entry in entries {
      guard let earlier = log.first(where: { $0.key == entry.key }) else {
        log.append(entry)
        continue
      }
      guard earlier == entry else { throw .logEntryExists(entry.key) }
    }
  }

  func round(_ key: RoundKey) throws(StorageError) -> RoundRecord {
    guard let round = rounds.first(where: { $0.key == key }) else { throw .unknownRound(key) }
    return round
  }

  func plan(_ hash: Bytes32) throws(StorageError) -> PlanRecord {
    guard let plan = plans.first(where: { $0.hash == hash }) else { throw .unknownPlan(hash) }
    return plan
  }

  func lastRoundNumber(task: Bytes32) -> UInt64 {
    rounds.filter { $0.key.task == task }.map(\.key.number).max() ?? 0
  }

  func currentModel(plan: Bytes32) -> ModelRecord? {
    current[plan].flatMap { hash in models.first { $0.hash == hash } }
  }

  /// Whether all rounds are over, and what the plans that have ended cost is in the log.
  var isClosed: Bool {
    let logged = Set(log.map(\.key))
    return !rounds.contains { $0.outcome == .open }
      && plans.allSatisfy { plan in
        !plan.state.successors.isEmpty
          || !logged.contains(EntryKey(kind: .plan, subject: plan.hash, number: 0))
          || logged.contains(EntryKey(kind: .closing, subject: plan.hash, number: 0))
      }
  }

  /// The rounds behind the version in use.
  func lineage(of plan: Bytes32) -> Set<RoundKey> {
    var rounds: Set<RoundKey> = []
    var next = currentModel(plan: plan)
    while let model = next {
      if let round = model.round { rounds.insert(round) }
      next = model.parent.flatMap { parent in models.first { $0.hash == parent } }
    }
    return rounds
  }

  mutating func end(_ key: RoundKey, _ outcome: RoundOutcome, at time: Int64) {
    guard let index = rounds.firstIndex(where: { $0.key == key }) else { return }
    rounds[index].outcome = outcome
    rounds[index].endedAt = time
    // What devices sent is forgotten with the end of the round.
    journals[key]?.removeAll { $0.device != nil }
  }

  /// The blob of a sum that nothing else names.
  mutating func forgetSum(_ key: RoundKey) -> Bytes32? {
    guard let blob = sums.removeValue(forKey: key)?.blob else { return nil }
    let isNeeded =
      sums.values.contains { $0.blob == blob } || models.contains { $0.hash == blob }
    return isNeeded ? nil : blob
  }
}

/// What becomes of a durable write.
enum WriteOutcome: Sendable {
  case stored
  /// Nothing is kept.
  case full
  /// Everything is kept, and the writer hears of a failure.
  case uncertain
  case crashBefore
  case crashAfter
}

/// A disk under one coordinator after another: what they wrote, and what becomes of the next write.
///
/// Used on the one thread of a `StepExecutor`.
final class SimulatedDisk: @unchecked Sendable {
  var state = DurableState() {
    didSet { noteHeads(before: oldValue) }
  }
  /// Whether every head that became durable continues the one before, as readers see it.
  private(set) var headsContinue = true
  /// Resumes a writer when its turn has come, with what becomes of the write.
  var turn: (CheckedContinuation<WriteOutcome, Never>) -> Void = { $0.resume(returning: .stored) }
  /// The process dies: the store that wrote is dead.
  var crash: () -> Void = {}

  private func noteHeads(before old: DurableState) {
    guard let earlier = old.heads.signed?.signed, let later = state.heads.signed?.signed,
      earlier != later
    else { return }
    let sizes = (earlier.head.tree.size, later.head.tree.size)
    let isContinued =
      sizes.0 <= sizes.1 && earlier.head.time <= later.head.time
      && later.head.tree == state.tree(of: sizes.1) && earlier.head.tree == state.tree(of: sizes.0)
    if !isContinued { headsContinue = false }
  }
}
