import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import Logging
import SecureAggregation
import Storage
import WireProtocol

@testable import CoordinatorNode

/// The way to a coordinator in the same process, which can be made to lose its memory.
actor Switchboard: NodeTransport {
  private let folder: String
  private let plan: RunningPlan
  private(set) var coordinator: Coordinator
  private(set) var store: SQLiteCoordinatorStore
  private var inFlight = 0
  private var isDown = false
  private(set) var requestCount = 0
  private(set) var restarts = 0
  /// The request at which the coordinator dies: before it is heard, or after it was done.
  private let crash: (request: Int, before: Bool)?
  /// Uploads after which nothing is heard of the coordinator any more.
  private var uploadsUntilSilence: Int

  init(
    folder: String, plan: RunningPlan, crash: (request: Int, before: Bool)? = nil,
    uploadsUntilSilence: Int = .max
  ) async throws {
    self.uploadsUntilSilence = uploadsUntilSilence
    self.folder = folder
    self.plan = plan
    self.crash = crash
    (store, coordinator) = try await Self.start(folder, plan)
  }

  static func start(
    _ folder: String, _ plan: RunningPlan
  ) async throws -> (SQLiteCoordinatorStore, Coordinator) {
    let store = try await SQLiteCoordinatorStore(folder: folder + "/store")
    try await store.add(plan.record)
    if try await store.plan(plan.record.hash)?.state == .signed {
      try await store.move(plan.record.hash, to: .published)
    }
    var settings = Coordinator.Settings()
    settings.pollMilliseconds = 20
    settings.pacing = Pacing(shortest: 1, longest: 2)
    return (
      store,
      try await Coordinator(
        keys: CoordinatorKeys(folder: folder + "/keys"), store: store, settings: settings,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        interpret: { _ in plan },
        clock: { UInt64(Date().timeIntervalSince1970) })
    )
  }

  /// What the ticker of a server does.
  func tick() async {
    guard !isDown, !isSilent else { return }
    inFlight += 1
    await coordinator.advance()
    inFlight -= 1
  }

  var isSilent: Bool { uploadsUntilSilence <= 0 }

  /// What the caller of witnesses of a server does.
  func call(_ witnesses: WitnessPlace) async {
    guard !isDown else { return }
    inFlight += 1
    for errand in await coordinator.takeWitnessErrands() {
      await coordinator.perform(errand, over: witnesses)
    }
    inFlight -= 1
  }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    guard !isDown, !isSilent else { throw .unreachable("down") }
    requestCount += 1
    let dies = crash?.request == requestCount
    if dies && crash?.before == true {
      await restart()
      throw .unreachable("died before")
    }
    inFlight += 1
    let answer = await coordinator.answer(body)
    inFlight -= 1
    if (try? SignedRequest(decoding: body).header.kind) == .uploadChunk {
      uploadsUntilSilence -= 1
    }
    if dies {
      await restart()
      throw .unreachable("died after")
    }
    return answer.body
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    if path == "/v1/coordinator" { return coordinator.description }
    if path == "/v1/witnesses" { return await coordinator.signedWitnessList }
    if path == "/v1/revocations" { return await coordinator.revokedIdentities }
    let name = String(path.dropFirst("/v1/blobs/".count))
    guard let hash = Bytes32(hexadecimal: name), let blob = await coordinator.publicBlob(hash)
    else { throw .status(404) }
    do { return try await blob.read(0..<blob.byteCount) } catch { throw .status(500) }
  }

  /// Ends the coordinator as a crash does: nothing but the folder is left.
  private func restart() async {
    isDown = true
    // A dead process writes no more: what is on its way is waited for.
    while inFlight > 0 { await Task.yield() }
    do {
      try store.close()
      (store, coordinator) = try await Self.start(folder, plan)
      restarts += 1
      isDown = false
    } catch { preconditionFailure("the coordinator does not start again: \(error)") }
  }

  func models() async throws -> [ModelRecord] { try await store.models(plan: plan.record.hash) }
  func model() async throws -> [UInt8]? {
    guard let current = try await store.currentModel(plan: plan.record.hash) else { return nil }
    return try await store.blob(current.hash)
  }
  func journal() async throws -> [JournalEntry] {
    guard let last = try await rounds().first else { return [] }
    return try await store.journal(last.key)
  }
  func planState() async throws -> PlanState? {
    try await store.plan(plan.record.hash)?.state
  }
  func rounds() async throws -> [RoundRecord] { try await store.rounds(limit: 100) }
}
