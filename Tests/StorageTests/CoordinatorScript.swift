import CryptoPrimitives
import Foundation
import TestSupport
import TransparencyLog

@testable import Storage

/// Two rounds and everything around them, written as a coordinator does it: what is done already is
/// not done again, so the script can be started over after any interruption.
struct CoordinatorScript {
  static let task = Blake2b.digest(Array("task".utf8))
  static let plan = PlanRecord(document: Array("plan".utf8), signature: [1, 2, 3])
  static let devices = (0..<3).map { Blake2b.digest([UInt8($0)]) }
  static let firstRound = RoundKey(task: task, number: 1)
  static let secondRound = RoundKey(task: task, number: 2)
  static let sum = ReleasedSum(survivors: 2, packed: [7, 0, 9])
  static let models = (0..<2).map { Array("model \($0)".utf8) }

  let store: SQLiteCoordinatorStore

  func run() async throws {
    try await enroll()
    try await publish()
    try await commitFirstRound()
    try await abortSecondRound()
    try await store.promote(Blake2b.digest(Self.models[0]), pass: nil)
    try await store.pin(Blake2b.digest(Self.models[1]), pass: nil)
    try await store.revoke(Self.devices[2], at: 90)
  }

  private func enroll() async throws {
    for (index, device) in Self.devices.enumerated() {
      // A revoked device stays refused, whatever code it comes with.
      guard try await store.device(device)?.revokedAt == nil else { continue }
      let code = Blake2b.digest([UInt8(100 + index)])
      try await store.issueJoinCode(hash: code, expiry: 1000)
      _ = try await store.enroll(
        DeviceRecord(identity: device, certificate: [UInt8(index)], enrolledAt: 10),
        joinCode: code,
        log: [
          Self.entry(
            .enrollment(
              LoggedEnrollment(
                authority: VerificationKey(encoding: Bytes32()), certificateHash: device)))
        ])
    }
  }

  private func publish() async throws {
    let plan = Self.plan
    try await store.add(plan)
    if try await store.plan(plan.hash)?.state == .signed {
      try await store.move(plan.hash, to: .published)
    }
    try await store.move(plan.hash, to: .running)
    try await store.log([
      Self.entry(.pause(LoggedPause(task: Self.task, number: 1, state: .resumed)))
    ])
    try await store.add(Self.model(0, parent: nil, round: nil), bytes: Self.models[0])
  }

  private func commitFirstRound() async throws {
    let key = Self.firstRound
    try await begin(key, at: 20)
    guard try await store.round(key)?.outcome == .open else { return }
    for count in 1...2 {
      let entries = Self.devices.prefix(count).map {
        JournalEntry(kind: 1, step: 3, device: $0, bytes: $0.bytes + [UInt8(3)])
      }
      try await store.append(
        entries, sum: PartialSum(sum: [UInt8(count)], set: [UInt8(1 << count - 1)], count: count),
        to: key, log: count == 2 ? [Self.survivors(of: key)] : [])
    }
    try await store.commit(
      Self.model(1, parent: 0, round: key), bytes: Self.models[1], sum: Self.sum, round: key,
      log: [Self.entry(.pause(LoggedPause(task: Self.task, number: 2, state: .paused)))])
  }

  private func abortSecondRound() async throws {
    let key = Self.secondRound
    try await begin(key, at: 40)
    guard try await store.round(key)?.outcome == .open else { return }
    try await store.append(
      [JournalEntry(kind: 1, step: 1, device: Self.devices[0], bytes: [9])],
      sum: PartialSum(sum: [7, 7], set: [1], count: 1), to: key)
    try await store.abort(key, reason: 801, at: 60)
  }

  private func begin(_ key: RoundKey, at time: Int64) async throws {
    try await store.begin(
      RoundRecord(
        key: key, plan: Self.plan.hash, configuration: Array("config \(key.number)".utf8),
        openedAt: time), log: [Self.announcement(of: key)])
  }

  static func entry(_ content: LogEntry.Content) -> LogEntry {
    do { return try LogEntry(at: 77, content) } catch {
      preconditionFailure("the script's entries are valid: \(error)")
    }
  }

  static func announcement(of key: RoundKey) -> LogEntry {
    entry(
      .round(
        LoggedRound(
          round: key.logged, configuration: Blake2b.digest([UInt8(key.number)]),
          planHash: plan.hash, modelHash: Blake2b.digest(models[0]))))
  }

  static func survivors(of key: RoundKey) -> LogEntry {
    entry(
      .survivors(
        LoggedSurvivors(round: key.logged, transcript: Blake2b.digest([8]), survivorCount: 2)))
  }

  static func model(_ index: Int, parent: Int?, round: RoundKey?) -> ModelRecord {
    ModelRecord(
      hash: Blake2b.digest(models[index]), parent: parent.map { Blake2b.digest(models[$0]) },
      round: round, plan: plan.hash, createdAt: 50)
  }
}

/// Everything that a store holds, to be compared.
struct StoreContents: Equatable {
  var devices: [DeviceRecord] = []
  var plans: [PlanRecord] = []
  var rounds: [RoundRecord] = []
  var journals: [[JournalEntry]] = []
  var sums: [PartialSum?] = []
  var releasedSums: [ReleasedSum?] = []
  var models: [ModelRecord] = []
  var current: ModelRecord?
  var served: ModelRecord?
  var blobs: [String] = []
  var log: [[UInt8]] = []
  var tree = TreeState.empty

  init(of store: SQLiteCoordinatorStore) async throws {
    devices = try await store.devices()
    plans = try await store.plans()
    rounds = try await store.rounds(limit: 10)
    for round in rounds {
      journals.append(try await store.journal(round.key))
      sums.append(try await store.partialSum(round.key))
      releasedSums.append(try await store.releasedSum(of: round.key))
    }
    models = try await store.models(plan: CoordinatorScript.plan.hash)
    current = try await store.currentModel(plan: CoordinatorScript.plan.hash)
    served = try await store.servedModel(plan: CoordinatorScript.plan.hash)
    tree = try await store.logTree()
    log = try await store.loggedEntries(0..<tree.size)
    blobs = try FileManager.default.contentsOfDirectory(atPath: store.blobs.folder).sorted()
  }
}

/// A folder that goes when the test ends.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
