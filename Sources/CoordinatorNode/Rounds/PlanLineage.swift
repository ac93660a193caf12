internal import CryptoPrimitives
package import PlannedRounds
package import RoundVocabulary
internal import Scenarios
package import Storage

/// A plan, and its versions from the first to the one in use.
package struct PlanLineage: Sendable {
  package let tasks: PlannedTasks
  /// Oldest first.
  package let states: [ModelState]
  /// How many rounds of each task were committed, those of versions included that were rolled back since.
  private let committed: [Bytes32: Int]

  /// - Throws: `StorageError`, `ScenarioError`, `PlanningFault` or `ModelError`.
  package init(of plan: PlanRecord, in store: some CoordinatorStore) async throws {
    tasks = try PlannedTasks(
      PlanDecoder.decode(
        yaml: String(decoding: plan.document, as: UTF8.self), file: "plan \(plan.hash)"),
      hash: plan.hash)
    var parents: [Bytes32: Bytes32] = [:]
    var committed: [Bytes32: Int] = [:]
    for model in try await store.models(plan: plan.hash) {
      parents[model.hash] = model.parent
      if let round = model.round { committed[round.task, default: 0] += 1 }
    }
    self.committed = committed
    var states: [ModelState] = []
    var next = try await store.currentModel(plan: plan.hash)?.hash
    while let hash = next {
      states.append(try ModelState(decoding: try await store.blob(hash)))
      // Each version once, whatever the store says.
      next = parents.removeValue(forKey: hash)
    }
    self.states = states.reversed()
  }

  /// How many sums of a task were released: what a claim about its releases has to be for.
  package func releaseCount(of task: TaskKind) -> Int {
    committed[PlannedTasks.identifier(of: task, plan: tasks.hash)] ?? 0
  }

  /// The sums of a task's rounds so far, in order; nil if versions do not tell them.
  ///
  /// Shape: [rounds, d].
  package func releases(of task: TaskKind) -> [[Float]]? {
    var sums: [[Float]] = []
    for (before, after) in zip(states, states.dropFirst())
    where tasks.next(after: before)?.task == task {
      guard let sum = tasks.opened(by: task, from: before, to: after) else { return nil }
      sums.append(sum)
    }
    return sums
  }
}
