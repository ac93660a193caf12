internal import CoordinatorNode
internal import FederatedRounds
internal import Storage
internal import TransparencyLog

/// What an operator does to a plan with commands, each in a process of its own.
enum Operation: CaseIterable {
  case pause, resume, abort, rollBack, promoteLast, cancel

  /// - Throws: `StorageError`, as the command would.
  func perform(on plan: RunningPlan, in store: SimulatedStore, at time: UInt64) async throws {
    let hash = plan.record.hash
    switch self {
    case .pause:
      try await store.move(
        hash, to: .paused, log: try await plan.entries(of: .paused, in: store, at: time))
    case .resume:
      // A plan that was stopped by hand goes on; one that has not begun is left to begin.
      guard let state = try await store.plan(hash)?.state, state == .paused || state == .failed
      else { return }
      try await store.move(
        hash, to: .running, log: try await plan.entries(of: .resumed, in: store, at: time))
    case .abort:
      for round in try await store.openRounds() {
        try await store.abort(round.key, reason: RoundAbort.byOperator.number, at: Int64(time))
      }
    case .rollBack:
      if let parent = try await store.currentModel(plan: hash)?.parent {
        try await store.promote(parent, pass: nil)
      }
    case .promoteLast:
      if let last = try await store.models(plan: hash).last {
        try await store.promote(last.hash, pass: nil)
      }
    case .cancel: try await store.move(hash, to: .canceled, log: [])
    }
  }
}
