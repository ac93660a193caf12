import ClientNode
import CryptoPrimitives
import Logging
import Foundation
import SecureAggregation
import Storage
import Testing
import WireProtocol

@testable import CoordinatorNode

/// What a coordinator refuses, and how; in one process and over sockets.
@Suite struct BadInputTests {
  private let world: NodeWorld

  init() throws { world = try NodeWorld() }

  private func refusal(_ body: () async throws -> Void) async -> RefusalCode? {
    do {
      try await body()
      return nil
    } catch DeviceError.refused(let refusal) { return refusal.code } catch { return nil }
  }

  @Test(arguments: Way.allCases) func aDeviceThatIsNotEnrolledIsToldSo(way: Way) async throws {
    try await Switchboard.open(world, way) { switchboard in
      let code = try await world.code(from: switchboard)
      let device = try world.device(0, over: switchboard)
      try await device.join(code)
      let stranger = try world.device(1, over: switchboard)
      // The stranger knows the code, which is used up.
      #expect(await refusal { try await stranger.join(code) } == .joinCode)
      try await stranger.close()
      // And took over the other's folder, but for its key.
      try await device.close()
      try FileManager.default.removeItem(atPath: world.folder + "/device-1")
      try FileManager.default.copyItem(
        atPath: world.folder + "/device-0", toPath: world.folder + "/device-1")
      try FileManager.default.removeItem(atPath: world.folder + "/device-1/identity")
      let thief = try world.device(1, over: switchboard)
      #expect(
        await refusal { _ = try await thief.runOnce(TallyWorker(index: 1)) } == .unknownDevice)
    }
  }

  @Test(arguments: Way.allCases) func anExpiredCodeIsRefused(way: Way) async throws {
    try await Switchboard.open(world, way) { switchboard in
      let device = try world.device(0, over: switchboard)
      let code = try await world.code(from: switchboard, expiry: 1_000)
      #expect(await refusal { try await device.join(code) } == .joinCode)
    }
  }

  @Test(arguments: Way.allCases)
  func aRevokedDeviceIsRefusedAndNamedToOthers(way: Way) async throws {
    try await Switchboard.open(world, way) { switchboard in
      let device = try world.device(0, over: switchboard)
      try await device.join(world.code(from: switchboard))
      try await switchboard.coordinator.revoke(device.keys.verificationKey)
      #expect(await refusal { _ = try await device.runOnce(TallyWorker(index: 0)) } == .revoked)
      #expect(
        try await switchboard.read("/v1/revocations", limit: 100)
          == device.keys.verificationKey.encoding.bytes)
    }
  }

  @Test(arguments: Way.allCases, [Int64(-86_400), 86_400])
  func aClockOffByADayIsNamed(way: Way, offset: Int64) async throws {
    let now: UInt64 = 1_800_000_000
    try await Switchboard.open(world, way, clock: { now }) { switchboard in
      let device = try world.device(
        0, over: switchboard, clock: { UInt64(Int64(now) + offset) })
      let code = try await world.code(from: switchboard)
      #expect(await refusal { try await device.join(code) } == .clock)
      // Nothing was used up: with the right time the same code is good.
      let mended = try world.device(1, over: switchboard, clock: { now })
      try await mended.join(code)
    }
  }

  @Test(arguments: Way.allCases)
  func aReplayedRequestIsRefusedAndGarbageAnswered(way: Way) async throws {
    try await Switchboard.open(world, way) { switchboard in
      let recorder = Recorder(switchboard)
      let device = try world.device(0, over: recorder)
      try await device.join(world.code(from: switchboard))
      _ = try await device.runOnce(TallyWorker(index: 9))
      let request = try #require(await recorder.last)
      #expect(try await status(request, switchboard) == .replay)
      #expect(try await status([], switchboard) == .version)
      #expect(try await status([0xFF, 0xFF], switchboard) == .malformed)
      var changed = request
      changed[changed.count - 1] ^= 1
      #expect(try await status(changed, switchboard) == .signature)
      let long = [UInt8](repeating: 0, count: WireLimits.requestByteCount + 1)
      #expect(try await status(long, switchboard) == .tooLarge)
    }
  }

  /// The code with which the coordinator refuses the body of a request.
  private func status(
    _ body: [UInt8], _ switchboard: Switchboard
  ) async throws -> RefusalCode? {
    let key = await switchboard.coordinator.keys.verificationKey
    let reply = try SignedReply(decoding: try await switchboard.send(body))
    // The answer to what cannot be read names no request.
    var nonces: [[UInt8]] = [[]]
    do { nonces.append(try SignedRequest(decoding: body).header.nonce) } catch {
      // Not a request: see above.
    }
    for nonce in nonces {
      do {
        let header = RequestHeader(device: key, kind: .checkIn, issuedAt: 0, nonce: nonce)
        guard case .failure(let refusal) = try reply.body(to: header, from: key)
        else { return nil }
        return refusal.code
      } catch WireError.otherRequest {}
    }
    return nil
  }

  @Test func enrollmentsAreLimitedInAMinute() async throws {
    let keys = try CoordinatorKeys(folder: world.folder + "/keys")
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
