import CoordinatorNode
import PlannedRounds
import Scenarios
import Storage

/// The folder in which scripts/nodes works.
struct NodesFolder {
  enum Failure: Error { case noPlan(String), noUser(String) }

  let path: String

  func device(_ number: Int) -> String { "\(path)/device-\(number)" }

  var behavior: String { path + "/behavior" }

  /// Of the coordinator.
  var keys: String { CoordinatorFolder(path: path + "/coordinator").keysFolder }

  /// What devices have sent, and how the coordinator opens it.
  var sent: String { path + "/sent" }

  /// What the coordinator tells everybody.
  var served: String { path + "/served" }

  /// The coordinator's store, beside the coordinator.
  func store() async throws -> SQLiteCoordinatorStore {
    try await SQLiteCoordinatorStore(
      folder: CoordinatorFolder(path: path + "/coordinator").storeFolder, as: .visitor)
  }

  /// The plan that was signed last.
  func plan(in store: SQLiteCoordinatorStore) async throws -> PlannedTasks {
    guard let record = try await store.plans().last else { throw Failure.noPlan(path) }
    let text = String(decoding: record.document, as: UTF8.self)
    return try PlannedTasks(
      PlanDecoder.decode(yaml: text, file: "plan \(record.hash)"), hash: record.hash)
  }
}
