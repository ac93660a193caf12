internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import PlannedRounds
internal import Storage

struct ModelPromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Put a version to use: training goes on from it.",
    discussion: """
      A round that is going on was trained on another version and is aborted at its end. No task is \
      released more often than the plan promises: from an earlier version the plan may not be able to go on, and \
      says so.

      Rounds of a plan with audit.gate go on from one version to the next, and devices get none of them for their \
      profiles before it was promoted, or pinned, with a measurement of that plan: one that could have failed, at \
      --alpha 0.05 or less, and that did not find more of its canaries than the plan's claims allow (else exit code 1).

      Examples:
        silhouette coordinator model promote HASH --dir state
        silhouette coordinator model promote HASH --dir state --measured measured.json
      """)

  @OptionGroup var pointed: ModelPointerOptions
  @OptionGroup var gate: GateOptions

  func run() async throws {
    try await pointed.point { store, model in
      try await store.promote(model.hash, pass: gate.pass(of: model.plan, in: store))
      try await store.tellWhatIsSpent(of: model.plan)
    }
  }
}

struct ModelPinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Serve a version to devices whatever is trained after it.",
    discussion: """
      Of a plan with audit.gate only with a measurement, as with promote. Training is left as it is.

      Example:
        silhouette coordinator model pin HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions
  @OptionGroup var gate: GateOptions

  func run() async throws {
    try await pointed.point { store, model in
      try await store.pin(model.hash, pass: gate.pass(of: model.plan, in: store))
    }
  }
}

struct ModelUnpinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Serve the version in use again.",
    discussion: """
      Of a plan with audit.gate none of it is offered then, until one is promoted: devices keep what they have, or take \
      the version of an earlier plan.

      Example:
        silhouette coordinator model unpin HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions

  func run() async throws {
    try await pointed.point { store, model in try await store.unpin(plan: model.plan) }
  }
}

/// What opens the gate of a plan that has one.
struct GateOptions: ParsableArguments {
  @Option(
    help: "Where the plan has audit.gate: what `audit empirical --plan FILE --json` has measured.",
    completion: .file())
  var measured: String?

  func pass(of hash: Bytes32, in store: SQLiteCoordinatorStore) async throws -> GatePass? {
    guard let plan = try await store.plan(hash) else { throw StorageError.unknownPlan(hash) }
    return try ReleaseGate.pass(of: plan, measured: measured)
  }
}

/// The version that a command points at.
struct ModelPointerOptions: ParsableArguments {
  @Argument(help: "The version's hash, or its first digits.")
  var model: HashPrefix

  @OptionGroup var options: CoordinatorOptions
}

extension ModelPointerOptions {
  func point(
    _ change: (SQLiteCoordinatorStore, ModelRecord) async throws -> Void
  ) async throws {
    let model = try await options.withStore { store in
      let model = try await store.model(self.model)
      try await change(store, model)
      return try await store.listed(model)
    }
    try options.write(model)
  }
}

struct ModelRollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put the parent of the version in use to use.",
    discussion: """
      Of the plan that was added last, unless another one is named. No task is \
      released more often than the plan promises: where all its releases have happened, the plan stops until a \
      later version is promoted. Of a plan with audit.gate only with a measurement, as with promote.

      Example:
        silhouette coordinator model rollback --dir state
      """)

  @OptionGroup var options: CoordinatorOptions
  @OptionGroup var gate: GateOptions

  @Option(help: "The plan's name, its hash, or the hash's first digits.")
  var plan: HashPrefix?

  func run() async throws {
    let model = try await options.withStore { store in
      let plans = try await store.plans()
      let chosen = try plan.map { try PlanName.hash($0, among: plans) } ?? plans.last?.hash
      guard let chosen, let current = try await store.currentModel(plan: chosen),
        let parent = current.parent
      else { throw RollbackFault.noParent }
      try await store.promote(parent, pass: gate.pass(of: chosen, in: store))
      try await store.tellWhatIsSpent(of: chosen)
      guard let model = try await store.model(parent) else {
        throw StorageError.unknownModel(parent)
      }
      return try await store.listed(model)
    }
    try options.write(model)
  }
}

enum RollbackFault: Error, Equatable, CustomStringConvertible {
  case noParent

  var description: String {
    "no version has a parent to go back to; list them with: silhouette coordinator model list --dir DIR"
  }
}

extension SQLiteCoordinatorStore {
  /// Says when training cannot go on from the version in use: all releases of its next task have happened.
  fileprivate func tellWhatIsSpent(of hash: Bytes32) async throws {
    guard let record = try await plan(hash), !record.state.successors.isEmpty,
      let current = try await currentModel(plan: hash)
    else { return }
    let plan = try RunningPlan(record)
    guard let demand = try plan.course.demand(after: try await blob(current.hash)),
      !(try await plan.hasRelease(for: demand, in: self))
    else { return }
    ConsoleError.write(
      "notice: the log has all \(demand.mostReleases) releases of \(demand.task) that the plan promises; it stops "
        + "until a later version is promoted")
  }
}

extension CoordinatorOptions {
  fileprivate func write(_ model: ListedModel) throws {
    if json { return try ConsoleOutput.writeJSON(model) }
    try ConsoleOutput.write(
      "\(model.hash): \(model.isInUse ? "in use" : "not in use"), "
        + (model.isServed ? "served" : "not served"))
  }
}
