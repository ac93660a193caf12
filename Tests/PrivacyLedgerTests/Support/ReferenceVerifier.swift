import Foundation
import RoundVocabulary
import Testing
import TransparencyLog

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
    let total: [Guarantee]?
    let plans: [Plan]?
  }

  private static let script: String = {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/reference/verify_bundle.py").path(percentEncoded: false)
  }()

  /// Whether there is a Python 3 to run it with.
  static let isHere =
    (try? run(["python3", "-c", "import sys; sys.exit(sys.version_info[0] != 3)"]).status) == 0

  /// A verifier that does not come to an end is worth as much as none.
  private static let mostSeconds = 120.0

  static func verdict(on bundle: AuditBundle) throws -> Verdict {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).bundle")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bundle.encoded).write(to: file)
    let (status, output) = try run(["python3", script, file.path(percentEncoded: false)])
    let verdict = try JSONDecoder().decode(Verdict.self, from: output)
    #expect(status == (verdict.accepted ? 0 : 1))
    return verdict
  }

  private static func run(_ command: [String]) throws -> (status: Int32, output: Data) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // A file, not a pipe: a full pipe would stop it while nobody reads.
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    process.standardOutput = try FileHandle(forWritingTo: file)
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
