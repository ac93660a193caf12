import CoordinatorNode
import CryptoPrimitives
import Storage

/// Rounds that are over, each with the version that it made, as a coordinator leaves them behind.
struct FinishedRounds {
  let count: Int

  /// Adds the rounds to the store of a coordinator that does not run.
  func add(to coordinator: CoordinatorProcess) async throws {
    let store = try await SQLiteCoordinatorStore(folder: coordinator.folder.storeFolder)
    let keys = try CoordinatorKeys(folder: coordinator.folder.keysFolder)
    let plan = keys.sign(planDocument: Array("a plan that is done".utf8))
    try await store.add(plan)
    for state in [PlanState.published, .running] { try await store.move(plan.hash, to: state) }
    let task = Blake2b.digest([1])
    var bytes = Self.version(0)
    var parent = Blake2b.digest(bytes)
    try await store.add(
      ModelRecord(hash: parent, parent: nil, round: nil, plan: plan.hash, createdAt: 1),
      bytes: bytes)
    for number in 1...count {
      let key = RoundKey(task: task, number: UInt64(number))
      let time = Int64(number)
      try await store.begin(
        RoundRecord(
          key: key, plan: plan.hash, configuration: [UInt8](repeating: 7, count: 600),
          openedAt: time), log: [])
      try await store.append(
        (1...9).map {
          JournalEntry(kind: 9, step: $0, device: nil, bytes: [UInt8](repeating: 1, count: 8))
        }, sum: nil, to: key, log: [])
      bytes = Self.version(number)
      let model = ModelRecord(
        hash: Blake2b.digest(bytes), parent: parent, round: key, plan: plan.hash, createdAt: time)
      try await store.commit(
        model, bytes: bytes, sum: ReleasedSum(survivors: 500, packed: bytes), round: key, log: [])
      parent = model.hash
    }
    try await store.move(plan.hash, to: .done)
    try store.close()
  }

  /// The bytes of a version: as long as those of a ranker over a small catalogue.
  private static func version(_ number: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 3, count: 40_000)
    bytes[0] = UInt8(truncatingIfNeeded: number)
    bytes[1] = UInt8(truncatingIfNeeded: number >> 8)
    return bytes
  }
}
