internal import CryptoPrimitives

/// An entry with the proof that it is in a tree: what a log answers to those who ask for it.
package struct ProvedEntry: Sendable, Equatable {
  package let entry: LogEntry
  package let proof: InclusionProof

  package init(entry: LogEntry, proof: InclusionProof) {
    self.entry = entry
    self.proof = proof
  }
}

extension ProvedEntry {
  /// Bytes of the longest.
  package static let mostBytes = 2 + LogLimits.mostEntryBytes + 11 + LogLimits.mostProofNodes * 32

  /// u16 length || entry || InclusionProof, as in evidence.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt16(entry.encoded.count))
    return bytes + entry.encoded + proof.encoded
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try self.init(from: &reader)
    try reader.finish("provedEntry")
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    let count = Int(try reader.u16("provedEntry.length"))
    entry = try LogEntry(decoding: try reader.bytes(count, "provedEntry.entry"))
    proof = try InclusionProof(from: &reader)
  }
}
