import CryptoPrimitives
import Foundation
import TestSupport
import TransparencyLog

/// What audits read, from the vectors of the ledger.
struct AuditFiles {
  private struct File: Decodable {
    struct Case: Decodable {
      let name: String
      let bundle: String
    }

    let cases: [Case]
  }

  struct Missing: Error {
    let name: String
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static func bundle(_ name: String) throws -> [UInt8] {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    for file in ["bundles.json", "bad_bundles.json"] {
      let content = try JSONDecoder().decode(
        File.self,
        from: Data(contentsOf: root.appending(path: "protocols/vectors/ledger/1/\(file)")))
      if let found = content.cases.first(where: { $0.name == name }) {
        return TestSupport.bytes(found.bundle)
      }
    }
    throw Missing(name: name)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = folder.url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
  }

  /// The file of keys that a bundle names, as `coordinator log keys` would print it.
  static func keys(_ policy: BundlePolicy, quorum: Int? = nil) -> String {
    let witnesses = policy.quorum.witnesses.map { "\"\($0.encoding)\"" }.sorted()
    return """
      {"log": "\(policy.log.key.encoding)", "authority": "\(policy.authority.encoding)",
       "witnesses": [\(witnesses.joined(separator: ", "))], "quorum": \(quorum ?? policy.quorum.needed)}
      """
  }

  /// A bundle's log as a server of files has it: protocols/transparency-log.md, section 5.
  func writeLog(of bundle: AuditBundle, to name: String, plans: Bool = true) throws {
    try write(bundle.head.encoded, to: name + "/head")
    let entries = bundle.entries.map(\.encoded)
    var index: UInt64 = 0
    while let tile = Tile(level: 0, index: index, size: UInt64(entries.count)) {
      let part = entries.dropFirst(Int(index) * Tile.fullWidth).prefix(tile.width)
      try write(EntryBundle.encoded(part), to: name + "/" + tile.entriesPath)
      index += 1
    }
    for plan in bundle.plans where plans {
      try write(plan, to: "\(name)/plans/\(Blake2b.digest(plan))")
    }
    try write(Array(Self.keys(bundle.policy).utf8), to: name + "/keys.json")
  }

  /// Runs the program in the folder; words are separated by spaces.
  func run(_ line: String) async throws -> BuiltProduct.Run {
    try await BuiltProduct.run(
      arguments: line.split(separator: " ").map(String.init), in: folder)
  }
}
