internal import AsyncHTTPClient
package import CryptoPrimitives
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import WireProtocol

/// HTTPS/1.1 with TLS 1.3, to a server whose certificate is pinned or vouched for by an authority.
package struct HTTPSTransport: NodeTransport {
  private let pool: ConnectionPool
  private let url: String
  /// The hash of the only certificate that the server may have; nil for any that an authority vouches for.
  private let pin: Bytes32?
  /// From the first byte of a request to the last of its answer.
  private static let timeout = Duration.seconds(60)

  private init(_ tls: TLSConfiguration, url: String, pin: Bytes32?) {
    pool = ConnectionPool(tls)
    self.url = url
    self.pin = pin
  }

  /// Connects to the server of a join code.
  ///
  /// A server with a certificate of its own is first asked for it without trust; what it gives is
  /// trusted only if it has the hash that the join code names. Nothing secret is sent before.
  package static func connect(
    url: String, pin: Bytes32?
  ) async throws -> HTTPSTransport {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    if let pin {
      let pem = try await certificate(of: url, pin: pin)
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(pem))
      // The pin names the server; the name by which it is reached may be any.
      tls.certificateVerification = .noHostnameVerification
    }
    return HTTPSTransport(tls, url: url, pin: pin)
  }

  /// Ends all connections.
  ///
  /// The transport must not be used any more.
  package func close() async throws { try await pool.client.shutdown() }

  package func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    var request = HTTPClientRequest(url: url + "/v1/requests")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: WireLimits.mediaType)
    request.body = .bytes(ByteBuffer(bytes: body))
    return try await perform(request, limit: WireLimits.replyByteCount, anyStatus: true)
  }

  package func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    try await perform(HTTPClientRequest(url: url + path), limit: limit, anyStatus: false)
  }

  private func perform(
    _ request: HTTPClientRequest, limit: Int, anyStatus: Bool
  ) async throws(TransportError) -> [UInt8] {
    do {
      // The client's own limit ends with the header; a body may then come a byte at a time.
      return try await TimeLimit.run(Self.timeout) {
        let response = try await pool.client.execute(request, timeout: .seconds(30))
        let isReply = response.headers.first(name: "Content-Type") == WireLimits.mediaType
        guard (200..<300).contains(response.status.code) || (anyStatus && isReply) else {
          throw TransportError.status(Int(response.status.code))
        }
        return Array(try await response.body.collect(upTo: limit).readableBytesView)
      }
    } catch let error as TransportError { throw error } catch is NIOTooManyBytesError {
      throw .tooLarge(limit: limit)
    } catch let error as HTTPClientError where error == .deadlineExceeded {
      throw .timedOut
    } catch is TimeLimit.Exceeded {
      throw .timedOut
    } catch {
      if let pin, Self.isOfCertificate(error) { throw .wrongCertificate(expected: pin) }
      throw .unreachable("no connection to \(url) (\(Self.cause(of: error)))")
    }
  }

  private static func isOfCertificate(_ error: any Error) -> Bool {
    guard case NIOSSLError.handshakeFailed(let cause) = error else { return false }
    return "\(cause)".contains("CERTIFICATE_VERIFY_FAILED")
  }

  /// What the system says, for people; errors of libraries by their names.
  private static func cause(of error: any Error) -> String {
    switch error {
    case let error as IOError: unsafe String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { cause(of: $0.error) } ?? "the name has no address"
    case let error as NIOSSLError: "TLS: \(error)"
    case let error as HTTPClientError: error.shortDescription
    default: "\(type(of: error))"
    }
  }

  private static func certificate(of url: String, pin: Bytes32) async throws -> [UInt8] {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.certificateVerification = .none
    let transport = HTTPSTransport(tls, url: url, pin: nil)
    let pem: [UInt8]
    do {
      pem = try await transport.read("/v1/certificate", limit: 1 << 16)
      try await transport.close()
    } catch {
      try await transport.close()
      throw error
    }
    let certificates = try NIOSSLCertificate.fromPEMBytes(pem)
    guard let first = certificates.first else {
      throw TransportError.wrongCertificate(expected: pin)
    }
    var message = LabeledMessage(.serverCertificate)
    message.append(try first.toDERBytes())
    guard certificates.count == 1, message.digest == pin else {
      throw TransportError.wrongCertificate(expected: pin)
    }
    return pem
  }
}

/// The connections to one server.
///
/// A client that nobody shuts down ends a debug build's process, so that whoever forgets a transport, or loses it to
/// an error, would take the app down: here its connections end with it.
private final class ConnectionPool: Sendable {
  let client: HTTPClient

  init(_ tls: TLSConfiguration) {
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: .seconds(10), read: .seconds(30))
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit {
    // Fails where the transport was closed, as it should be.
    client.shutdown { _ in }
  }
}
