internal import Foundation
package import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCore
internal import NIOSSL

/// HTTPS/1.1 over TLS 1.3, within limits that no peer and no number of peers can exceed.
package struct HTTPSServer: Sendable {
  package struct Address: Sendable, Hashable {
    package let host: String
    /// 0 for any free port.
    package let port: Int
    /// The file in which an operator changes them.
    package let file: String

    package init(host: String, port: Int, file: String = "the configuration") {
      self.host = host
      self.port = port
      self.file = file
    }
  }

  /// What all connections together may cost: protocols/node-api.md, section 4.
  package struct Limits: Sendable {
    /// Connections at a time; more wait in the system's queue.
    package var connections: Int
    /// A connection that says nothing for so long between two requests is closed, in seconds.
    package var idleSeconds: Int64 = 60
    /// From the first byte of a request to its last, in seconds.
    package var requestSeconds: Int64
    /// From there to the last byte of the answer, in seconds: long enough for a download.
    package var answerSeconds: Int64
    /// Bytes of requests in memory, all together.
    package var bodyByteCount: Int

    package init(
      connections: Int, requestSeconds: Int64, answerSeconds: Int64, bodyByteCount: Int
    ) {
      self.connections = connections
      self.requestSeconds = requestSeconds
      self.answerSeconds = answerSeconds
      self.bodyByteCount = bodyByteCount
    }
  }

  private let address: Address
  private let tls: TLSConfiguration
  private let limits: Limits
  private let bodies: ByteBudget
  private let logger: Logger
  private let onRunning: @Sendable (Int) async -> Void

  /// - Parameters:
  ///   - files: certificate chain and key, in PEM.
  ///   - onRunning: called with the port.
  /// - Throws: what is wrong with the PEM texts.
  package init(
    address: Address, files: ServerCertificate.Files, limits: Limits, logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void
  ) throws {
    self.address = address
    tls = try ServerTLS.configuration(certificate: files.certificate, key: files.key)
    self.limits = limits
    bodies = ByteBudget(limits.bodyByteCount)
    self.logger = logger
    self.onRunning = onRunning
  }

  /// Serves until a graceful shutdown.
  ///
  /// - Throws: `CannotListen`.
  package func run(_ router: Router<BasicRequestContext>) async throws {
    let application = Application(
      router: router,
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
    do { try await application.run() } catch let error as IOError {
      throw CannotListen(address, CannotListen.reason(error.errnoCode, file: address.file))
    } catch is SocketAddressError {
      throw CannotListen(address, "no interface has this name or address")
    }
  }

  /// The address cannot be listened on.
  package struct CannotListen: Error, Equatable, CustomStringConvertible {
    let address: Address
    let reason: String

    init(_ address: Address, _ reason: String) {
      self.address = address
      self.reason = reason
    }

    fileprivate static func reason(_ code: CInt, file: String) -> String {
      switch code {
      case EADDRINUSE:
        "another program listens there; stop it, or write another port into \(file)"
      case EACCES:
        "this user may not listen there; write a port above 1023 into \(file)"
      case EADDRNOTAVAIL: "no interface of this machine has the address"
      default: "error \(code) of the system"
      }
    }

    package var description: String {
      "cannot listen on \(address.host), port \(address.port): \(reason)"
    }
  }

  /// Why the body of a request was not read.
  package enum BodyFault: Error {
    case tooLarge
    /// All requests together hold as many bytes as they may.
    case busy
    case incomplete
  }

  /// Reads a request's body and answers it.
  ///
  /// Bytes are counted as they arrive, and until they are answered: peers that announce much and send
  /// little take no room from others.
  package func answering(
    _ request: Request, upTo limit: Int,
    _ answer: (Result<[UInt8], BodyFault>) async -> Response
  ) async -> Response {
    var taken = 0
    defer { bodies.giveBack(taken) }
    let declared = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    guard declared <= limit else { return await answer(.failure(.tooLarge)) }
    var bytes: [UInt8] = []
    do {
      for try await piece in request.body {
        guard bytes.count + piece.readableBytes <= limit else {
          return await answer(.failure(.tooLarge))
        }
        guard bodies.take(piece.readableBytes) else { return await answer(.failure(.busy)) }
        taken += piece.readableBytes
        bytes.append(contentsOf: piece.readableBytesView)
      }
    } catch { return await answer(.failure(.incomplete)) }
    return await answer(.success(bytes))
  }
}
