import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import TestSupport
import WireProtocol

@testable import CoordinatorNode

/// A coordinator with an operator, in a process of its own or in that of the test.
///
/// The operator aborts the first round before a device hears of it, and promotes, pins and revokes after
/// the second was committed: so a life comes to every fail point. What is done already is not done
/// again, so a successor goes on in the same folder wherever its predecessor ended.
struct OperatedCoordinator: Sendable {
  /// The clock stands still: no deadline ever comes, and nothing depends on how fast a machine is.
  static let now = StandingClock.start
  static let noiseSeed: UInt64 = 5
  let coordinator: Coordinator
  let store: SQLiteCoordinatorStore
  private let folder: String
  private let plan: Bytes32

  init(folder: String, faults: any FaultInjector) async throws {
    let plan = try NodeWorld.plan(in: folder, rounds: 1, floor: NodeWorld.deviceCount)
    (store, coordinator) = try await Switchboard.start(
      folder, plan, faults: faults, clock: { Self.now })
    self.folder = folder
    self.plan = plan.record.hash
  }

  /// What happens before devices are let in.
  func open() async throws {
    while try await store.rounds(limit: 2).count < 2 {
      await coordinator.advance()
      if let live = await coordinator.live, live.key.number == 1 {
        try await coordinator.abortRound(.byOperator)
      }
    }
  }

  /// Runs the round to its end, then does what an operator does.
  func run() async throws {
    while true {
      await coordinator.advance()
      if try await store.plan(plan)?.state == .done,
        let model = try await store.currentModel(plan: plan)
      {
        try await store.promote(model.hash, pass: nil)
        try await store.pin(model.hash, pass: nil)
        try await store.revoke(Self.spare(in: folder), at: Int64(Self.now))
        return
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// The device that takes part in nothing and is revoked.
  static func spare(in folder: String) throws -> Bytes32 {
    var randomness = RandomStream.system()
    return try DeviceKeys(
      folder: folder + "/device-\(NodeWorld.deviceCount)", randomness: &randomness
    )
    .verificationKey.encoding
  }

  /// The life of a process that is killed, or ends by itself.
  static func live(in folder: String, faults: any FaultInjector) async throws {
    let operated = try await OperatedCoordinator(folder: folder, faults: faults)
    try await operated.open()
    let server = try await LoopbackServer(operated.coordinator)
    try Data("\(server.url) \(server.pin)".utf8).write(
      to: URL(filePath: Redialing.addressFile(in: folder)), options: .atomic)
    try await operated.run()
  }
}

/// The way to a coordinator in another process, and after its death to its successor in this one.
actor Redialing: NodeTransport {
  private let folder: String
  private var transport: HTTPSTransport?
  private var isConnecting = false
  private var successor: Coordinator?

  init(folder: String) { self.folder = folder }

  static func addressFile(in folder: String) -> String { folder + "/address" }

  /// Requests that wait for the dead process to listen again are given up.
  func succeed(_ coordinator: Coordinator) async throws {
    successor = coordinator
    try await close()
  }

  func close() async throws {
    let former = transport
    transport = nil
    try await former?.close()
  }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    if let successor { return await successor.answer(body).body }
    return try await connected().send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    if let successor { return try await successor.publicBytes(at: path) }
    return try await connected().read(path, limit: limit)
  }

  private func connected() async throws(TransportError) -> HTTPSTransport {
    if let transport { return transport }
    guard !isConnecting,
      let text = FileManager.default.contents(atPath: Self.addressFile(in: folder))
    else { throw .unreachable("not yet") }
    isConnecting = true
    defer { isConnecting = false }
    let parts = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
    do {
      let transport = try await HTTPSTransport.connect(
        url: parts[0], pin: Bytes32(hexadecimal: parts[1]))
      self.transport = transport
      return transport
    } catch { throw .unreachable("\(error)") }
  }
}
