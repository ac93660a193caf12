package import CryptoPrimitives

/// The only thing that a client says when it stops, and it may say nothing: message kind 14.
package struct AbortMessage: Sendable {
  /// T0.
  package let transcript: Bytes32
  package let identity: VerificationKey
  /// An `AbortCode`, or one of a later version.
  package let code: UInt32

  package init(transcript: Bytes32, identity: VerificationKey, code: UInt32) {
    self.transcript = transcript
    self.identity = identity
    self.code = code
  }
}

extension AbortMessage: MessageContent {
  package static let kind = MessageKind.abort
  package static let signatureLabel = DomainLabel.signedAbort

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    identity.encoding.append(to: &bytes)
    bytes.append(littleEndian: code)
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    self.init(
      transcript: try reader.fields.bytes32("Abort.T0"),
      identity: try reader.fields.verificationKey("Abort.identity"),
      code: try reader.fields.u32("Abort.code"))
  }
}
