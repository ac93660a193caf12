package import CryptoPrimitives

/// A client enters the round with fresh public keys: message kind 2.
package struct AdvertiseMessage: Sendable, Equatable {
  /// T0.
  package let transcript: Bytes32
  package let certificate: Certificate
  /// C: with it neighbors seal the boxes that carry shares.
  package let agreementKey: AgreementPublicKey
  /// S: with it neighbors agree on pairwise masks.
  ///
  /// The decoder takes any 32 bytes.
  package let maskKey: Bytes32
  package let nonce: Bytes32

  package init(
    transcript: Bytes32, certificate: Certificate, agreementKey: AgreementPublicKey,
    maskKey: Bytes32, nonce: Bytes32
  ) {
    self.transcript = transcript
    self.certificate = certificate
    self.agreementKey = agreementKey
    self.maskKey = maskKey
    self.nonce = nonce
  }

  package var identity: VerificationKey { certificate.identity }

  /// The leaf of the client with these keys at a cohort index: section 5.
  package func leaf(at index: Int) -> Bytes32 {
    var message = LabeledMessage(.leaf)
    message.append(UInt32(index))
    message.append(identity.encoding)
    message.append(agreementKey.encoding)
    message.append(maskKey)
    message.append(nonce)
    message.append(certificate.hash)
    return message.digest
  }
}

extension AdvertiseMessage: MessageContent {
  package static let kind = MessageKind.advertise
  package static let signatureLabel = DomainLabel.signedAdvertise

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    appendKeys(to: &bytes)
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    try self.init(
      transcript: reader.fields.bytes32("Advertise.T0"), keysFrom: &reader.fields)
  }

  package func checkJointConditions() throws(ProtocolError) {
    try certificate.checkOrder("Advertise.certificate.notAfter")
  }

  /// Certificate, keys and nonce: what a Directory repeats.
  func appendKeys(to bytes: inout [UInt8]) {
    certificate.append(to: &bytes)
    agreementKey.encoding.append(to: &bytes)
    maskKey.append(to: &bytes)
    nonce.append(to: &bytes)
  }

  init(transcript: Bytes32, keysFrom reader: inout ByteReader) throws(ProtocolError) {
    self.init(
      transcript: transcript, certificate: try reader.certificate("Advertise.certificate"),
      agreementKey: AgreementPublicKey(encoding: try reader.bytes32("Advertise.agreementKey")),
      maskKey: try reader.bytes32("Advertise.maskKey"),
      nonce: try reader.bytes32("Advertise.nonce"))
  }
}
