package import Foundation

/// Known answers of the ledger: bundles with what is to be said of them.
///
/// - Source: protocols/vectors/ledger/1/README.md.
package struct LedgerVectors: Decodable, Sendable {
  package static let schema = "ledger-vectors/1"
  package static let fileNames = ["bundles.json", "bad_bundles.json"]

  package let cases: [Case]

  package struct Case: Decodable, Sendable {
    package let name: String
    package let bundle: Hex
    package let verdict: Verdict
  }

  /// Of a bundle that is accepted, or the rule that it breaks and where.
  package struct Verdict: Decodable, Sendable {
    package let accepted: Bool
    package let rule: String?
    package let entry: Int?
    package let kind: String?
    /// The place of a plan whose document is at fault.
    package let plan: Int?
    package let hash: String?
    package let entries: Int?
    /// Of all plans together; nil without plans.
    package let total: [Guarantee]?
    package let plans: [Plan]?
  }

  package struct Plan: Decodable, Sendable {
    package let plan: String
    package let rounds: Int
    package let debits: Int
    package let releases: Int
    package let guarantees: [Guarantee]
  }

  /// Epsilon against one adversary; nil is infinite.
  package struct Guarantee: Decodable, Sendable {
    package let adversary: String
    package let delta: Double
    package let renyi: Double?
    package let gaussian: Double?
    package let epsilon: Double?
  }

  /// The vectors of one file.
  ///
  /// - Throws: where the file cannot be understood.
  package init(file: String, bytes: Data) throws(ProtocolVectorError) {
    self = try VectorDecoder(file: file, schema: Self.schema).decode(Self.self, from: bytes)
  }

  package static func verify(folder: String) throws(ProtocolVectorError) -> VectorReport {
    try VectorFolder.verify(folder, fileNames) { (name, bytes) throws(ProtocolVectorError) in
      try LedgerVectors(file: name, bytes: bytes).verify(file: name)
    }
  }
}
