package import CryptoPrimitives

/// How a device reaches its coordinator.
///
/// The bytes are signed and sealed already; a transport may lose, repeat or change them.
package protocol NodeTransport: Sendable {
  /// Sends the body of a request to POST /v1/requests; the answer is a Reply, whatever its status.
  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8]
  /// Reads `path` with GET, at most `limit` bytes.
  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8]
}

/// No way to any coordinator, for what a device does by itself.
package struct OfflineTransport: NodeTransport {
  package init() {}

  package func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    throw .unreachable("offline")
  }

  package func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    throw .unreachable("offline")
  }
}

/// Why nothing came back.
package enum TransportError: Error, Sendable, Equatable {
  /// The coordinator cannot be reached, or the connection broke, with the reason; try again later.
  case unreachable(String)
  case timedOut
  case tooLarge(limit: Int)
  case status(Int)
  /// The server's certificate is not the one that the join code names.
  case wrongCertificate(expected: Bytes32)

  /// Whether trying again later may help.
  package var isTemporary: Bool {
    if case .wrongCertificate = self { false } else { true }
  }
}

extension TransportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreachable(let reason): "\(reason); try again later"
    case .timedOut: "no answer in time; try again later"
    case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
    case .status(let code): "the server answered with status \(code)"
    case .wrongCertificate(let expected):
      "the server's certificate is not \(expected), which the join code names: another server answers "
        + "at this address; ask for a new join code if the coordinator has moved"
    }
  }
}
