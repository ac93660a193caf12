package import CryptoPrimitives

/// A client's only signature on a set of survivors: message kind 8.
package struct ConsistencyMessage: Sendable {
  /// T4.
  package let transcript: Bytes32
  package let index: Int

  package init(transcript: Bytes32, index: Int) {
    self.transcript = transcript
    self.index = index
  }
}

extension ConsistencyMessage: MessageContent {
  package static let kind = MessageKind.consistency
  package static let signatureLabel = DomainLabel.signedConsistency

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(index))
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    self.init(
      transcript: try reader.fields.bytes32("Consistency.T4"),
      index: try reader.fields.cohortIndex("Consistency.index"))
  }
}
