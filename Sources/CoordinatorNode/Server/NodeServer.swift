internal import CryptoPrimitives
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCore
internal import NIOSSL
internal import NodeServing
internal import SecureAggregation
internal import ServiceLifecycle
internal import Storage
internal import WireProtocol

/// The coordinator on the network: HTTPS/1.1 with protobuf bodies, metrics and health on one port.
package struct NodeServer: Service {
  package struct Address: Sendable {
    package let host: String
    /// 0 for any free port.
    package let port: Int

    package init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  /// What all connections together may cost: protocols/node-api.md, section 4.
  package struct Limits: Sendable {
    /// Connections at a time; more wait in the system's queue.
    package var connections = 10_000
    /// A connection that says nothing for so long between two requests is closed, in seconds.
    package var idleSeconds: Int64 = 60
    /// From the first byte of a request to its last, in seconds.
    package var requestSeconds: Int64 = 30
    /// From there to the last byte of the answer, in seconds: long enough for a download.
    package var answerSeconds: Int64 = 600
    /// Bytes of requests in memory, all together.
    package var bodyByteCount = 1 << 27

    package init() {}
  }

  private let coordinator: Coordinator
  private let address: Address
  private let limits: Limits
  private let bodies: ByteBudget
  private let tls: TLSConfiguration
  /// PEM, for devices whose join code names its hash.
  private let certificate: String
  private let logger: Logger
  private let onRunning: @Sendable (Int) async -> Void

  /// - Parameters:
  ///   - certificate: PEM.
  ///   - key: PEM.
  ///   - onRunning: called with the port.
  package init(
    coordinator: Coordinator, address: Address, certificate: String, key: String,
    limits: Limits = Limits(), logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void
  ) throws {
    self.coordinator = coordinator
    self.address = address
    self.limits = limits
    bodies = ByteBudget(limits.bodyByteCount)
    self.certificate = certificate
    self.logger = logger
    self.onRunning = onRunning
    tls = try ServerTLS.configuration(certificate: certificate, key: key)
  }

  package func run() async throws {
    let application = Application(
      router: routes,
      server: try .tls(
        .http1(
          configuration: .init(
            additionalChannelHandlers: [
              ConnectionDeadlines(
                request: .seconds(limits.requestSeconds), answer: .seconds(limits.answerSeconds))
            ], idleTimeout: .seconds(limits.idleSeconds))), tlsConfiguration: tls),
      configuration: ApplicationConfiguration(
        address: .hostname(address.host, port: address.port),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
      onServerRunning: { [onRunning] channel in
        await onRunning(channel.localAddress?.port ?? 0)
      }, logger: logger)
    try await application.run()
  }

  private var routes: Router<BasicRequestContext> {
    let router = Router()
    let coordinator = coordinator
    router.post("v1/requests") { [bodies] request, _ in
      await Self.answer(request, coordinator, bodies)
    }
    router.get("v1/coordinator") { _, _ in
      Self.response(.ok, coordinator.description)
    }
    let certificate = certificate
    router.get("v1/certificate") { _, _ in Self.text(.ok, certificate) }
    router.get("v1/revocations") { _, _ in
      Self.response(.ok, await coordinator.revokedIdentities)
    }
    router.get("v1/witnesses") { _, _ in
      Self.response(.ok, await coordinator.signedWitnessList)
    }
    router.get("v1/blobs/:hash") { request, context in
      await Self.blob(request, context.parameters.get("hash") ?? "", coordinator)
    }
    router.get("metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: coordinator.metrics.text)))
    }
    router.get("healthz") { _, _ in Self.text(.ok, "ok\n") }
    router.get("readyz") { _, _ in
      await coordinator.isReady
        ? Self.text(.ok, "ready\n")
        : Self.text(.serviceUnavailable, "draining\n")
    }
    return router
  }

  private static func answer(
    _ request: Request, _ coordinator: Coordinator, _ bodies: ByteBudget
  ) async -> Response {
    guard request.headers[.contentType] == WireLimits.mediaType else {
      return response(
        coordinator.refuse(.mediaType, "Content-Type has to be \(WireLimits.mediaType)"))
    }
    // Bytes are counted before they are read: many peers together get no more than the budget.
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    let count = min(max(declared ?? .max, 0), WireLimits.requestByteCount)
    guard bodies.take(count) else {
      return response(coordinator.refuse(.busy, "too many requests at once; try again later"))
    }
    defer { bodies.giveBack(count) }
    do {
      let body = try await request.body.collect(upTo: WireLimits.requestByteCount)
      return response(await coordinator.answer(Array(body.readableBytesView)))
    } catch is NIOTooManyBytesError {
      return response(
        coordinator.refuse(
          .tooLarge, "at most \(WireLimits.requestByteCount) bytes are taken at once"))
    } catch {
      return response(coordinator.refuse(.malformed, "the body did not arrive"))
    }
  }

  private static func response(_ answer: NodeAnswer) -> Response {
    var response = response(answer.status.map { .init(code: $0.httpStatus) } ?? .ok, answer.body)
    if answer.status == .busy || answer.status == .draining {
      response.headers[.retryAfter] = "60"
    }
    return response
  }

  private static func response(_ status: HTTPResponse.Status, _ body: [UInt8]) -> Response {
    Response(
      status: status, headers: [.contentType: WireLimits.mediaType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
    Response(status: status, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// Plans and models by hash: they never change, so every cache may keep them.
  private static func blob(
    _ request: Request, _ name: String, _ coordinator: Coordinator
  ) async -> Response {
    let tag = "\"\(name)\""
    if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified) }
    guard let hash = Bytes32(hexadecimal: name), let blob = await coordinator.publicBlob(hash)
    else { return text(.notFound, "no such plan or model\n") }
    var headers: HTTPFields = [
      .contentType: "application/octet-stream", .eTag: tag, .acceptRanges: "bytes",
      .cacheControl: "public, max-age=31536000, immutable",
    ]
    guard let field = request.headers[.range] else {
      return Response(status: .ok, headers: headers, body: body(blob, 0..<blob.byteCount))
    }
    guard let range = ByteRange(field, of: blob.byteCount) else {
      headers[.contentRange] = "bytes */\(blob.byteCount)"
      return Response(status: .rangeNotSatisfiable, headers: headers)
    }
    headers[.contentRange] =
      "bytes \(range.bounds.lowerBound)-\(range.bounds.upperBound - 1)/\(blob.byteCount)"
    return Response(
      status: .partialContent, headers: headers, body: body(blob, range.bounds))
  }

  /// A part of a blob, read as fast as the peer takes it: many downloads need little memory.
  private static func body(_ blob: PublicBlob, _ bounds: Range<Int>) -> ResponseBody {
    ResponseBody(contentLength: bounds.count) { writer in
      var rest = bounds
      while !rest.isEmpty {
        let piece = rest.prefix(Self.pieceByteCount)
        try await writer.write(ByteBuffer(bytes: try await blob.read(piece)))
        rest = piece.upperBound..<rest.upperBound
      }
      try await writer.finish(nil)
    }
  }

  private static let pieceByteCount = 1 << 15
}
