internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import PlannedRounds
internal import Scenarios
internal import Storage

struct ModelPromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Put a version to use: training goes on from it.",
    discussion: """
      A round that is going on was trained on another version and is aborted at its end. No task is \
      released more often than the plan promises: from an earlier version the plan may not be able to go on, and \
      says so.

      Of a plan with audit.gate a version is put to use only with a measurement of that plan, and not if it found \
      more of its canaries than the plan's claims allow: exit code 1.

      Examples:
        silhouette coordinator model promote HASH --dir state
        silhouette coordinator model promote HASH --dir state --measured measured.json
      """)

  @OptionGroup var pointed: ModelPointerOptions

  @Option(help: "What `audit empirical --plan FILE --json` has measured.", completion: .file())
  var measured: String?

  func run() async throws {
    try await pointed.point { store, model in
      guard let plan = try await store.plan(model.plan) else {
        throw StorageError.unknownPlan(model.plan)
      }
      let decoded = try PlanDecoder.decode(
        yaml: String(decoding: plan.document, as: UTF8.self), file: "plan \(model.plan)")
      // Mechanisms take a while to build, and only a gate asks for them.
      if decoded.audit.gate {
        try ReleaseGate.check(PlannedTasks(decoded, hash: model.plan), measured: measured)
      }
      try await store.promote(model.hash)
      try await store.tellWhatIsSpent(of: model.plan)
    }
  }
}

struct ModelPinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Serve a version to devices whatever is trained after it.",
    discussion: """
      Example:
        silhouette coordinator model pin HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions

  func run() async throws {
    try await pointed.point { store, model in try await store.pin(model.hash) }
  }
}

struct ModelUnpinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Serve the version in use again.",
    discussion: """
      Example:
        silhouette coordinator model unpin HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions

  func run() async throws {
    try await pointed.point { store, model in try await store.unpin(plan: model.plan) }
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
      later version is promoted.

      Example:
        silhouette coordinator model rollback --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  @Option(help: "The plan's name, its hash, or the hash's first digits.")
  var plan: HashPrefix?

  func run() async throws {
    let model = try await options.withStore { store in
      let plans = try await store.plans()
      let chosen = try plan.map { try PlanName.hash($0, among: plans) } ?? plans.last?.hash
      guard let chosen, let current = try await store.currentModel(plan: chosen),
        let parent = current.parent
      else { throw RollbackFault.noParent }
      try await store.promote(parent)
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
