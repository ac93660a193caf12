import Foundation
import TestSupport

/// The files of protocols/vectors/ledger/1, which protocols/reference/ledger_vectors.py writes.
struct LedgerVectors: Decodable {
  struct Guarantee: Decodable {
    let adversary: String
    let delta: Double
    let renyi: Double?
    let gaussian: Double?
    let epsilon: Double?
  }

  struct Plan: Decodable {
    let plan: String
    let rounds: Int
    let debits: Int
    let releases: Int
    let guarantees: [Guarantee]
  }

  struct Verdict: Decodable {
    let accepted: Bool
    let rule: String?
    let entry: Int?
    let kind: String?
    let hash: String?
    let entries: Int?
    let plans: [Plan]?
  }

  struct Case: Decodable {
    let name: String
    let bundle: String
    let verdict: Verdict

    var bytes: [UInt8] { TestSupport.bytes(bundle) }
  }

  let cases: [Case]

  static func load(_ name: String) throws -> [Case] {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let file = root.appending(path: "protocols/vectors/ledger/1/\(name)")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file)).cases
  }

  /// One of the bundles that are accepted.
  static func good(_ name: String) throws -> [UInt8] {
    struct Missing: Error {
      let name: String
    }
    guard let found = try load("bundles.json").first(where: { $0.name == name }) else {
      throw Missing(name: name)
    }
    return found.bytes
  }
}
