import ClientNode
import CryptoPrimitives
import Foundation
import Logging
import NodeServing
import ServiceLifecycle
import Storage

@testable import CoordinatorNode

/// A coordinator's server on a free port of the loopback interface.
struct LoopbackServer: Sendable {
  let url: String
  let port: Int
  let pin: Bytes32
  private let services: ServiceGroup
  private let running: Task<Void, any Error>

  /// - Parameter port: 0 for any free one.
  init(
    _ coordinator: Coordinator, port: Int = 0, logger: Logger = Switchboard.quiet
  ) async throws {
    let files = try ServerCertificate.make(
      hosts: ["localhost", "127.0.0.1"], notBefore: Date(timeIntervalSinceNow: -60),
      lifetime: .seconds(86_400))
    pin = try ServerCertificate.pin(ofPEM: files.certificate)
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let server = try NodeServer(
      coordinator: coordinator, address: .init(host: "127.0.0.1", port: port),
      files: files, logger: logger
    ) { continuation.yield($0) }
    let services = ServiceGroup(services: [server], logger: logger)
    self.services = services
    running = Task {
      defer { continuation.finish() }
      try await services.run()
    }
    var iterator = ports.makeAsyncIterator()
    guard let found = await iterator.next() else {
      try await running.value
      throw Failure.didNotStart
    }
    self.port = found
    url = "https://127.0.0.1:\(found)"
  }

  enum Failure: Error { case didNotStart }

  func connect() async throws -> HTTPSTransport {
    try await HTTPSTransport.connect(url: url, pin: pin)
  }

  /// Ends the server; transports to it are closed before.
  func stop() async throws {
    await services.triggerGracefulShutdown()
    try await running.value
  }
}

extension Coordinator {
  /// What its server answers to GET.
  func publicBytes(at path: String) async throws(TransportError) -> [UInt8] {
    if path == "/v1/coordinator" { return description }
    if path == "/v1/witnesses" { return signedWitnessList }
    if path == "/v1/revocations" { return revokedIdentities }
    if path.hasPrefix("/v1/log/") {
      do throws(StorageError) {
        guard let file = try await logFile(String(path.dropFirst("/v1/log/".count))) else {
          throw StorageError.logIsShorter(size: 0, asked: 0)
        }
        return file.bytes
      } catch { throw .status(404) }
    }
    let name = String(path.dropFirst("/v1/blobs/".count))
    guard let hash = Bytes32(hexadecimal: name), let blob = await publicBlob(hash)
    else { throw .status(404) }
    do { return try await blob.read(0..<blob.byteCount) } catch { throw .status(500) }
  }
}
