import Foundation
import RoundVocabulary
import Testing

/// Privacy accounting through the command line.
@Suite struct PrivacyCommandTests {
  private func run(_ line: String, in folder: TemporaryFolder? = nil) async throws
    -> BuiltProduct.Run
  {
    try await BuiltProduct.run(
      arguments: line.split(separator: " ").map(String.init), in: try folder ?? TemporaryFolder())
  }

  @Test(arguments: ["epsilon", "plan", "calibrate", "compare", "curve", "conformance"])
  func everyCommandsHelpHasAnExample(command: String) async throws {
    let run = try await run("privacy \(command) --help")
    #expect(run.status == 0)
    #expect(run.output.contains("  silhouette privacy \(command) "))
  }

  @Test func epsilonIsAGuaranteeWithEverythingThatBelongsToIt() async throws {
    let run = try await run("privacy epsilon --gaussian 1 --delta 1e-6")
    #expect(run.status == 0, "\(run.errors)")
    for word in ["(4.88656, 1e-06)", "one user", "zero-out", "A1, A2", "exact Gaussian"] {
      #expect(run.output.contains(word), "\(word) in \(run.output)")
    }
  }

  @Test func jsonHasTheInterval() async throws {
    let run = try await run(
      "privacy epsilon --gaussian 1 --rounds 1000 --sampling-rate 0.01 --delta 1e-6 --json")
    #expect(run.status == 0, "\(run.errors)")
    let figures = try JSONDecoder().decode(Guarantee.self, from: Data(run.output.utf8))
    #expect(abs(figures.epsilon.upper - 2.124515) < 1e-3)
    #expect(figures.epsilon.lower <= 2.124516)
    #expect(figures.delta.upper == 1e-6 && figures.neighbors == "zeroOut")
    #expect(figures.assumptions.count == 2)
  }

  @Test func deltaIsAnsweredForAnEpsilon() async throws {
    let run = try await run("privacy epsilon --gaussian 1 --epsilon 1 --json")
    let figures = try JSONDecoder().decode(Guarantee.self, from: Data(run.output.utf8))
    #expect(abs(figures.delta.upper - 0.126936737507) < 1e-9)
  }

  @Test func noNoiseGuaranteesNothing() async throws {
    let run = try await run("privacy epsilon --gaussian 0 --delta 1e-6")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("Nothing is guaranteed"))
  }

  @Test(arguments: [
    ("epsilon --gaussian -1 --delta 1e-6", "noise multiplier is -1.0; it must be 0, or "),
    ("epsilon --gaussian nan --delta 1e-6", "noise multiplier is nan; it must be 0, or "),
    ("epsilon --gaussian 1 --delta 0", "delta is 0.0; it must be between 0 and 1"),
    ("epsilon --gaussian 1 --delta 1", "delta is 1.0; it must be between 0 and 1"),
    ("epsilon --gaussian 1 --delta -1e-6", "delta is -1e-06; it must be between 0 and 1"),
    ("epsilon --gaussian 1 --epsilon -1", "epsilon is -1.0; it must be finite and at least 0"),
    ("epsilon --gaussian 1 --sampling-rate 1.5 --delta 1e-6", "sampling probability is 1.5"),
    ("epsilon --gaussian 1 --rounds 0 --delta 1e-6", "--rounds is 0; write 1 or more"),
    ("epsilon --gaussian 1 --laplace 1 --delta 1e-6", "--gaussian and --laplace are given"),
    ("epsilon --delta 1e-6", "no mechanism is given"),
    ("epsilon --gaussian 1", "write one of --delta"),
    ("epsilon --gaussian 1 --delta 1e-6 --neighbors none", "'none' is invalid"),
    ("epsilon --skellam 9 --squared-sensitivity -4 --delta 1e-6", "--squared-sensitivity is -4.0"),
    ("calibrate --epsilon 0 --delta 1e-6", "epsilon is 0.0; it must be finite and above 0"),
    ("calibrate --epsilon 1 --delta 1e-6 --gaussian 1", "--gaussian is what --find noise"),
    ("calibrate --epsilon 1 --delta 1e-6 --find rounds", "needs the noise"),
    ("calibrate --epsilon 1 --delta 1e-6 --find cohort", "write one of --skellam"),
    ("calibrate --epsilon 1 --delta 1e-6 --skellam 4", "--skellam goes with --find cohort"),
    (
      "calibrate --find cohort --epsilon 1 --delta 1e-6 --skellam 4 --dropout-share 1",
      "write shares of at least 0 that sum to less than 1"
    ),
    ("calibrate --find cohort --epsilon 1 --delta 1e-6 --skellam -4", "--skellam is -4.0; write"),
    ("epsilon plan.yaml --delta 1e-6", "a scenario says its mechanisms"),
    ("epsilon --gaussian 1 --delta 1e-6 --set seed=1", "--set and --data go with a scenario"),
    ("compare --gaussian 1 --delta nan", "delta is nan"),
    ("curve --gaussian 1", "write --out FILE"),
  ])
  func badInputExits64AndPrintsNoNumber(line: String, message: String) async throws {
    let run = try await run("privacy \(line)")
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: "))
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test func impossibleCalibrationExits1() async throws {
    let run = try await run(
      "privacy calibrate --find rounds --gaussian 0.1 --epsilon 0.1 --delta 1e-6")
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.hasPrefix("error: no number of rounds reaches epsilon 0.1"))
  }

  @Test func calibrationFindsTheRounds() async throws {
    let run = try await run(
      "privacy calibrate --find rounds --gaussian 1 --sampling-rate 0.01 --epsilon 2 --delta 1e-6")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("874 rounds\n"))
  }

  /// The least cohort keeps the target, and with one honest device less nothing would.
  @Test func calibrationFindsTheCohort() async throws {
    let line =
      "privacy calibrate --find cohort --epsilon 3 --delta 1e-6 --skellam 400 --dimension 1000 "
      + "--squared-sensitivity 65536 --dropout-share 0.1 --colluding-share 0.1 --json"
    let run = try await run(line)
    #expect(run.status == 0, "\(run.errors)")
    let found = try JSONDecoder().decode(Cohort.self, from: Data(run.output.utf8))
    let least = CohortAssurance(cohort: found.cohort, dropoutShare: 0.1, colludingShare: 0.1)
    #expect(least.leastHonest >= found.honestDevices)
    #expect(found.guarantee.adversaries == ["A1", "A2", "A3", "A4"])
    for (honest, isEnough) in [(found.honestDevices, true), (found.honestDevices - 1, false)] {
      let one = try await self.run(
        "privacy epsilon --skellam \(400 * honest) --dimension 1000 --squared-sensitivity 65536 "
          + "--delta 1e-6 --json")
      let figures = try JSONDecoder().decode(Guarantee.self, from: Data(one.output.utf8))
      #expect((figures.epsilon.upper <= 3) == isEnough)
    }
  }

  private let scenario = """
    name: planned
    behavior:
      source: synthetic
      synthetic: {users: 200, items: 120, events: 4000, interests: 4}
    tasks:
      gram: {headItems: 40, tailGroups: 8, maxRank: 8}
      ranker: {rounds: 3, cohort: 70, negatives: 10}
    evaluation: {sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0], users: 90}
    """

  /// What is promised beforehand is, adversary by adversary, what the report of the run states.
  @Test(arguments: ["distributed", "central", "none"])
  func aPlansGuaranteeIsThatOfItsReport(mechanism: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(scenario, to: "plan.yaml")
    let setting = "privacy.mechanism=\(mechanism)"
    let planned = try await run("privacy epsilon plan.yaml --set \(setting) --json", in: folder)
    #expect(planned.status == 0, "\(planned.errors)")
    #expect(!folder.holds("runs"))
    let reported = try await run("simulate plan.yaml --set \(setting) --quiet --json", in: folder)
    let before = try JSONDecoder().decode(Promised.self, from: Data(planned.output.utf8))
    let after = try JSONDecoder().decode(Promised.self, from: Data(reported.output.utf8))
    #expect(before.guarantees == after.guarantees && before.guarantees.count == 6)
    let expected = ["distributed": 4, "central": 2, "none": 0]
    #expect(before.guarantees.count { $0.epsilon != nil } == expected[mechanism])
    let text = try await run("privacy epsilon plan.yaml --set \(setting)", in: folder)
    #expect(text.output.hasPrefix("planned: 200 users, 120 items, plan "))
    #expect(text.output.contains("nothing is guaranteed"))
  }

  @Test func aPlansEncodingsKeepItsPromise() async throws {
    let folder = try TemporaryFolder()
    try folder.write(scenario, to: "plan.yaml")
    let run = try await run("privacy plan plan.yaml --json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let plan = try JSONDecoder().decode(Encodings.self, from: Data(run.output.utf8))
    #expect(plan.tasks.map(\.task) == ["statistics", "gram", "ranker", "evaluation"])
    #expect(plan.epsilon <= 3 && plan.epsilon > 2.9)
    #expect(plan.tasks.map(\.cohort) == [200, 200, 70, 90])
    #expect(plan.tasks.allSatisfy { $0.uploadBytes <= $0.writtenUploadBytes })
    // Three contributions a day: five of them, the last one with all that is spent.
    #expect(plan.days.map(\.contributions) == [3, 5] && plan.days.last?.date == plan.budgetEnd)
    #expect(plan.days.map(\.task) == ["ranker", "evaluation"])
    #expect(plan.days[0].epsilon < plan.days[1].epsilon && plan.days[1].epsilon == plan.epsilon)
    let table = try await self.run("privacy plan plan.yaml --start 2999-12-31", in: folder)
    #expect(table.output.contains("The budget is spent on 3000-01-01"), "\(table.output)")
    for word in ["scale bits", "ring bits", "rotated", "signal/noise", "wraps", "Together"] {
      #expect(table.output.contains(word))
    }
    let none = try await self.run(
      "privacy plan plan.yaml --set privacy.mechanism=none", in: folder)
    #expect(none.status == 65 && none.errors.contains("there is no noise"))
  }

  @Test func severalMechanismsComeFromAFile() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      neighbors: replace-one
      events:
        - {mechanism: gaussian, noiseMultiplier: 4}
        - {mechanism: gaussian, noiseMultiplier: 8, rounds: 4}
      """, to: "plan.yaml")
    let run = try await run("privacy epsilon --events plan.yaml --delta 1e-6", in: folder)
    let same = try await self.run(
      "privacy epsilon --gaussian 4 --rounds 2 --neighbors replace-one --delta 1e-6")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.split(separator: "\n").first == same.output.split(separator: "\n").first)
  }

  @Test func faultsOfAPlanAreAllNamedWithTheirLines() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      events:
        - mechanism: gausian
        - mechanism: gaussian
          noiseMultiplier: -1
          samplingrate: 0.1
        - mechanism: skellam
          variance: 4
      """, to: "plan.yaml")
    let run = try await run("privacy epsilon --events plan.yaml --delta 1e-6", in: folder)
    #expect(run.status == 65)
    #expect(run.output.isEmpty)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 4, "\(run.errors)")
    #expect(lines[0].contains("plan.yaml:2:16: events[0].mechanism: gausian is not known; did"))
    #expect(lines[1].contains("plan.yaml:4:22: events[1].noiseMultiplier: -1 is not possible"))
    #expect(lines[2].contains("plan.yaml:5:5: events[1].samplingrate: unknown key"))
    #expect(lines[3].contains("plan.yaml:6:5: events[2].squaredSensitivity: is missing"))
  }

  @Test func aMissingPlanExits66() async throws {
    let run = try await run("privacy epsilon --events none.yaml --delta 1e-6")
    #expect(run.status == 66)
  }

  @Test func comparisonHasEveryMethod() async throws {
    let run = try await run(
      "privacy compare --gaussian 5 --rounds 10 --delta 1e-6 --json")
    #expect(run.status == 0, "\(run.errors)")
    let figures = try JSONDecoder().decode(Comparison.self, from: Data(run.output.utf8))
    #expect(
      figures.rows.map(\.method) == [
        "exact Gaussian", "privacy loss distributions", "Renyi divergences",
        "advanced composition", "naive composition",
      ])
    #expect(figures.rows.first?.ratio == 1)
  }

  @Test func aCurveIsOneFileWithBothThemes() async throws {
    let folder = try TemporaryFolder()
    let run = try await run("privacy curve --gaussian 2 --rounds 3 --out c.svg --json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let svg = try String(contentsOf: folder.url.appending(path: "c.svg"), encoding: .utf8)
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(svg.contains("prefers-color-scheme:dark") && svg.contains("<polyline"))
    let figures = try JSONDecoder().decode(Curve.self, from: Data(run.output.utf8))
    let epsilons = figures.points.map(\.epsilon)
    #expect(epsilons.count == 31 && epsilons == epsilons.sorted())
  }

  @Test func conformanceSaysYesOrNo() async throws {
    let folder = try TemporaryFolder()
    try folder.write(vectors(epsilon: 4.88655411746221), to: "good/a.json")
    try folder.write(vectors(epsilon: 5.1), to: "bad/a.json")
    try folder.write(vectors(epsilon: 5.1).replacing("params", with: "parms"), to: "odd/a.json")
    let good = try await run("privacy conformance good --json --quiet", in: folder)
    #expect(good.status == 0, "\(good.errors)")
    let bad = try await run("privacy conformance bad", in: folder)
    #expect(bad.status == 1)
    #expect(bad.output.contains("a.json g-0: epsilon at delta 1e-06 is 4.8865"))
    #expect(bad.output.contains("UNSOUND"))
    let odd = try await run("privacy conformance odd", in: folder)
    #expect(odd.status == 65)
    #expect(odd.errors == "error: a.json: case g-0: params is missing\n")
    #expect(try await run("privacy conformance none", in: folder).status == 66)
  }

  private func vectors(epsilon: Double) -> String {
    """
    {"schema": "dp-accounting-vectors/1", "title": "t", "methods": {"ref.x": {}}, "notes": [],
     "cases": [{"id": "g-0", "mechanism": "gaussian", "adjacency": "add_or_remove_one",
       "params": {"noise_multiplier": 1.0, "count": 1},
       "results": [{"quantity": "epsilon", "at": {"delta": 1e-6},
         "values": {"ref.x": {"v": \(epsilon)}}}]}]}
    """
  }

  private struct Guarantee: Decodable {
    struct Interval: Decodable { let upper, lower: Double }
    let epsilon, delta: Interval
    let neighbors: String
    let assumptions: [String]
  }

  private struct Cohort: Decodable {
    struct Guarantee: Decodable { let adversaries: [String] }
    let cohort, honestDevices: Int
    let guarantee: Guarantee
  }

  private struct Promised: Decodable {
    struct Guarantee: Decodable, Equatable {
      let adversary: String
      let epsilon: Double?
      let delta: Double
      let assumptions: [String]
    }
    let guarantees: [Guarantee]
  }

  private struct Encodings: Decodable {
    struct Task: Decodable {
      let task: String
      let cohort, uploadBytes, writtenUploadBytes: Int
    }
    struct Day: Decodable {
      let date, task: String
      let contributions: Int
      let epsilon: Double
    }
    let epsilon: Double
    let tasks: [Task]
    let days: [Day]
    let budgetEnd: String?
  }

  private struct Comparison: Decodable {
    struct Row: Decodable {
      let method: String
      let ratio: Double?
    }
    let rows: [Row]
  }

  private struct Curve: Decodable {
    struct Point: Decodable { let epsilon: Double }
    let points: [Point]
  }
}
