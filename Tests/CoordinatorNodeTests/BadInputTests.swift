import ClientNode
import CryptoPrimitives
import Logging
import Foundation
import SecureAggregation
import Storage
import Testing
import WireProtocol

@testable import CoordinatorNode

@Suite struct BadInputTests {
  private let world: NodeWorld
  private let switchboard: Switchboard

  init() async throws {
    world = try NodeWorld()
    switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
  }

  private func refusal(_ body: () async throws -> Void) async -> RefusalCode? {
    do {
      try await body()
      return nil
    } catch DeviceError.refused(let refusal) { return refusal.code } catch { return nil }
  }

  @Test func aDeviceThatIsNotEnrolledIsToldSo() async throws {
    let code = try await world.code(from: switchboard.coordinator)
    let device = try world.device(0, over: switchboard)
    try await device.join(code)
    let stranger = try world.device(1, over: switchboard)
    // The stranger knows the code, which is used up.
    #expect(await refusal { try await stranger.join(code) } == .joinCode)
    #expect(
      await refusal { _ = try await stranger.runOnce(TallyWorker(index: 1)) } == .unknownDevice)
  }

  @Test func anExpiredCodeIsRefused() async throws {
    let device = try world.device(0, over: switchboard)
    let code = try await world.code(from: switchboard.coordinator, expiry: 1_000)
    #expect(await refusal { try await device.join(code) } == .joinCode)
  }

  @Test func aRevokedDeviceIsRefusedAndNamedToOthers() async throws {
    let device = try world.device(0, over: switchboard)
    try await device.join(world.code(from: switchboard.coordinator))
    try await switchboard.coordinator.revoke(device.keys.verificationKey)
    #expect(await refusal { _ = try await device.runOnce(TallyWorker(index: 0)) } == .revoked)
    #expect(
      try await switchboard.read("/v1/revocations", limit: 100)
        == device.keys.verificationKey.encoding.bytes)
  }

  @Test func aClockOffByADayIsNamed() async throws {
    let device = try world.device(
      0, over: switchboard, clock: { UInt64(Date().timeIntervalSince1970) + 86_400 })
    let code = try await world.code(from: switchboard.coordinator)
    #expect(await refusal { try await device.join(code) } == .clock)
  }

  @Test func aReplayedRequestIsRefusedAndGarbageAnswered() async throws {
    let recorder = Recorder(switchboard)
    let device = try world.device(0, over: recorder)
    try await device.join(world.code(from: switchboard.coordinator))
    _ = try await device.runOnce(TallyWorker(index: 9))
    let request = try #require(await recorder.last)
    let coordinator = await switchboard.coordinator
    #expect(await coordinator.answer(request).status == .replay)
    #expect(await coordinator.answer([]).status == .version)
    #expect(await coordinator.answer([0xFF, 0xFF]).status == .malformed)
    var changed = request
    changed[changed.count - 1] ^= 1
    #expect(await coordinator.answer(changed).status == .signature)
    let long = [UInt8](repeating: 0, count: WireLimits.requestByteCount + 1)
    #expect(await coordinator.answer(long).status == .tooLarge)
  }

  @Test func enrollmentsAreLimitedInAMinute() async throws {
    let keys = await switchboard.coordinator.keys
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/limited")
    var settings = Coordinator.Settings()
    settings.enrollmentsPerMinute = 1
    let limited = try await Coordinator(
      keys: keys, store: store, settings: settings,
      logger: .init(label: "test"), clock: { 5_000 })
    let token = try await limited.issueToken(expiry: 6_000)
    let other = try await limited.issueToken(expiry: 6_000)
    var randomness = RandomStream.system()
    let first = SigningKey(random: &randomness).verificationKey
    let second = SigningKey(random: &randomness).verificationKey
    _ = try await limited.enroll(first, token: token, at: 5_000)
    await #expect(throws: NodeError.self) {
      try await limited.enroll(second, token: other, at: 5_000)
    }
    // A minute later there is room again.
    _ = try await limited.enroll(second, token: other, at: 5_061)
  }
}

/// Keeps the last request that went through.
private actor Recorder: NodeTransport {
  private let inner: Switchboard
  private(set) var last: [UInt8]?

  init(_ inner: Switchboard) { self.inner = inner }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    last = body
    return try await inner.send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    try await inner.read(path, limit: limit)
  }
}
