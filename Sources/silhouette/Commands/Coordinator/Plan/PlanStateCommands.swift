internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

struct PlanPublishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Let a signed plan run.",
    discussion: """
      A coordinator that runs begins within seconds; plans run one after another.

      Example:
        silhouette coordinator plan publish HASH --dir state
      """)

  @OptionGroup var change: PlanStateOptions

  func run() async throws { try await change.move(to: .published) }
}

struct PlanPauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Begin no more rounds of a plan; the one that is going on comes to its end.",
    discussion: """
      Example:
        silhouette coordinator plan pause HASH --dir state
      """)

  @OptionGroup var change: PlanStateOptions

  func run() async throws { try await change.move(to: .paused) }
}

struct PlanResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on with a plan that was paused, or has failed.",
    discussion: """
      Example:
        silhouette coordinator plan resume HASH --dir state
      """)

  @OptionGroup var change: PlanStateOptions

  func run() async throws { try await change.move(to: .running) }
}

struct PlanCancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Stop a plan for ever; the round that is going on is aborted.",
    discussion: """
      Example:
        silhouette coordinator plan cancel HASH --dir state
      """)

  @OptionGroup var change: PlanStateOptions

  func run() async throws { try await change.move(to: .canceled) }
}

/// The plan whose state is changed.
struct PlanStateOptions: ParsableArguments {
  @Argument(help: "The plan's name, its hash, or the hash's first digits.")
  var plan: HashPrefix

  @OptionGroup var options: CoordinatorOptions

  private struct State: Encodable {
    let plan: String
    let state: String
  }
}

extension PlanStateOptions {
  func move(to state: PlanState) async throws {
    let hash = try await options.withStore { store in
      let hash = try PlanName.hash(plan, among: try await store.plans())
      if state == .published || state == .running { try await Self.check(hash, in: store) }
      try await store.move(hash, to: state, log: try await Self.log(state, of: hash, in: store))
      return hash
    }
    if options.json {
      try ConsoleOutput.writeJSON(State(plan: hash.description, state: state.rawValue))
    } else {
      try ConsoleOutput.write("\(hash): \(state.rawValue)")
    }
  }

  /// What the log says of a pause, or of its end.
  private static func log(
    _ state: PlanState, of hash: Bytes32, in store: SQLiteCoordinatorStore
  ) async throws -> [LogEntry] {
    guard let record = try await store.plan(hash) else { return [] }
    switch state {
    case .paused:
      return try await RunningPlan(record).entries(of: .paused, in: store, at: NodeClock.now())
    case .running:
      return try await RunningPlan(record).entries(of: .resumed, in: store, at: NodeClock.now())
    case .signed, .published, .done, .failed, .canceled: return []
    }
  }

  /// Whether the plan's cohorts have the witnesses that they need.
  private static func check(_ hash: Bytes32, in store: SQLiteCoordinatorStore) async throws {
    guard let record = try await store.plan(hash) else { return }
    let most = try RunningPlan(record).template.mostCohort
    let witnesses = try await store.witnesses().witnesses.count
    if let fault = RunningPlanFault.missingWitness(most: most, witnesses: witnesses) {
      throw fault
    }
  }
}
