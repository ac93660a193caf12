import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import Logging
import SecureAggregation
import Storage
import TestSupport
import WireProtocol

@testable import CoordinatorNode

/// How devices of a test reach their coordinator.
enum Way: CaseIterable, Sendable { case inProcess, overHTTPS }

/// The way to a coordinator of the same process, which can be made to lose its memory.
///
/// What a device sends goes to the coordinator directly, or through a server on the loopback interface.
actor Switchboard: NodeTransport {
  private let folder: String
  private let plan: RunningPlan
  private let faults: any FaultInjector
  private let clock: @Sendable () -> UInt64
  private let logger: Logger
  private(set) var coordinator: Coordinator
  private(set) var store: SQLiteCoordinatorStore
  /// Nil if requests do not leave the process.
  private var server: LoopbackServer?
  private var transport: HTTPSTransport?
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
    uploadsUntilSilence: Int = .max, faults: any FaultInjector = NoFaults(),
    logger: Logger = Switchboard.quiet,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) }
  ) async throws {
    self.logger = logger
    self.uploadsUntilSilence = uploadsUntilSilence
    self.folder = folder
    self.plan = plan
    self.crash = crash
    self.faults = faults
    self.clock = clock
    (store, coordinator) = try await Self.start(
      folder, plan, faults: faults, logger: logger, clock: clock)
  }

  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Runs `body` with a coordinator over the folder of `world`.
  static func open<Value: Sendable>(
    _ world: NodeWorld, _ way: Way = .inProcess, crash: (request: Int, before: Bool)? = nil,
    faults: any FaultInjector = NoFaults(), logger: Logger = Switchboard.quiet,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) },
    _ body: (Switchboard) async throws -> Value
  ) async throws -> Value {
    let switchboard = try await Switchboard(
      folder: world.folder, plan: world.plan, crash: crash, faults: faults, logger: logger,
      clock: clock)
    if way == .overHTTPS { try await switchboard.serve() }
    let result: Result<Value, any Error>
    do { result = .success(try await body(switchboard)) } catch { result = .failure(error) }
    try await switchboard.close()
    return try result.get()
  }

  private func serve() async throws {
    let server = try await LoopbackServer(coordinator, logger: logger)
    self.server = server
    transport = try await server.connect()
  }

  private func close() async throws {
    try await transport?.close()
    try await server?.stop()
    try store.close()
  }

  static func start(
    _ folder: String, _ plan: RunningPlan, faults: any FaultInjector = NoFaults(),
    logger: Logger = Switchboard.quiet,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) }
  ) async throws -> (SQLiteCoordinatorStore, Coordinator) {
    // With a disk that has no faults yet.
    let quiet = try await SQLiteCoordinatorStore(folder: folder + "/store")
    try await quiet.enrollSleepers(plan.template.leastCohort)
    try quiet.close()
    let store = try await SQLiteCoordinatorStore(folder: folder + "/store", faults: faults)
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
        logger: logger,
        interpret: { _ in plan }, faults: faults, clock: clock)
    )
  }

  /// Where devices find the coordinator.
  var address: (url: String, pin: Bytes32?) {
    server.map { ($0.url, $0.pin) } ?? ("https://in.process", nil)
  }

  /// What the ticker of a server does.
  func tick() async {
    guard !isDown, !isSilent else { return }
    inFlight += 1
    await coordinator.advance()
    inFlight -= 1
  }

  /// What the caller of witnesses of a server does.
  func call(_ witnesses: WitnessPlace) async {
    guard !isDown else { return }
    inFlight += 1
    for errand in await coordinator.takeWitnessErrands() {
      await coordinator.perform(errand, over: witnesses)
    }
    inFlight -= 1
  }

  var isSilent: Bool { uploadsUntilSilence <= 0 }

  var planHash: Bytes32 { plan.record.hash }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    guard !isDown, !isSilent else { throw .unreachable("down") }
    requestCount += 1
    let dies = crash?.request == requestCount
    if dies && crash?.before == true {
      await restart()
      throw .unreachable("died before")
    }
    let answer = try await forward(body)
    if (try? SignedRequest(decoding: body).header.kind) == .uploadChunk {
      uploadsUntilSilence -= 1
    }
    if dies {
      await restart()
      throw .unreachable("died after")
    }
    return answer
  }

  private func forward(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    inFlight += 1
    defer { inFlight -= 1 }
    guard let transport else { return await coordinator.answer(body).body }
    return try await transport.send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    guard !isDown else { throw .unreachable("down") }
    inFlight += 1
    defer { inFlight -= 1 }
    if let transport { return try await transport.read(path, limit: limit) }
    return try await coordinator.publicBytes(at: path)
  }

  /// Ends the coordinator as a crash does: nothing but the folder is left.
  ///
  /// - Parameter change: what becomes of the folder before the coordinator starts again.
  func restart(after change: () throws -> Void = {}) async {
    isDown = true
    // A dead process writes no more: what is on its way is waited for.
    while inFlight > 0 { await Task.yield() }
    do {
      try await close()
      try change()
      (store, coordinator) = try await Self.start(
        folder, plan, faults: faults, logger: logger, clock: clock)
      if server != nil { try await serve() }
      restarts += 1
      isDown = false
    } catch { preconditionFailure("the coordinator does not start again: \(error)") }
  }

  /// What an operator's command does while a round is open.
  func putFirstVersionToUse(inRound number: UInt64) async {
    do {
      guard let round = try await rounds().first, round.key.number == number,
        round.outcome == .open, let first = try await models().first
      else { return }
      try await store.promote(first.hash, pass: nil)
    } catch { preconditionFailure("the store has failed: \(error)") }
  }

  /// The newest round that became a model; nil if none did.
  func committedRound() async throws -> RoundKey? {
    try await rounds().first { if case .committed = $0.outcome { true } else { false } }?.key
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
  func journal(_ round: RoundKey) async throws -> [JournalEntry] {
    try await store.journal(round)
  }
}
