internal import ArgumentParser
internal import CryptoPrimitives
internal import FederatedRounds
internal import PlannedRounds
internal import RoundVocabulary
internal import Storage

struct RoundCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "round",
    abstract: "List rounds, look into one, abort one.",
    discussion: """
      Examples:
        silhouette coordinator round list --dir state
        silhouette coordinator round show gram/1 --dir state
        silhouette coordinator round abort gram/1 --dir state
      """,
    subcommands: [RoundListCommand.self, RoundShowCommand.self, RoundAbortCommand.self])
}

/// A round as commands name it: task and number, of the newest plan that has such a round.
struct RoundLabel: ExpressibleByArgument, CustomStringConvertible, Sendable {
  let task: TaskKind
  let number: UInt64

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let task = TaskKind(rawValue: String(parts[0])),
      let number = UInt64(parts[1]), number > 0
    else { return nil }
    self.task = task
    self.number = number
  }

  var description: String { "\(task.rawValue)/\(number)" }

  /// The round that is meant: the newest one of this name, or that of a plan.
  func record(
    of prefix: HashPrefix?, in store: SQLiteCoordinatorStore
  ) async throws -> RoundRecord {
    var plans = try await store.plans()
    if let prefix {
      let hash = try PlanName.hash(prefix, among: plans)
      plans.removeAll { $0.hash != hash }
    }
    for plan in plans.reversed() {
      let key = RoundKey(
        task: PlannedTasks.identifier(of: task, plan: plan.hash), number: number)
      if let record = try await store.round(key) { return record }
    }
    throw RoundLabelFault.unknown("\(self)")
  }
}

/// The round that a command is about.
struct RoundOptions: ParsableArguments {
  @Argument(help: "Task and number, such as gram/1.")
  var round: RoundLabel

  @Option(
    help:
      "The round's plan, by its hash or the first digits; the newest with such a round unless said."
  )
  var plan: HashPrefix?

  func record(in store: SQLiteCoordinatorStore) async throws -> RoundRecord {
    try await round.record(of: plan, in: store)
  }
}

enum RoundLabelFault: Error, Equatable, CustomStringConvertible {
  case unknown(String)
  case hasEnded(String)

  var description: String {
    switch self {
    case .unknown(let label):
      "there is no round \(label); list them with: silhouette coordinator round list --dir DIR"
    case .hasEnded(let label):
      "the round \(label) has ended; see how with: silhouette coordinator round show \(label) --dir DIR"
    }
  }
}

extension RoundRecord {
  /// Task and number; the task's hash where it is no plan's.
  var label: String {
    let task = PlannedTasks.task(named: key.task, plan: plan)?.rawValue
    return (task ?? String(key.task.description.prefix(12))) + "/\(key.number)"
  }
}

extension RoundOutcome {
  var text: String {
    switch self {
    case .open: "open"
    case .committed(let model): "version \(model)"
    case .aborted(let reason):
      "aborted: \(RoundAbort(number: reason)?.name ?? "reason") (\(reason))"
    }
  }
}
