package import CryptoPrimitives

/// Proof that a client's neighbors agree on the survivors: message kind 9.
package struct QuorumMessage: Sendable {
  /// T4.
  package let transcript: Bytes32
  package let recipient: Int
  /// Signatures of Consistency messages, in ascending slots of the receiver.
  package let signatures: [Slotted<Signature>]
  /// Of the witnesses, in the order of the configuration.
  package let cosignatures: [Signature]

  package init(
    transcript: Bytes32, recipient: Int, signatures: [Slotted<Signature>],
    cosignatures: [Signature]
  ) {
    self.transcript = transcript
    self.recipient = recipient
    self.signatures = signatures
    self.cosignatures = cosignatures
  }
}

extension QuorumMessage: MessageContent {
  package static let kind = MessageKind.quorum
  package static let signatureLabel = DomainLabel.signedQuorum

  package func append(to bytes: inout [UInt8]) {
    bytes.reserve(256 + signatures.count * (4 + Signature.byteCount))
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(recipient))
    bytes.append(signatures) { bytes, signature in signature.append(to: &bytes) }
    bytes.append(littleEndian: UInt32(cosignatures.count))
    for cosignature in cosignatures { cosignature.append(to: &bytes) }
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    let transcript = try reader.fields.bytes32("Quorum.T4")
    let recipient = try reader.fields.cohortIndex("Quorum.recipient")
    let signatures = try reader.fields.slotted("Quorum.signatures") {
      (reader) throws(ProtocolError) in try reader.signature("Quorum.signatures")
    }
    var cosignatures: [Signature] = []
    for _ in 0..<(try reader.fields.count(0...RoundConfig.mostWitnesses, "Quorum.cosignatures")) {
      cosignatures.append(try reader.fields.signature("Quorum.cosignatures"))
    }
    self.init(
      transcript: transcript, recipient: recipient, signatures: signatures,
      cosignatures: cosignatures)
  }
}
