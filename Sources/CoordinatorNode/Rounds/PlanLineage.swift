internal import CryptoPrimitives
package import PlannedRounds
internal import RingArithmetic
package import RoundVocabulary
internal import Scenarios
package import Storage

/// A plan, and its versions from the first to the one in use.
package struct PlanLineage: Sendable {
  package let tasks: PlannedTasks
  /// Oldest first.
  package let states: [ModelState]
  /// What was released to make each version from the one before, in units of the update; nil of the first version,
  /// and where no sum was kept.
  private let releases: [[Float]?]
  /// How many rounds of each task were committed, those of versions included that were rolled back since.
  private let committed: [Bytes32: Int]

  /// - Throws: `StorageError`, `ScenarioError`, `PlanningFault` or `ModelError`.
  package init(of plan: PlanRecord, in store: some CoordinatorStore) async throws {
    tasks = try PlannedTasks(
      PlanDecoder.decode(
        yaml: String(decoding: plan.document, as: UTF8.self), file: "plan \(plan.hash)"),
      hash: plan.hash)
    var versions: [Bytes32: ModelRecord] = [:]
    var committed: [Bytes32: Int] = [:]
    for model in try await store.models(plan: plan.hash) {
      versions[model.hash] = model
      if let round = model.round { committed[round.task, default: 0] += 1 }
    }
    self.committed = committed
    var states: [ModelState] = []
    var releases: [[Float]?] = []
    var next = try await store.currentModel(plan: plan.hash)?.hash
    while let hash = next {
      states.append(try ModelState(decoding: try await store.blob(hash)))
      // Each version once, whatever the store says.
      let version = versions.removeValue(forKey: hash)
      releases.append(try await Self.release(of: version?.round, in: store, tasks))
      next = version?.parent
    }
    self.states = states.reversed()
    self.releases = releases.reversed()
  }

  private static func release(
    of round: RoundKey?, in store: some CoordinatorStore, _ tasks: PlannedTasks
  ) async throws -> [Float]? {
    guard let round, let task = PlannedTasks.task(named: round.task, plan: tasks.hash),
      let kept = try await store.releasedSum(of: round)
    else { return nil }
    let terms = tasks.terms(of: task)
    let modulus = RingModulus(bits: terms.ringBits)
    guard let packing = BitPacking(modulus) else {
      // Cannot fail: the plan was run.
      throw StorageError.corrupt(table: "releasedSum", field: "packed")
    }
    var sum = RingVector(zeros: terms.dimension, modulus: modulus)
    do throws(PackingError) {
      unsafe try packing.add(kept.packed.span.bytes, to: &sum, 0..<terms.dimension)
    } catch { throw StorageError.corrupt(table: "releasedSum", field: "packed") }
    return try tasks.released(sum, of: task, contributors: kept.survivors)
  }

  /// How many sums of a task were released: what a claim about its releases has to be for.
  package func releaseCount(of task: TaskKind) -> Int {
    committed[PlannedTasks.identifier(of: task, plan: tasks.hash)] ?? 0
  }

  /// What a task's rounds have released so far, in order, in units of the update; nil if a sum was not kept.
  ///
  /// Shape: [rounds, d].
  package func releases(of task: TaskKind) -> [[Float]]? {
    var found: [[Float]] = []
    for (before, release) in zip(states, releases.dropFirst())
    where tasks.next(after: before)?.task == task {
      guard let release else { return nil }
      found.append(release)
    }
    return found
  }
}
