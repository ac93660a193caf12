package import CryptoPrimitives
internal import Foundation

extension CoordinatorDescription {
  /// The bytes of GET /v1/coordinator, signed by the coordinator.
  package func encoded(signedBy coordinator: borrowing SigningKey) -> [UInt8] {
    precondition(coordinator.verificationKey == identity, "another coordinator's description")
    var message = Silhouette_Node_V1_Coordinator()
    message.oldestVersion = versions.lowerBound
    message.newestVersion = versions.upperBound
    message.identity = identity.encoding.field
    message.authority = authority.encoding.field
    message.sealKey = sealKey.encoding.field
    message.time = time
    message.signature = Data(coordinator.sign(digest).bytes)
    return encode(message)
  }

  /// The description that `bytes` encode, if the coordinator that it names has signed it.
  ///
  /// Whether that is the right coordinator, the receiver knows from its join code.
  package init(decoding bytes: [UInt8]) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_Coordinator.self, limit: WireLimits.replyByteCount)
    guard message.oldestVersion <= message.newestVersion else {
      throw .range(field: "Coordinator.oldest_version")
    }
    self.init(
      identity: try message.identity.verificationKey("Coordinator.identity"),
      authority: try message.authority.verificationKey("Coordinator.authority"),
      sealKey: AgreementPublicKey(encoding: try message.sealKey.bytes32("Coordinator.seal_key")),
      time: message.time, versions: message.oldestVersion...message.newestVersion)
    let signature = try message.signature.signature("Coordinator.signature")
    guard identity.isValid(signature, on: digest) else { throw .badSignature }
    _ = try version()
  }
}
