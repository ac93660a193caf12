internal import Foundation

/// Known answers of the transparency log: trees, proofs, entries, heads and evidence.
///
/// - Source: protocols/vectors/transparency-log/1/README.md.
package enum LogVectors {
  package static let schema = "transparency-log-vectors/1"
  package static let fileNames = [
    "tree.json", "bad_proofs.json", "tiles.json", "entries.json", "bad_entries.json", "heads.json",
    "bad_heads.json", "evidence.json",
  ]

  package static func verify(folder: String) throws(ProtocolVectorError) -> VectorReport {
    try VectorFolder.verify(folder, fileNames) { (name, bytes) throws(ProtocolVectorError) in
      var checks = VectorChecks(file: name)
      try suite(name, bytes).verify(&checks)
      return checks.result
    }
  }

  private static func suite(
    _ name: String, _ bytes: Data
  ) throws(ProtocolVectorError) -> any LogVectorSuite {
    let decoder = VectorDecoder(file: name, schema: schema)
    switch name {
    case "tree.json": return try decoder.decode(LogTreeVectors.self, from: bytes)
    case "bad_proofs.json": return try decoder.decode(BadProofVectors.self, from: bytes)
    case "tiles.json": return try decoder.decode(TileVectors.self, from: bytes)
    case "entries.json": return try decoder.decode(LogEntryVectors.self, from: bytes)
    case "bad_entries.json": return try decoder.decode(BadLogEntryVectors.self, from: bytes)
    case "heads.json": return try decoder.decode(HeadVectors.self, from: bytes)
    case "bad_heads.json": return try decoder.decode(BadHeadVectors.self, from: bytes)
    case "evidence.json": return try decoder.decode(EvidenceVectors.self, from: bytes)
    default: throw .unknownFile(file: name, expected: fileNames)
    }
  }
}

/// The vectors of one file.
protocol LogVectorSuite: Decodable {
  /// Compares every result with what the library computes.
  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError)
}
