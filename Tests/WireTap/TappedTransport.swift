package import ClientNode
internal import CryptoPrimitives
internal import Storage
internal import WireProtocol

/// The way to a coordinator, on which all that a device sends is read along, before TLS makes it unreadable.
///
/// Every request is read twice: as it is sent, and as the coordinator opens it.
package struct TappedTransport: NodeTransport {
  private let transport: any NodeTransport
  private let key: AgreementKey
  private let record: @Sendable ([UInt8]) -> Void

  /// What requests are sealed to, in a reference: a secret key cannot be copied.
  private final class AgreementKey: Sendable {
    let secret: AgreementSecretKey
    init(_ secret: consuming AgreementSecretKey) { self.secret = secret }
  }

  /// - Parameters:
  ///   - keys: the folder of the coordinator's keys.
  ///   - record: is given what is sent.
  package init(
    _ transport: any NodeTransport, keys: String, record: @escaping @Sendable ([UInt8]) -> Void
  ) throws {
    self.transport = transport
    self.record = record
    key = AgreementKey(
      AgreementSecretKey(bytes: try KeyFile.read(Bytes32.count, name: "seal", in: keys)))
  }

  package func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    record(body)
    record(opened(body))
    return try await transport.send(body)
  }

  package func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    record(Array(path.utf8))
    return try await transport.read(path, limit: limit)
  }

  /// What the coordinator finds in a request.
  private func opened(_ body: [UInt8]) -> [UInt8] {
    do throws(WireError) {
      let content = try SignedRequest(decoding: body).body(openedWith: key.secret)
      return switch content {
      case .enroll(let token): token.bytes
      case .checkIn, .poll: []
      case .stepMessage(let message): message
      case .uploadChunk(let chunk): chunk.piece
      }
    } catch { preconditionFailure("a device sends what its coordinator cannot read: \(error)") }
  }
}
