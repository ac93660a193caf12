internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
package import NodeServing
internal import ServiceLifecycle
internal import WireProtocol

/// A witness on the network: HTTPS/1.1 with protobuf bodies, for its coordinator.
package struct WitnessServer: Service {
  private let witness: Witness
  private let server: HTTPSServer
  /// PEM, for a coordinator that knows its hash.
  private let certificate: String

  /// Room for five of the longest requests; a single coordinator asks one at a time.
  private static let limits = HTTPSServer.Limits(
    connections: 1_000, requestSeconds: 60, answerSeconds: 60,
    bodyByteCount: 5 * WireLimits.witnessRequestByteCount)

  /// - Parameters:
  ///   - files: certificate chain and key, in PEM.
  ///   - onRunning: called with the port.
  package init(
    witness: Witness, address: HTTPSServer.Address, files: ServerCertificate.Files,
    logger: Logger, onRunning: @escaping @Sendable (Int) async -> Void
  ) throws {
    self.witness = witness
    certificate = files.certificate
    server = try HTTPSServer(
      address: address, files: files, limits: Self.limits, logger: logger, onRunning: onRunning)
  }

  package func run() async throws { try await server.run(routes) }

  private var routes: Router<BasicRequestContext> {
    let router = Router()
    let (witness, server, certificate) = (witness, server, certificate)
    router.post("v1/requests") { request, _ in await Self.answer(request, witness, server) }
    router.get("v1/certificate") { _, _ in Self.text(certificate) }
    router.get("healthz") { _, _ in Self.text("ok\n") }
    return router
  }

  private static func answer(
    _ request: Request, _ witness: Witness, _ server: HTTPSServer
  ) async -> Response {
    guard request.headers[.contentType] == WireLimits.mediaType else {
      return response(
        witness.refuse(.mediaType, "Content-Type has to be \(WireLimits.mediaType)"))
    }
    let limit = WireLimits.witnessRequestByteCount
    return await server.answering(request, upTo: limit) { body in
      switch body {
      case .success(let bytes): response(await witness.answer(bytes))
      case .failure(.tooLarge):
        response(witness.refuse(.tooLarge, "at most \(limit) bytes are taken at once"))
      case .failure(.busy):
        response(witness.refuse(.busy, "too many requests at once; try again later"))
      case .failure(.incomplete):
        response(witness.refuse(.malformed, "the body did not arrive"))
      }
    }
  }

  private static func response(_ answer: WitnessAnswer) -> Response {
    Response(
      status: answer.status.map { .init(code: $0.httpStatus) } ?? .ok,
      headers: [.contentType: WireLimits.mediaType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }

  private static func text(_ text: String) -> Response {
    Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
