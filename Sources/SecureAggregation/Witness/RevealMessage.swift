package import CryptoPrimitives

/// A witness's next chain value, revealed for one cohort: message kind 11.
package struct RevealMessage: Sendable {
  /// T1.
  package let transcript: Bytes32
  package let witness: VerificationKey
  package let position: UInt64
  package let value: Bytes32

  package init(
    transcript: Bytes32, witness: VerificationKey, position: UInt64, value: Bytes32
  ) {
    self.transcript = transcript
    self.witness = witness
    self.position = position
    self.value = value
  }
}

extension RevealMessage: MessageContent {
  package static let kind = MessageKind.reveal
  package static let signatureLabel = DomainLabel.signedReveal

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    witness.encoding.append(to: &bytes)
    bytes.append(littleEndian: position)
    value.append(to: &bytes)
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    self.init(
      transcript: try reader.fields.bytes32("Reveal.T1"),
      witness: try reader.fields.verificationKey("Reveal.witness"),
      position: try reader.fields.u64(1...1 << 53, "Reveal.position"),
      value: try reader.fields.bytes32("Reveal.value"))
  }
}
