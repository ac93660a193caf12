internal import CryptoPrimitives
internal import Hummingbird
package import Logging
internal import NIOCore
package import NodeServing
internal import ServiceLifecycle
internal import Storage
internal import WireProtocol

/// The coordinator on the network: HTTPS/1.1 with protobuf bodies, metrics and health on one port.
package struct NodeServer: Service {
  /// What a coordinator allows to all its peers together.
  package static let limits = HTTPSServer.Limits(
    connections: 10_000, requestSeconds: 30, answerSeconds: 600, bodyByteCount: 1 << 27)

  private let coordinator: Coordinator
  private let server: HTTPSServer
  /// PEM, for devices whose join code names its hash.
  private let certificate: String

  /// - Parameters:
  ///   - files: certificate chain and key, in PEM.
  ///   - onRunning: called with the port.
  package init(
    coordinator: Coordinator, address: HTTPSServer.Address, files: ServerCertificate.Files,
    limits: HTTPSServer.Limits = Self.limits, logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void
  ) throws {
    self.coordinator = coordinator
    certificate = files.certificate
    server = try HTTPSServer(
      address: address, files: files, limits: limits, logger: logger, onRunning: onRunning)
  }

  package func run() async throws { try await server.run(routes) }

  private var routes: Router<BasicRequestContext> {
    let router = Router()
    let (coordinator, server, certificate) = (coordinator, server, certificate)
    router.post("v1/requests") { request, _ in
      await Self.answer(request, coordinator, server)
    }
    router.get("v1/coordinator") { _, _ in
      Self.response(.ok, coordinator.description)
    }
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
    router.get("v1/log/**") { request, _ in
      // As it was written: the router takes several slashes for one, and a path would have many names.
      let path = request.uri.path
      return await Self.logFile(
        path.hasPrefix(Self.logPrefix) ? String(path.dropFirst(Self.logPrefix.count)) : "",
        coordinator)
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
    _ request: Request, _ coordinator: Coordinator, _ server: HTTPSServer
  ) async -> Response {
    guard request.headers[.contentType] == WireLimits.mediaType else {
      return response(
        coordinator.refuse(.mediaType, "Content-Type has to be \(WireLimits.mediaType)"))
    }
    let limit = WireLimits.requestByteCount
    return await server.answering(request, upTo: limit) { body in
      switch body {
      case .success(let bytes): response(await coordinator.answer(bytes))
      case .failure(.tooLarge):
        response(coordinator.refuse(.tooLarge, "at most \(limit) bytes are taken at once"))
      case .failure(.busy):
        response(coordinator.refuse(.busy, "too many requests at once; try again later"))
      case .failure(.incomplete):
        response(coordinator.refuse(.malformed, "the body did not arrive"))
      }
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

  /// The log: everything but the head never changes.
  private static let logPrefix = "/v1/log/"

  private static func logFile(_ path: String, _ coordinator: Coordinator) async -> Response {
    let file: PublicLogFile?
    do { file = try await coordinator.logFile(path) } catch {
      return text(.serviceUnavailable, "the log cannot be read now; try again later\n")
    }
    guard let file else { return text(.notFound, "the log has no such file\n") }
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/octet-stream",
        .cacheControl: file.isFixed ? "public, max-age=31536000, immutable" : "no-cache",
      ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
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
