import CryptoPrimitives
import Foundation
import ProtocolVectors
import RoundVocabulary
import Testing
import TransparencyLog

@testable import PrivacyLedger

/// protocols/reference/verify_bundle.py, as whoever audits with it starts it.
enum ReferenceVerifier {
  /// What it prints.
  struct Verdict: Decodable {
    struct Guarantee: Decodable {
      let adversary: String
      let renyi: Double?
      let gaussian: Double?
      let epsilon: Double?
    }

    struct Plan: Decodable {
      let guarantees: [Guarantee]
    }

    let accepted: Bool
    let rule: String?
    let entry: Int?
    let kind: String?
    let plan: Int?
    let total: [Guarantee]?
    let plans: [Plan]?
  }

  private static func script(_ name: String) -> String {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/reference/\(name)").path(percentEncoded: false)
  }

  /// Whether there is a Python 3 to run it with.
  static let isHere =
    (try? run(["python3", "-c", "import sys; sys.exit(sys.version_info[0] != 3)"]).status) == 0

  /// A verifier that does not come to an end is worth as much as none.
  private static let mostSeconds = 120.0

  static func verdict(on bundle: AuditBundle) throws -> Verdict {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).bundle")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bundle.encoded).write(to: file)
    let (status, output) = try run(
      ["python3", script("verify_bundle.py"), file.path(percentEncoded: false)])
    let verdict = try JSONDecoder().decode(Verdict.self, from: output)
    #expect(status == (verdict.accepted ? 0 : 1))
    return verdict
  }

  /// What it says of bundles of which others have said something else; nil if it agrees on all.
  ///
  /// One process for all: the bundles go there as vectors, with the verdicts that are expected.
  static func disagreement(
    on refused: [(bundle: [UInt8], finding: LedgerFinding)]
  ) throws -> String? {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let cases = refused.enumerated().map { place, refused in
      let finding = refused.finding
      let kind = finding.entry?.kind.map { #""\#($0.name)""# }
      let verdict =
        #"{"accepted": false, "rule": "\#(finding.rule)", "entry": \#(json(finding.entry?.index)), "#
        + #""kind": \#(json(kind)), "plan": \#(json(finding.plan))}"#
      return
        #"{"name": "\#(place)", "bundle": "\#(hexadecimal(refused.bundle))", "verdict": \#(verdict)}"#
    }
    for (name, cases) in [("bundles.json", []), ("bad_bundles.json", cases)] {
      let text =
        #"{"schema": "\#(LedgerVectors.schema)", "cases": [\#(cases.joined(separator: ","))]}"#
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    let (status, output) = try run(
      ["python3", script("ledger_vectors.py"), folder.path(percentEncoded: false)])
    return status == 0 ? nil : String(decoding: output, as: UTF8.self)
  }

  private static func json(_ value: (some CustomStringConvertible)?) -> String {
    value?.description ?? "null"
  }

  private static func run(_ command: [String]) throws -> (status: Int32, output: Data) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    // A file, not a pipe: a full pipe would stop it while nobody reads.
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let output = try FileHandle(forWritingTo: file)
    process.standardOutput = output
    process.standardError = output
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    if ended.wait(timeout: .now() + mostSeconds) == .timedOut {
      process.terminate()
      Issue.record("\(command) takes more than \(mostSeconds) s")
    }
    process.waitUntilExit()
    return (process.terminationStatus, try Data(contentsOf: file))
  }
}
