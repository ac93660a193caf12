import CryptoPrimitives
import Foundation
import PlannedRounds
import Report
import Scenarios
import Testing

@testable import silhouette

/// `audit empirical`, and the gate that asks for it.
@Suite struct AuditEmpiricalCommandTests {
  /// Canaries are few and noise is little: fast, and with something to see.
  private static let plan = """
    name: gated
    catalogue: {items: 40}
    cohort: {most: 20}
    privacy: {epsilon: 8, dropoutShare: 0.1}
    encoding: {scaleBits: 12}
    tasks:
      gram: {headItems: 6, tailGroups: 2}
      ranker: {rounds: 2}
    audit: {gate: GATE}
    """

  private static func planned(gate: Bool) throws -> PlannedTasks {
    let plan = try PlanDecoder.decode(
      yaml: plan.replacing("GATE", with: "\(gate)"), file: "gated.yaml")
    return try PlannedTasks(plan, hash: Blake2b.digest(Array(SignedPlanText.yaml(of: plan).utf8)))
  }

  private func measured(_ files: AuditFiles) async throws -> String {
    let planned = try Self.planned(gate: true)
    try files.folder.write(SignedPlanText.yaml(of: planned.plan), to: "plan.yaml")
    let run = try await files.run("audit empirical --plan plan.yaml --canaries 10 --json --quiet")
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }

  @Test func aPlanIsMeasuredByItsHash() async throws {
    let files = try AuditFiles()
    let output = try await measured(files)
    try files.folder.write(output, to: "measured.json")
    let path = files.folder.url.appending(path: "measured.json").path(percentEncoded: false)
    let figures = try MeasurementFile.read(path)
    let planned = try Self.planned(gate: true)
    #expect(figures.plan == planned.hash.description && figures.scenario == "gated")
    #expect(figures.tasks.map(\.task) == ["statistics", "gram", "ranker"])
    for task in figures.tasks {
      #expect(task.estimate != nil && task.noiseMultiplier != nil && task.clipNorm == 1)
    }
    let text = try await files.run("audit empirical --plan plan.yaml --canaries 10 --task ranker")
    #expect(
      text.status == 0 && text.output.contains("the estimate bounds nothing"), "\(text.errors)")
  }

  /// A running task is measured by its canary devices, or the command fails: it never passes in silence.
  @Test func aRunningTaskNeedsItsCanaryDevices() async throws {
    let files = try AuditFiles()
    for line in ["--dir state --plan p", "--devices canaries --plan p", "--dir state --devices c"] {
      let run = try await files.run("audit empirical \(line)")
      #expect(run.status == 64 && run.errors.contains("go together"), "\(line): \(run.errors)")
    }
    let options = try await files.run(
      "audit empirical --dir state --plan p --devices canaries --seed 3")
    #expect(options.status == 64 && options.errors.contains("silhouette client canary"))
    let none = try await files.run("audit empirical --dir state --plan p --devices canaries")
    #expect(none.status == 66 && none.errors.contains("canaries: cannot be listed"))
  }

  @Test func aCanaryDeviceIsMadeOnce() async throws {
    let files = try AuditFiles()
    let made = try await files.run("client canary --dir one --number 1 --of 4 --seed 7 --json")
    #expect(made.status == 0 && made.output.contains("\"number\" : 1"), "\(made.errors)")
    let again = try await files.run("client canary --dir one --number 1 --of 4 --seed 7")
    #expect(again.status == 65 && again.errors.contains("the coin was tossed"), "\(again.errors)")
    let person = try await files.run("client canary --dir two --number 5 --of 4")
    #expect(person.status == 64 && person.errors.contains("--number is 5"))
  }

  @Test func theGateOpensForAMeasurementOfThePlan() async throws {
    let files = try AuditFiles()
    let output = try await measured(files)
    try files.folder.write(output, to: "measured.json")
    let planned = try Self.planned(gate: true)
    func path(_ name: String) -> String {
      files.folder.url.appending(path: name).path(percentEncoded: false)
    }
    try ReleaseGate.check(planned, measured: path("measured.json"))
    // A plan without a gate asks for nothing.
    try ReleaseGate.check(try Self.planned(gate: false), measured: nil)

    #expect(throws: AuditFailure.gateNeedsMeasurement(plan: "gated")) {
      try ReleaseGate.check(planned, measured: nil)
    }
    // More was found than is claimed: the number counts, whatever the file's own verdict says.
    let bound = try #require(output.firstMatch(of: /"lowerBound" : [0-9.e-]+/)).0
    try files.folder.write(output.replacing(bound, with: "\"lowerBound\" : 99"), to: "found.json")
    let failure = #expect(throws: AuditFailure.self) {
      try ReleaseGate.check(planned, measured: path("found.json"))
    }
    #expect(failure?.status == .refuted)
    try files.folder.write(
      output.replacing("\"verdict\" : \"pass\"", with: "\"verdict\" : \"fail\""), to: "failed.json")
    #expect(throws: AuditFailure.self) {
      try ReleaseGate.check(planned, measured: path("failed.json"))
    }
    try files.folder.write(
      output.replacing(planned.hash.description, with: String(repeating: "0", count: 64)),
      to: "other.json")
    let other = #expect(throws: AuditFailure.self) {
      try ReleaseGate.check(planned, measured: path("other.json"))
    }
    #expect(other?.status == .badInput)
    try files.folder.write(
      output.replacing("\"task\" : \"gram\"", with: "\"task\" : \"evaluation\""), to: "part.json")
    #expect(throws: AuditFailure.self) {
      try ReleaseGate.check(planned, measured: path("part.json"))
    }
  }

  /// Plans without a gate have the text, and so the hash, that they had before there was one.
  @Test func aGateIsWrittenOnlyWhereThereIsOne() throws {
    let (with, without) = (try Self.planned(gate: true).plan, try Self.planned(gate: false).plan)
    #expect(
      SignedPlanText.yaml(of: with) == SignedPlanText.yaml(of: without) + "audit:\n  gate: true\n")
    #expect(try PlanDecoder.decode(yaml: SignedPlanText.yaml(of: with), file: "plan") == with)
  }

  @Test(
    arguments: [
      ("audit empirical", "say what to measure"),
      ("audit empirical a.yaml --plan b.yaml", "say what to measure"),
      ("audit empirical --plan b.yaml --set seed=2", "a plan is measured as it was signed"),
      ("audit empirical --plan b.yaml --task evaluation", "which no plan has"),
      ("audit empirical a.yaml --canaries 1", "--canaries is 1"),
      ("audit empirical a.yaml --alpha 0", "--alpha is 0"),
    ])
  func wrongUsageIs64(line: String, words: String) async throws {
    let run = try await AuditFiles().run(line)
    #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
  }

  @Test func filesThatAreNotThereOrNoPlansAreNamed() async throws {
    let files = try AuditFiles()
    let missing = try await files.run("audit empirical --plan none.yaml")
    #expect(missing.status == 66 && missing.errors.hasPrefix("error: none.yaml: no such file"))
    try files.folder.write("name: x\n", to: "x.yaml")
    let faulty = try await files.run("audit empirical --plan x.yaml")
    #expect(faulty.status == 65 && faulty.errors.contains("catalogue.items"), "\(faulty.errors)")
  }
}
