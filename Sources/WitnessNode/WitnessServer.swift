internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCore
internal import NIOSSL
internal import NodeServing
internal import ServiceLifecycle
internal import WireProtocol

/// A witness on the network: HTTPS/1.1 with protobuf bodies, for its coordinator.
package struct WitnessServer: Service {
  private let witness: Witness
  private let host: String
  private let port: Int
  private let tls: TLSConfiguration
  /// PEM, for a coordinator that knows its hash.
  private let certificate: String
  private let logger: Logger
  private let onRunning: @Sendable (Int) async -> Void

  /// One coordinator needs few connections, and each may bring a request of 13 MB.
  private static let mostConnections = 16
  /// A connection that says nothing for so long between two requests is closed.
  private static let idleTimeout = TimeAmount.seconds(60)
  /// How long a request may take to arrive, and its answer to be read.
  ///
  /// Without it a few peers that send a byte now and then would keep the coordinator out.
  private static let requestTime = TimeAmount.seconds(60)

  /// - Parameters:
  ///   - port: 0 for any free port.
  ///   - certificate: PEM.
  ///   - key: PEM.
  ///   - onRunning: called with the port.
  package init(
    witness: Witness, host: String, port: Int, certificate: String, key: String, logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void
  ) throws {
    self.witness = witness
    self.host = host
    self.port = port
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
              ConnectionDeadlines(request: Self.requestTime, answer: Self.requestTime)
            ], idleTimeout: Self.idleTimeout)), tlsConfiguration: tls),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)),
      onServerRunning: { [onRunning] channel in
        await onRunning(channel.localAddress?.port ?? 0)
      }, logger: logger)
    try await application.run()
  }

  private var routes: Router<BasicRequestContext> {
    let router = Router()
    let witness = witness
    let certificate = certificate
    router.post("v1/requests") { request, _ in await Self.answer(request, witness) }
    router.get("v1/certificate") { _, _ in Self.text(certificate) }
    router.get("healthz") { _, _ in Self.text("ok\n") }
    return router
  }

  private static func answer(_ request: Request, _ witness: Witness) async -> Response {
    guard request.headers[.contentType] == WireLimits.mediaType else {
      return response(
        witness.refuse(.mediaType, "Content-Type has to be \(WireLimits.mediaType)"))
    }
    let limit = WireLimits.witnessRequestByteCount
    do {
      let body = try await request.body.collect(upTo: limit)
      return response(await witness.answer(Array(body.readableBytesView)))
    } catch is NIOTooManyBytesError {
      return response(witness.refuse(.tooLarge, "at most \(limit) bytes are taken at once"))
    } catch {
      return response(witness.refuse(.malformed, "the body did not arrive"))
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
