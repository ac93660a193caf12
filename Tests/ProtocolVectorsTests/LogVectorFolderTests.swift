import Foundation
import Testing

@testable import ProtocolVectors

/// Vectors of log and ledger, as `protocol vectors verify` reads them.
@Suite struct LogVectorFolderTests {
  private static var vectors: URL {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/vectors")
  }

  private static func path(_ url: URL) -> String { url.path(percentEncoded: false) }

  @Test func theLogAgrees() async throws {
    let folder = Self.path(Self.vectors.appending(path: "transparency-log/1"))
    let report = try await VectorFolder.verify(folder)
    #expect(report.files.map(\.name) == LogVectors.fileNames && report.missing.isEmpty)
    #expect(report.failures.isEmpty, "\(report.failures.map(\.line))")
    #expect(report.files.allSatisfy { $0.vectors > 0 && $0.comparisons >= $0.vectors })
  }

  /// One changed answer in any file is found: of bad cases the rule, of evidence whether it holds, else a digit.
  @Test(arguments: LogVectors.fileNames) func aChangedAnswerIsFound(name: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try String(
      contentsOf: Self.vectors.appending(path: "transparency-log/1/\(name)"), encoding: .utf8)
    var changed = text
    if name.hasPrefix("bad_") {
      changed = text.replacing(/"rule": "[a-z-]+"/, with: "\"rule\": \"none\"", maxReplacements: 1)
    } else if name == "evidence.json" {
      changed = text.replacing("\"holds\": true", with: "\"holds\": false", maxReplacements: 1)
    } else {
      // The last long number of the file: a hash, a proof or an encoding.
      let last = try #require(text.matches(of: /"([0-9a-f]{64,})"/).last)
      let digit = text.index(before: text.index(before: last.range.upperBound))
      changed.replaceSubrange(digit...digit, with: text[digit] == "0" ? "1" : "0")
    }
    #expect(changed != text)
    try Data(changed.utf8).write(to: folder.appending(path: name))
    let report = try await VectorFolder.verify(Self.path(folder))
    #expect(!report.failures.isEmpty, "\(name)")
    #expect(report.missing.count == LogVectors.fileNames.count - 1)
  }

  @Test func anotherSchemaIsRefused() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, schema) in [
      ("tree.json", LogVectors.schema), ("bundles.json", LedgerVectors.schema),
    ] {
      try Data("{\"schema\": \"other/1\"}".utf8).write(to: folder.appending(path: name))
      await #expect(
        throws: ProtocolVectorError.unknownSchema(file: name, found: "other/1", known: schema)
      ) { try await VectorFolder.verify(Self.path(folder)) }
    }
  }
}
