import Foundation
import ProtocolVectors

/// The files of protocols/vectors/ledger/1, which protocols/reference/ledger_vectors.py writes.
enum LedgerFiles {
  struct Missing: Error {
    let name: String
  }

  static var folder: URL {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/vectors/ledger/1")
  }

  static func load(_ name: String) throws -> LedgerVectors {
    try LedgerVectors(file: name, bytes: Data(contentsOf: folder.appending(path: name)))
  }

  /// One of the bundles that are accepted.
  static func good(_ name: String) throws -> [UInt8] {
    guard let found = try load("bundles.json").cases.first(where: { $0.name == name }) else {
      throw Missing(name: name)
    }
    return found.bundle.bytes
  }
}
