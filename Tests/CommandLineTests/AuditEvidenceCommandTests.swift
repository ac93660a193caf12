import CryptoPrimitives
import Foundation
import TestSupport
import Testing
import TransparencyLog

/// `audit evidence` on the vectors of the log, which an independent program has made.
@Suite struct AuditEvidenceCommandTests {
  private struct Vectors: Decodable {
    struct Heads: Decodable {
      let name: String
      let evidence: String
      let fault: String?
    }

    struct Entries: Decodable {
      let name: String
      let evidence: String
      let holds: Bool
    }

    let log: String
    let heads: [Heads]
    let entries: [Entries]
  }

  private static func vectors() throws -> Vectors {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return try JSONDecoder().decode(
      Vectors.self,
      from: Data(
        contentsOf: root.appending(path: "protocols/vectors/transparency-log/1/evidence.json")))
  }

  @Test func whatConvictsALogIsTold() async throws {
    let (files, vectors) = (try AuditFiles(), try Self.vectors())
    let all =
      vectors.heads.map { ($0.name, $0.evidence, $0.fault) }
      + vectors.entries.map { ($0.name, $0.evidence, $0.holds ? "two-entries" : nil) }
    #expect(all.contains { $0.2 == nil } && Set(all.compactMap(\.2)).count == 3)
    for (name, evidence, fault) in all {
      try files.write(bytes(evidence), to: "evidence.bin")
      let run = try await files.run("audit evidence evidence.bin --log \(vectors.log) --json")
      #expect(run.status == (fault == nil ? 1 : 0), "\(name): \(run.errors)")
      if let fault {
        #expect(run.output.contains("\"fault\" : \"\(fault)\""), "\(name)")
        let text = try await files.run("audit evidence evidence.bin --log \(vectors.log)")
        #expect(text.output.contains("\(vectors.log) is convicted"))
      } else {
        #expect(run.errors.contains("shows nothing against the log"), "\(name): \(run.errors)")
      }
      // Another log has signed none of it.
      let other = String(repeating: "ab", count: 32)
      #expect(try await files.run("audit evidence evidence.bin --log \(other)").status == 1)
    }
  }

  /// From a whole log to two entries and a head: what is handed on needs nothing else.
  @Test(arguments: ["a plan twice", "a round twice", "a second opening"])
  func aDuplicateInABundleConvictsItsLog(name: String) async throws {
    let files = try AuditFiles()
    let bytes = try AuditFiles.bundle(name)
    let bundle = try AuditBundle(decoding: bytes)
    try files.write(bytes, to: "log.bundle")
    let refused = try await files.run("audit verify log.bundle --evidence evidence.bin")
    #expect(refused.status == 1 && refused.errors.contains("duplicate"), "\(refused.errors)")
    #expect(refused.errors.contains("evidence.bin has the evidence"))
    let line = "audit evidence evidence.bin --log \(bundle.policy.log.key.encoding)"
    let run = try await files.run(line)
    #expect(run.status == 0 && run.output.contains("is convicted"), "\(run.errors)")
    #expect(run.output.contains("have one key"))
  }

  /// What is refused for another reason, or not at all, convicts nobody.
  @Test(arguments: ["half the noise", "two heads: other entries than were signed", "one round"])
  func withoutADuplicateNothingIsWritten(name: String) async throws {
    let files = try AuditFiles()
    try files.write(try AuditFiles.bundle(name), to: "log.bundle")
    let run = try await files.run("audit verify log.bundle --evidence evidence.bin")
    #expect((run.status == 0) == (name == "one round"), "\(run.errors)")
    #expect(!files.folder.holds("evidence.bin"))
  }

  @Test(arguments: [
    ("audit evidence none.bin --log \(String(repeating: "ab", count: 32))", 66, "none.bin"),
    ("audit evidence garbage.bin --log \(String(repeating: "ab", count: 32))", 65, "garbage.bin"),
    ("audit evidence garbage.bin --log 12", 64, "--log is no public key"),
  ])
  func whatIsNoEvidenceSaysSo(line: String, status: Int32, text: String) async throws {
    let files = try AuditFiles()
    try files.write([1, 2, 3], to: "garbage.bin")
    let run = try await files.run(line)
    #expect(run.status == status && run.errors.contains(text), "\(run.errors)")
  }
}
