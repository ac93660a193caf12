import NodeServing
import AsyncHTTPClient
import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import SecureAggregation
import ServiceLifecycle
import Storage
import Testing
import WireProtocol

@testable import CoordinatorNode

/// The same rounds over real sockets.
@Suite(.serialized) struct ServerTests {
  private let world: NodeWorld
  private let switchboard: Switchboard
  private let files: ServerCertificate.Files

  init() async throws {
    world = try NodeWorld()
    switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    files = try ServerCertificate.make(
      hosts: ["localhost", "127.0.0.1"], notBefore: Date(timeIntervalSinceNow: -60),
      lifetime: .seconds(86_400))
  }

  /// Runs `body` against a server on a free port, then stops that gracefully.
  private func serving(
    limits: HTTPSServer.Limits = NodeServer.limits,
    _ body: @escaping @Sendable (_ url: String, _ client: HTTPClient) async throws -> Void
  ) async throws {
    let client = try client
    let result: Result<Void, any Error>
    do { result = .success(try await serving(limits, client, body)) } catch {
      result = .failure(error)
    }
    // Whatever has happened: a client that is left open ends the whole process.
    try await client.shutdown()
    try result.get()
  }

  private func serving(
    _ limits: HTTPSServer.Limits, _ client: HTTPClient,
    _ body: @escaping @Sendable (_ url: String, _ client: HTTPClient) async throws -> Void
  ) async throws {
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let coordinator = await switchboard.coordinator
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = try NodeServer(
      coordinator: coordinator, address: .init(host: "127.0.0.1", port: 0),
      files: files, limits: limits, logger: logger
    ) { port in
      continuation.yield(port)
    }
    let group = ServiceGroup(
      services: [server, RoundTicker(coordinator: coordinator)], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      let port = try #require(await iterator.next())
      try await body("https://127.0.0.1:\(port)", client)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  private var pin: Bytes32 { get throws { try ServerCertificate.pin(ofPEM: files.certificate) } }

  @Test func aRoundOverHTTPSBecomesAModel() async throws {
    let pin = try pin
    try await serving { [world, switchboard] url, _ in
      let transport = try await HTTPSTransport.connect(url: url, pin: pin)
      var devices: [DeviceNode] = []
      for index in 0..<NodeWorld.deviceCount {
        let code = try await world.code(from: switchboard.coordinator, url: url, pin: pin)
        let same = try JoinCode(text: code.text)
        #expect(same == code)
        let device = try world.device(index, over: transport)
        try await device.join(same)
        devices.append(device)
      }
      let ends = try await world.run(devices, rounds: 1) {}
      let model = try #require(try await switchboard.models().dropFirst().first).hash
      for ends in ends { #expect(ends == [.committed(model: model)]) }
      #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
      let metrics = try await transport.read("/metrics", limit: 1 << 16)
      let text = String(decoding: metrics, as: UTF8.self)
      #expect(text.contains("\nsilhouette_rounds_committed_total 1\n"))
      #expect(text.contains("\nsilhouette_contributions_total 0\n"))
      try await transport.close()
    }
  }

  @Test func aServerWithAnotherCertificateIsNotTrusted() async throws {
    try await serving { url, _ in
      let wrong = Blake2b.digest([1])
      await #expect(throws: TransportError.wrongCertificate(expected: wrong)) {
        _ = try await HTTPSTransport.connect(url: url, pin: wrong)
      }
      // Without a pin an authority has to vouch, and none does.
      let transport = try await HTTPSTransport.connect(url: url, pin: nil)
      await #expect(throws: TransportError.self) {
        _ = try await transport.read("/healthz", limit: 100)
      }
      try await transport.close()
    }
  }

  /// Somebody else answers at an address that was the coordinator's.
  @Test func aServerThatComesBackWithAnotherCertificateIsNotTrusted() async throws {
    let coordinator = await switchboard.coordinator
    let first = try await LoopbackServer(coordinator)
    let transport = try await first.connect()
    try await first.stop()
    let second = try await LoopbackServer(coordinator, port: first.port)
    await #expect(throws: TransportError.wrongCertificate(expected: first.pin)) {
      _ = try await transport.read("/healthz", limit: 100)
    }
    try await second.stop()
    // And nobody at all is said to be nobody, with the address.
    await #expect {
      _ = try await transport.read("/healthz", limit: 100)
    } throws: { error in
      "\(error)".contains(first.url) && "\(error)".contains("refused")
    }
    try await transport.close()
  }

  @Test func badRequestsHaveTheirStatus() async throws {
    try await serving { [switchboard] url, client in
      func status(
        _ path: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil
      ) async throws -> Int {
        var request = HTTPClientRequest(url: url + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
          request.method = .POST
          request.body = .bytes(ByteBuffer(bytes: body))
        }
        return Int(try await client.execute(request, timeout: .seconds(300)).status.code)
      }
      let type = [("Content-Type", WireLimits.mediaType)]
      #expect(try await status("/healthz") == 200)
      #expect(try await status("/readyz") == 200)
      #expect(try await status("/v1/requests", body: [1]) == 415)
      #expect(try await status("/v1/requests", type, body: [0xFF]) == 400)
      #expect(try await status("/v1/requests", type, body: []) == 426)
      let long = [UInt8](repeating: 0, count: WireLimits.requestByteCount + 1)
      #expect(try await status("/v1/requests", type, body: long) == 413)
      #expect(try await status("/nothing") == 404)
      #expect(try await status("/v1/blobs/00") == 404)

      // The first model is there as soon as the plan's first round is; a tick may find another on its way.
      while try await switchboard.models().isEmpty {
        await switchboard.tick()
        try await Task.sleep(for: .milliseconds(10))
      }
      let hash = try await switchboard.models()[0].hash
      let path = "/v1/blobs/\(hash)"
      #expect(try await status(path) == 200)
      #expect(try await status(path, [("If-None-Match", "\"\(hash)\"")]) == 304)
      #expect(try await status(path, [("Range", "bytes=2-3")]) == 206)
      #expect(try await status(path, [("Range", "bytes=100-")]) == 416)
    }
  }

  private var client: HTTPClient {
    get throws {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .certificates(
        try NIOSSLCertificate.fromPEMBytes(Array(files.certificate.utf8)))
      return HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
    }
  }

  /// A peer that sends a byte now and then is cut off, whatever it asks for, and others are served.
  @Test(arguments: ["/v1/requests", "/healthz"])
  func aRequestThatTricklesInIsCutOff(path: String) async throws {
    var limits = NodeServer.limits
    limits.requestSeconds = 5
    try await serving(limits: limits) { url, client in
      let (bytes, sink) = AsyncStream<ByteBuffer>.makeStream()
      let trickle = Task {
        // Far longer than the limit.
        for _ in 0..<600 where !Task.isCancelled {
          sink.yield(ByteBuffer(bytes: [0]))
          do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
        }
        sink.finish()
      }
      var request = HTTPClientRequest(url: url + path)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: WireLimits.mediaType)
      request.body = .stream(bytes, length: .known(Int64(600)))
      let started = ContinuousClock.now
      do {
        // An answer may come before the body is there; then the connection ends in it.
        let response = try await client.execute(request, timeout: .seconds(50))
        #expect(response.status.code != 200)
        _ = try await response.body.collect(upTo: 1 << 16)
      } catch {
        // The server hung up.
      }
      #expect(ContinuousClock.now - started < .seconds(45))
      trickle.cancel()
      let other = try await client.execute(
        HTTPClientRequest(url: url + "/healthz"), timeout: .seconds(300))
      #expect(other.status.code == 200)
    }
  }

  /// What has arrived is taken from the budget, until it is answered.
  @Test func requestsBeyondTheBudgetAreToldToComeLater() async throws {
    var limits = NodeServer.limits
    limits.bodyByteCount = 1_000
    try await serving(limits: limits) { url, client in
      func status(_ count: Int) async throws -> (UInt, String?) {
        var request = HTTPClientRequest(url: url + "/v1/requests")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: WireLimits.mediaType)
        request.body = .bytes(ByteBuffer(repeating: 0xFF, count: count))
        let response = try await client.execute(request, timeout: .seconds(300))
        return (response.status.code, response.headers.first(name: "Retry-After"))
      }
      // What was taken is given back: many small ones pass.
      for _ in 0..<5 { #expect(try await status(900).0 == 400) }
      for _ in 0..<2 {
        let late = try await status(1_001)
        #expect(late.0 == 429)
        #expect(late.1 == "60")
        #expect(try await status(1_000).0 == 400, "what a refused request took is given back")
      }
      // One that announces much and sends little takes no room from others.
      let (bytes, sink) = AsyncStream<ByteBuffer>.makeStream()
      sink.yield(ByteBuffer(repeating: 0, count: 10))
      var slow = HTTPClientRequest(url: url + "/v1/requests")
      slow.method = .POST
      slow.headers.add(name: "Content-Type", value: WireLimits.mediaType)
      slow.body = .stream(bytes, length: .known(Int64(1_000)))
      let request = slow
      async let waiting = client.execute(request, timeout: .seconds(300)).status.code
      for _ in 0..<5 { #expect(try await status(900).0 == 400) }
      sink.yield(ByteBuffer(repeating: 0, count: 990))
      sink.finish()
      #expect(try await waiting == 400)
    }
  }

  @Test func aLongBlobArrivesInPieces() async throws {
    let store = await switchboard.store
    let long = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let plan = PlanRecord(
      document: Array("a plan over a long catalogue".utf8),
      signature: [UInt8](repeating: 0, count: 64))
    try await store.add(plan, catalogue: long)
    try await serving { url, client in
      let path = "\(url)/v1/blobs/\(Blake2b.digest(long))"
      let whole = try await client.execute(HTTPClientRequest(url: path), timeout: .seconds(300))
      #expect(whole.headers.first(name: "Content-Length") == "100000")
      #expect(
        Array(try await whole.body.collect(upTo: 1 << 20).readableBytesView) == long)
      var request = HTTPClientRequest(url: path)
      request.headers.add(name: "Range", value: "bytes=32760-70001")
      let part = try await client.execute(request, timeout: .seconds(300))
      #expect(part.status.code == 206)
      #expect(
        Array(try await part.body.collect(upTo: 1 << 20).readableBytesView)
          == Array(long[32_760...70_001]))
    }
  }

  @Test(arguments: [
    ("bytes=0-0", 0..<1), ("bytes=2-", 2..<10), ("bytes=-3", 7..<10), ("bytes=8-99", 8..<10),
    ("bytes=-99", 0..<10),
  ])
  func rangesAreThoseOfTheField(field: String, bounds: Range<Int>) {
    #expect(ByteRange(field, of: 10)?.bounds == bounds)
  }

  @Test(arguments: ["bytes=10-", "bytes=3-2", "bytes=", "items=0-1", "bytes=0-1,3-4", "bytes=-0"])
  func otherRangesAreNotServed(field: String) { #expect(ByteRange(field, of: 10) == nil) }
}
