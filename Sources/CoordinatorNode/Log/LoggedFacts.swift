internal import CryptoPrimitives
internal import SecureAggregation
package import Storage
package import TransparencyLog

/// Entries about what a coordinator decides: protocols/transparency-log.md, section 4.

extension RoundRecord {
  /// Where the log announces the round.
  var logKey: EntryKey { key.logKey(.round) }
}

extension RunningPlan {
  /// Where the log has the plan.
  var logKey: EntryKey { EntryKey(kind: .plan, subject: record.hash, number: 0) }

  /// Whether one more sum of a task may become part of a version.
  ///
  /// Not after a version from before a task's rounds was put to use again: what the log has is not undone by that.
  package func hasRelease(
    for demand: RoundDemand, in store: any LogStore
  ) async throws(StorageError) -> Bool {
    try await store.loggedCount(.release, of: demand.identifier) < UInt64(demand.mostReleases)
  }

  /// That all tasks of the plan are paused, or go on: to be added with the change of the plan's state.
  ///
  /// None for a plan that is not in the log yet, or whose tasks the log has in that state.
  /// - Parameter time: Unix seconds.
  package func entries(
    of state: LoggedPause.State, in store: any LogStore, at time: UInt64
  ) async throws(StorageError) -> [LogEntry] {
    guard try await store.logged(logKey) != nil else { return [] }
    var entries: [LogEntry] = []
    for task in course.tasks {
      // Pauses and resumptions take turns.
      let count = try await store.loggedCount(.pause, of: task)
      guard count.isMultiple(of: 2) == (state == .paused) else { continue }
      entries.append(
        try LogEntry(
          at: Int64(time), .pause(LoggedPause(task: task, number: count + 1, state: state))))
    }
    return entries
  }
}

extension Coordinator {
  /// What has to be in the log before a round is offered: the round, and its plan before the first one.
  func entries(of config: RoundConfig, in plan: RunningPlan) async throws -> [LogEntry] {
    var entries: [LogEntry] = []
    if try await store.logged(plan.logKey) == nil {
      guard let signature = Signature(plan.record.signature) else {
        throw StorageError.corrupt(table: "plan", field: "signature")
      }
      entries.append(
        try LogEntry(
          at: Int64(config.opens),
          .plan(
            LoggedPlan(
              hash: plan.record.hash, signer: keys.authorityKey, signature: signature))))
    }
    entries.append(
      try LogEntry(
        at: Int64(config.opens),
        .round(
          LoggedRound(
            round: RoundReference(task: config.task, number: config.round),
            configuration: Transcript.configured(config), planHash: config.planHash,
            modelHash: config.modelHash))))
    return entries
  }

  /// What a plan that ends has cost; none for one that never had a round, or has been closed.
  func closing(of plan: RunningPlan) async throws -> [LogEntry] {
    let key = EntryKey(kind: .closing, subject: plan.record.hash, number: 0)
    guard try await store.logged(plan.logKey) != nil, try await store.logged(key) == nil else {
      return []
    }
    var debits: [Bytes32: UInt64] = [:]
    var releases: UInt64 = 0
    for task in plan.course.tasks {
      debits[task] = try await store.loggedCount(.debit, of: task)
      releases += try await store.loggedCount(.release, of: task)
    }
    let account = try plan.course.account(debits)
    return [
      try LogEntry(
        at: Int64(clock()),
        .closing(
          LoggedClosing(
            planHash: plan.record.hash, debitCount: debits.values.reduce(0, +),
            releaseCount: releases, accountant: account.accountant,
            vectorsHash: account.vectorsHash, claims: account.claims)))
    ]
  }
}
