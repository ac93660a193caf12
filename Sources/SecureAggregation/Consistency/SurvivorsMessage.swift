package import CryptoPrimitives

/// Whose inputs the coordinator wants to sum; the same bytes for all: message kind 7.
package struct SurvivorsMessage: Sendable {
  /// T3.
  package let transcript: Bytes32
  /// U3.
  package let survivors: CohortSet

  package init(transcript: Bytes32, survivors: CohortSet) {
    self.transcript = transcript
    self.survivors = survivors
  }
}

extension SurvivorsMessage: MessageContent {
  package static let kind = MessageKind.survivors
  package static let signatureLabel = DomainLabel.signedSurvivors

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(survivors.cohortSize))
    bytes += survivors.bitmap
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    let transcript = try reader.fields.bytes32("Survivors.T3")
    let cohortSize = try reader.fields.cohortSize("Survivors.n")
    self.init(
      transcript: transcript,
      survivors: try reader.fields.bitmap(cohortSize, "Survivors.survivors"))
  }
}
