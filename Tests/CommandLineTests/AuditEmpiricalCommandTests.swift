import CryptoPrimitives
import Foundation
import PlannedRounds
import Report
import Scenarios
import Storage
import Testing

@testable import silhouette

/// `audit empirical`, and the gate that asks for it.
@Suite struct AuditEmpiricalCommandTests {
  /// Devices are few, which is fast, and epsilon is so small that they could refute it.
  private static let plan = """
    name: gated
    catalogue: {items: 40}
    cohort: {most: 60}
    privacy: {epsilon: 1, dropoutShare: 0.1}
    encoding: {scaleBits: 12}
    tasks:
      gram: {headItems: 6, tailGroups: 2}
      ranker: {rounds: 2}
    audit: {gate: GATE}
    """

  private static func planned(gate: Bool, epsilon: Int = 1) throws -> PlannedTasks {
    let plan = try PlanDecoder.decode(
      yaml: plan.replacing("GATE", with: "\(gate)")
        .replacing("epsilon: 1", with: "epsilon: \(epsilon)"), file: "gated.yaml")
    return try PlannedTasks(plan, hash: Blake2b.digest(Array(SignedPlanText.yaml(of: plan).utf8)))
  }

  private static func record(gate: Bool) throws -> PlanRecord {
    PlanRecord(
      document: Array(SignedPlanText.yaml(of: try planned(gate: gate).plan).utf8), signature: [])
  }

  private func measured(
    _ files: AuditFiles, canaries: Int, epsilon: Int = 1
  ) async throws -> String {
    let planned = try Self.planned(gate: true, epsilon: epsilon)
    try files.folder.write(SignedPlanText.yaml(of: planned.plan), to: "plan.yaml")
    let run = try await files.run(
      "audit empirical --plan plan.yaml --canaries \(canaries) --json --quiet")
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }

  @Test func aPlanIsMeasuredByItsHash() async throws {
    let files = try AuditFiles()
    let output = try await measured(files, canaries: 10)
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

  @Test func theGateOpensForAMeasurementThatCouldHaveFailed() async throws {
    let files = try AuditFiles()
    let planned = try Self.planned(gate: true)
    let output = try await measured(files, canaries: 60)
    func pass(_ measurement: String) throws -> GatePass {
      try files.folder.write(measurement, to: "measured.json")
      return try ReleaseGate.pass(
        of: planned,
        measured: files.folder.url.appending(path: "measured.json").path(percentEncoded: false))
    }
    func refusal(_ measurement: String) -> AuditFailure? {
      #expect(throws: AuditFailure.self) { try pass(measurement) }
    }
    #expect(try pass(output) == GatePass(plan: planned.hash))
    // A plan without a gate asks for nothing.
    #expect(try ReleaseGate.pass(of: Self.record(gate: false), measured: nil) == nil)
    #expect(throws: AuditFailure.gateNeedsMeasurement(plan: "gated")) {
      try ReleaseGate.pass(of: Self.record(gate: true), measured: nil)
    }
    // More was found than is claimed: the number counts, whatever the file's own verdict says.
    let bound = try #require(output.firstMatch(of: /"lowerBound" : [0-9.e-]+/)).0
    #expect(refusal(output.replacing(bound, with: "\"lowerBound\" : 99"))?.status == .refuted)
    let failed = refusal(output.replacing("\"pass\"", with: "\"fail\"", maxReplacements: 1))
    #expect(failed?.status == .refuted)
    for (found, other) in [
      (planned.hash.description, String(repeating: "0", count: 64)),
      ("\"task\" : \"gram\"", "\"task\" : \"evaluation\""),
      ("\"delta\" : 1e-05", "\"delta\" : 0.1"),
    ] {
      #expect(output.contains(found))
      #expect(refusal(output.replacing(found, with: other))?.status == .badInput, "\(other)")
    }
    let lax = refusal(output.replacing("\"alpha\" : 0.05", with: "\"alpha\" : 0.2"))
    if case .gateNeedsAlpha(_, _, 0.2, 0.05)? = lax {
    } else {
      Issue.record("an alpha of 0.2 opens the gate: \(String(describing: lax))")
    }
    // Ten canaries show less than is claimed, whoever they are.
    let small = refusal(try await measured(files, canaries: 10))
    if case .gateNeedsCanaries(_, _, 10, _, _)? = small {
    } else {
      Issue.record("what could not have failed opens the gate: \(String(describing: small))")
    }
  }

  /// Sixty devices alone could never refute epsilon 8: canaries of more runs than one can.
  @Test func theGateOfALooseClaimOpensForMoreRuns() async throws {
    let files = try AuditFiles()
    let planned = try Self.planned(gate: true, epsilon: 8)
    func pass(canaries: Int) async throws -> GatePass {
      try files.folder.write(
        try await measured(files, canaries: canaries, epsilon: 8), to: "measured.json")
      return try ReleaseGate.pass(
        of: planned,
        measured: files.folder.url.appending(path: "measured.json").path(percentEncoded: false))
    }
    let few = await #expect(throws: AuditFailure.self) { try await pass(canaries: 40) }
    #expect("\(try #require(few))".contains("--canaries 80"))
    #expect(try await pass(canaries: 1_000) == GatePass(plan: planned.hash))
  }

  /// What refutes a claim is said before what is missing.
  @Test func aRefutedTaskIsNamedBeforeOneThatIsMissing() async throws {
    let files = try AuditFiles()
    let output = try await measured(files, canaries: 10)
      .replacing("\"task\" : \"statistics\"", with: "\"task\" : \"evaluation\"")
    let bound = try #require(output.matches(of: /"lowerBound" : [0-9.e-]+/).last).0
    try files.folder.write(
      output.replacing(bound, with: "\"lowerBound\" : 99"), to: "measured.json")
    let failure = #expect(throws: AuditFailure.self) {
      try ReleaseGate.pass(
        of: Self.planned(gate: true),
        measured: files.folder.url.appending(path: "measured.json").path(percentEncoded: false))
    }
    #expect(failure?.status == .refuted, "\(String(describing: failure))")
  }

  /// The three commands that put a version before devices, against a coordinator's folder.
  @Test func noCommandPassesTheGateWithoutAMeasurement() async throws {
    let files = try AuditFiles()
    let made = try await files.run("coordinator init --dir state --url https://127.0.0.1:18443")
    #expect(made.status == 0, "\(made.errors)")
    var record = try Self.record(gate: true)
    record.state = .running
    let versions = [[UInt8(1)], [2]]
    let store = try await SQLiteCoordinatorStore(
      folder: files.folder.url.appending(path: "state/store").path(percentEncoded: false))
    try await store.add(record, catalogue: nil)
    let key = RoundKey(task: record.hash, number: 1)
    try await store.begin(
      RoundRecord(key: key, plan: record.hash, configuration: [1], openedAt: 1), log: [])
    let hashes = versions.map { Blake2b.digest($0) }
    try await store.add(
      ModelRecord(hash: hashes[0], parent: nil, round: nil, plan: record.hash, createdAt: 1),
      bytes: versions[0])
    try await store.commit(
      ModelRecord(hash: hashes[1], parent: hashes[0], round: key, plan: record.hash, createdAt: 2),
      bytes: versions[1], sum: ReleasedSum(survivors: 1, packed: []), round: key, log: [])
    try store.close()
    let lines = ["model promote \(hashes[1])", "model pin \(hashes[1])", "model rollback"]
    for line in lines {
      let run = try await files.run("coordinator \(line) --dir state")
      #expect(run.status == 66 && run.errors.contains("has audit.gate"), "\(line): \(run.errors)")
    }
    let list = try await files.run("coordinator model list --dir state")
    #expect(list.output.contains("in use") && !list.output.contains("served"), "\(list.output)")
    try files.folder.write(try await measured(files, canaries: 60), to: "measured.json")
    let run = try await files.run(
      "coordinator model pin \(hashes[1]) --measured measured.json --dir state")
    #expect(run.status == 0 && run.output.contains("in use, served"), "\(run.errors)")
  }

  /// Plans without a gate have the text, and so the hash, that they had before there was one.
  @Test func aGateIsWrittenOnlyWhereThereIsOne() throws {
    let (with, without) = (try Self.planned(gate: true).plan, try Self.planned(gate: false).plan)
    #expect(
      SignedPlanText.yaml(of: with) == SignedPlanText.yaml(of: without) + "audit:\n  gate: true\n")
    #expect(try PlanDecoder.decode(yaml: SignedPlanText.yaml(of: with), file: "plan") == with)
    // The store knows by the text alone.
    #expect(try Self.record(gate: true).hasGate && !Self.record(gate: false).hasGate)
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
