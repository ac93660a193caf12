import Foundation
import Testing

/// `client log` and `witness log` from outside; what devices keep is tested beside them.
@Suite struct NodeLogCommandTests {
  @Test(arguments: ["client log", "witness log"])
  func everyCommandsHelpHasAnExample(command: String) async throws {
    let run = try await AuditFiles().run("\(command) --help")
    #expect(run.status == 0 && run.output.contains("  silhouette \(command) --dir"))
  }

  @Test(arguments: ["client log --dir none", "witness log --dir none"])
  func whatIsNoNodeSaysSo(line: String) async throws {
    let run = try await AuditFiles().run(line)
    #expect(run.status == 66 && run.errors.contains("none"), "\(run.errors)")
  }

  /// A witness that has seen nothing yet: a head is missing, evidence too, and neither is made up.
  @Test func aNewWitnessHasNothingAgainstAnybody() async throws {
    let files = try AuditFiles()
    let made = try await files.run(
      "coordinator init --dir state --url https://127.0.0.1:18443")
    #expect(made.status == 0, "\(made.errors)")
    let introduction = try await files.run("coordinator show --dir state")
    try files.folder.write(introduction.output, to: "coordinator.json")
    let witness = try await files.run(
      "witness init --dir watch --url https://127.0.0.1:18444 --coordinator coordinator.json "
        + "--rounds 16 --json")
    #expect(witness.status == 0 && witness.output.contains("\"witness\" : "), "\(witness.errors)")
    let log = try await files.run("witness log --dir watch")
    #expect(log.status == 0, "\(log.errors)")
    #expect(log.output.contains("no head was cosigned yet\nno evidence against it"))
    let json = try await files.run("witness log --dir watch --json")
    #expect(json.output.contains("\"evidence\" : ["))
    let none = try await files.run("witness log --dir watch --evidence evidence.bin")
    #expect(none.status == 66 && none.errors.contains("has no evidence"), "\(none.errors)")
    #expect(!files.folder.holds("evidence.bin"))
  }
}
