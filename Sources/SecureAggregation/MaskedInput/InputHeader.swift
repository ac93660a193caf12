package import CryptoPrimitives

/// What a client signs of its masked vector, which follows it: message kind 6.
package struct InputHeader: Sendable, Equatable {
  /// Header and signature included.
  package static let byteCount = MessageKind.headerByteCount + 72 + Signature.byteCount

  /// T3.
  package let transcript: Bytes32
  package let index: Int
  /// Bytes of the packed vector.
  package let length: Int
  /// Of the packed vector.
  package let digest: Bytes32

  package init(transcript: Bytes32, index: Int, length: Int, digest: Bytes32) {
    self.transcript = transcript
    self.index = index
    self.length = length
    self.digest = digest
  }
}

extension InputHeader: MessageContent {
  package static let kind = MessageKind.input
  package static let signatureLabel = DomainLabel.signedInput

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(index))
    bytes.append(littleEndian: UInt32(length))
    digest.append(to: &bytes)
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    self.init(
      transcript: try reader.fields.bytes32("Input.T3"),
      index: try reader.fields.cohortIndex("Input.index"),
      length: try reader.fields.count(16...1 << 26, "Input.length"),
      digest: try reader.fields.bytes32("Input.digest"))
  }
}
