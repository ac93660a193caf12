package import CryptoPrimitives

/// A witness's only signature on a set of survivors: message kind 12.
package struct CosignMessage: Sendable {
  /// T4.
  package let transcript: Bytes32
  package let witness: VerificationKey

  package init(transcript: Bytes32, witness: VerificationKey) {
    self.transcript = transcript
    self.witness = witness
  }
}

extension CosignMessage: MessageContent {
  package static let kind = MessageKind.cosign
  package static let signatureLabel = DomainLabel.signedCosign

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    witness.encoding.append(to: &bytes)
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    self.init(
      transcript: try reader.fields.bytes32("Cosign.T4"),
      witness: try reader.fields.verificationKey("Cosign.witness"))
  }
}
