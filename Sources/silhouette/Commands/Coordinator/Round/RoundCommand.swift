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

/// A round as commands name it: task and number, of the plan that has been at it last.
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

  /// The round that is meant: the newest one of this name.
  func record(in store: SQLiteCoordinatorStore) async throws -> RoundRecord {
    for plan in try await store.plans().reversed() {
      let key = RoundKey(
        task: PlannedTasks.identifier(of: task, plan: plan.hash), number: number)
      if let record = try await store.round(key) { return record }
    }
    throw RoundLabelFault.unknown("\(self)")
  }
}

enum RoundLabelFault: Error, Equatable, CustomStringConvertible {
  case unknown(String)

  var description: String {
    switch self {
    case .unknown(let label):
      "there is no round \(label); list them with: silhouette coordinator round list"
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
