import AsyncHTTPClient
import CoordinatorNode
import CryptoPrimitives
import Foundation
import NIOCore
import NodeServing
import NIOHTTP1
import NIOSSL
import Storage
import WireProtocol

/// Devices that ask and verify, and do nothing else.
final class LoadDevices: Sendable {
  enum Failure: Error { case refused(Refusal), unexpectedAnswer, notServing(UInt) }

  private let devices: [Device]
  let description: CoordinatorDescription
  let client: HTTPClient
  private let url: String

  /// A key, which cannot be copied.
  private final class Device: Sendable {
    let key: SigningKey

    init(_ randomness: inout RandomStream) { key = SigningKey(random: &randomness) }
  }

  var count: Int { devices.count }

  /// Requests that are on their way at a time.
  static let concurrency = 64

  /// Makes devices and enrolls each of them with a token of its own.
  init(count: Int, of coordinator: CoordinatorProcess) async throws {
    var randomness = RandomStream.system()
    devices = (0..<count).map { _ in Device(&randomness) }
    url = coordinator.url
    client = try Self.makeClient(coordinator)
    let answer = try await client.execute(
      HTTPClientRequest(url: url + "/v1/coordinator"), timeout: .seconds(10))
    description = try CoordinatorDescription(
      decoding: Array(try await answer.body.collect(upTo: 1 << 16).readableBytesView))
    let store = try await SQLiteCoordinatorStore(
      folder: coordinator.folder.storeFolder, as: .visitor)
    var tokens: [Bytes32] = []
    for _ in 0..<count {
      tokens.append(try await Coordinator.issueToken(in: store, expiry: .max >> 1))
    }
    try store.close()
    let codes = tokens
    try await forEach(count) { index in
      let request = try self.request(.enroll(token: codes[index]), of: index, counter: 1)
      guard case .enrolled = try await self.ask(request) else { throw Failure.unexpectedAnswer }
    }
  }

  /// Ends all connections: the coordinator takes so many at once, and others are to have them.
  func leave() async throws { try await client.shutdown() }

  private static func makeClient(_ coordinator: CoordinatorProcess) throws -> HTTPClient {
    var tls = TLSConfiguration.makeClientConfiguration()
    let configuration = try coordinator.folder.configuration()
    tls.trustRoots = .certificates(
      try NIOSSLCertificate.fromPEMBytes(
        Array(coordinator.folder.serverFiles(configuration).certificate.utf8)))
    var client = HTTPClient.Configuration(tlsConfiguration: tls)
    client.httpVersion = .http1Only
    client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
  }

  /// A request of a device, ready to be sent once.
  func request(_ body: RequestBody, of device: Int, counter: UInt64) throws -> SignedRequest {
    var randomness = RandomStream.system()
    let time = UInt64(Date().timeIntervalSince1970)
    return try SignedRequest(
      RequestHeader(
        device: devices[device].key.verificationKey, kind: body.kind, issuedAt: time,
        nonce: RequestHeader.nonce(counter: time << 20 + counter, randomness: &randomness)),
      body: body, sealedTo: description.sealKey, signedBy: devices[device].key,
      randomness: &randomness)
  }

  /// Sends a request and verifies its answer.
  func ask(_ request: SignedRequest) async throws -> ReplyBody {
    let bytes = try await send(request.encoded)
    switch try SignedReply(decoding: bytes).body(to: request.header, from: description.identity) {
    case .success(let body): return body
    case .failure(let refusal): throw Failure.refused(refusal)
    }
  }

  /// Sends the bytes of a request; the bytes of the answer.
  func send(_ bytes: [UInt8]) async throws -> [UInt8] {
    var request = HTTPClientRequest(url: url + "/v1/requests")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: WireLimits.mediaType)
    request.body = .bytes(ByteBuffer(bytes: bytes))
    let response = try await client.execute(request, timeout: .seconds(30))
    let body = try await response.body.collect(upTo: WireLimits.replyByteCount)
    guard response.status.code == 200 else { throw Failure.notServing(response.status.code) }
    return Array(body.readableBytesView)
  }

  /// Runs `body` for 0..<count, some at a time.
  func forEach(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<min(Self.concurrency, count) {
        group.addTask {
          for index in stride(from: worker, to: count, by: Self.concurrency) {
            try await body(index)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
