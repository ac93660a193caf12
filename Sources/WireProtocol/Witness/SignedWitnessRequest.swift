package import CryptoPrimitives
internal import Foundation

/// A request of a coordinator to a witness, signed.
///
/// It is not sealed: nothing in it is secret from those who take part in the round, and TLS hides it
/// from others. It needs no counter either: a witness that hears it again gives the same answer.
package struct SignedWitnessRequest: Sendable, Equatable {
  package let coordinator: VerificationKey
  /// Whom it is for.
  package let witness: VerificationKey
  package let kind: WitnessRequestKind
  /// Unix seconds.
  package let issuedAt: UInt64
  /// 16 random bytes that bind the answer to the request.
  package let nonce: [UInt8]
  private let content: [UInt8]
  private let signature: Signature

  private init(
    coordinator: VerificationKey, witness: VerificationKey, kind: WitnessRequestKind,
    issuedAt: UInt64, nonce: [UInt8], content: [UInt8], signature: Signature
  ) {
    self.coordinator = coordinator
    self.witness = witness
    self.kind = kind
    self.issuedAt = issuedAt
    self.nonce = nonce
    self.content = content
    self.signature = signature
  }

  /// Signs `body` with the coordinator's key.
  ///
  /// - Parameter issuedAt: Unix seconds.
  package init(
    _ body: WitnessRequestBody, to witness: VerificationKey, issuedAt: UInt64,
    signedBy coordinator: borrowing SigningKey, randomness: inout RandomStream
  ) {
    let nonce = Array(Bytes32(random: &randomness).bytes.prefix(WireLimits.nonceByteCount))
    let content = body.encoded
    let digest = Self.digest(
      coordinator.verificationKey, witness, body.kind, issuedAt, nonce, content)
    self.init(
      coordinator: coordinator.verificationKey, witness: witness, kind: body.kind,
      issuedAt: issuedAt, nonce: nonce, content: content, signature: coordinator.sign(digest))
  }

  private static func digest(
    _ coordinator: VerificationKey, _ witness: VerificationKey, _ kind: WitnessRequestKind,
    _ issuedAt: UInt64, _ nonce: [UInt8], _ content: [UInt8]
  ) -> Bytes32 {
    var message = LabeledMessage(.witnessRequest)
    message.append(WireLimits.newestVersion)
    message.append(coordinator.encoding)
    message.append(witness.encoding)
    message.append(kind.rawValue)
    message.append(issuedAt)
    message.append(nonce)
    message.append(Blake2b.digest(content))
    return message.digest
  }

  /// The body, if `coordinator` has signed the request for `witness`.
  ///
  /// - Throws: `badSignature`, or what is wrong with the body.
  package func body(
    from coordinator: VerificationKey, to witness: VerificationKey
  ) throws(WireError) -> WitnessRequestBody {
    let digest = Self.digest(coordinator, witness, kind, issuedAt, nonce, content)
    guard self.coordinator == coordinator, self.witness == witness,
      coordinator.isValid(signature, on: digest)
    else { throw .badSignature }
    return try WitnessRequestBody(decoding: content, kind: kind)
  }

  package var encoded: [UInt8] {
    var message = Silhouette_Node_V1_WitnessEnvelope()
    message.version = WireLimits.newestVersion
    message.coordinator = coordinator.encoding.field
    message.witness = witness.encoding.field
    message.step = kind.rawValue
    message.issuedAt = issuedAt
    message.nonce = Data(nonce)
    message.body = Data(content)
    message.signature = Data(signature.bytes)
    return encode(message)
  }

  /// The request that `bytes` encode; nothing of it is verified yet.
  package init(decoding bytes: [UInt8]) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_WitnessEnvelope.self,
      limit: WireLimits.witnessRequestByteCount)
    try message.version.checkedAsVersion()
    guard let kind = WitnessRequestKind(rawValue: message.step) else {
      throw .unknownKind(message.step)
    }
    let nonceLength = WireLimits.nonceByteCount
    self.init(
      coordinator: try message.coordinator.verificationKey("WitnessEnvelope.coordinator"),
      witness: try message.witness.verificationKey("WitnessEnvelope.witness"), kind: kind,
      issuedAt: message.issuedAt,
      nonce: try message.nonce.bytes("WitnessEnvelope.nonce", nonceLength...nonceLength),
      content: try message.body.bytes(
        "WitnessEnvelope.body", 0...WireLimits.witnessRequestByteCount),
      signature: try message.signature.signature("WitnessEnvelope.signature"))
  }
}

/// An answer of a witness, bound to the request by its nonce and signed by the witness.
package struct SignedWitnessReply: Sendable, Equatable {
  private let nonce: [UInt8]
  /// 0 for the answer that was asked for.
  private let status: UInt32
  private let content: [UInt8]
  private let signature: Signature

  private init(nonce: [UInt8], status: UInt32, content: [UInt8], signature: Signature) {
    self.nonce = nonce
    self.status = status
    self.content = content
    self.signature = signature
  }

  private init(
    _ content: [UInt8], status: UInt32, to nonce: [UInt8], signedBy witness: borrowing SigningKey
  ) {
    self.init(
      nonce: nonce, status: status, content: content,
      signature: witness.sign(Self.digest(nonce, status, content)))
  }

  package init(
    _ reply: WitnessReplyBody, to nonce: [UInt8], signedBy witness: borrowing SigningKey
  ) {
    self.init(reply.encoded, status: 0, to: nonce, signedBy: witness)
  }

  package init(
    _ refusal: Refusal, to nonce: [UInt8], signedBy witness: borrowing SigningKey
  ) {
    self.init(refusal.encoded, status: refusal.code.rawValue, to: nonce, signedBy: witness)
  }

  private static func digest(_ nonce: [UInt8], _ status: UInt32, _ content: [UInt8]) -> Bytes32 {
    var message = LabeledMessage(.witnessReply)
    message.append(WireLimits.newestVersion)
    message.append(nonce)
    message.append(status)
    message.append(Blake2b.digest(content))
    return message.digest
  }

  /// The answer to the request with this nonce.
  ///
  /// - Throws: `badSignature`, `otherRequest`, or what is wrong with the body.
  package func body(
    of kind: WitnessRequestKind, to nonce: [UInt8], from witness: VerificationKey
  ) throws(WireError) -> Result<WitnessReplyBody, Refusal> {
    guard witness.isValid(signature, on: Self.digest(self.nonce, status, content)) else {
      throw .badSignature
    }
    guard nonce == self.nonce else { throw .otherRequest }
    guard status != 0 else {
      return .success(try WitnessReplyBody(decoding: content, kind: kind))
    }
    guard let code = RefusalCode(rawValue: status) else { throw .range(field: "Reply.status") }
    return .failure(try Refusal(decoding: content, code: code))
  }

  package var encoded: [UInt8] {
    var message = Silhouette_Node_V1_Reply()
    message.version = WireLimits.newestVersion
    message.nonce = Data(nonce)
    message.status = status
    message.body = Data(content)
    message.signature = Data(signature.bytes)
    return encode(message)
  }

  /// The answer that `bytes` encode; its signature is not verified yet.
  package init(decoding bytes: [UInt8]) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_Reply.self, limit: WireLimits.replyByteCount)
    try message.version.checkedAsVersion()
    self.init(
      nonce: try message.nonce.bytes("Reply.nonce", 0...WireLimits.nonceByteCount),
      status: message.status,
      content: try message.body.bytes("Reply.body", 0...WireLimits.replyByteCount),
      signature: try message.signature.signature("Reply.signature"))
  }
}
