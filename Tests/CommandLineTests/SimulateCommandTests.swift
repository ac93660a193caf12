import Foundation
import Testing

/// A whole simulation through the command line, small enough for every test run.
@Suite struct SimulateCommandTests {
  private let plan = """
    name: small
    behavior:
      source: synthetic
      synthetic: {users: 200, items: 120, events: 4000, interests: 4}
    tasks:
      gram: {headItems: 40, tailGroups: 8, maxRank: 8}
      ranker: {rounds: 2, negatives: 10}
    evaluation: {sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0, 3]}
    """

  @Test func simulateWritesBothReportsAndATable() async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("NDCG@10"))
    #expect(run.output.hasSuffix("Report: runs/small/report.html\n"))
    let reports = folder.url.appending(path: "runs/small")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: reports.path(percentEncoded: false))
    #expect(names.sorted() == ["model.silhouette", "report.html", "report.json"])
    let page = try String(contentsOf: reports.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("<html"))
  }

  @Test func jsonOnStdoutIsTheReportFile() async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    let run = try await BuiltProduct.run(
      "simulate", "plan.yaml", "--json", "--quiet", "--out", "here", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)
    let file = folder.url.appending(path: "here/report.json")
    #expect(try String(contentsOf: file, encoding: .utf8) == run.output)
  }

  @Test func movieLensThatCannotBeHadIsReplacedAndTheTitleSaysSo() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      plan.replacingOccurrences(of: "source: synthetic", with: "source: movielens-100k"),
      to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("notice: movielens-100k is not at hand"))
    #expect(
      run.output.hasPrefix(
        "Private profiles from a synthetic population in place of movielens-100k"))
    #expect(run.output.contains("Nobody did any of this"))
    let page = try String(
      contentsOf: folder.url.appending(path: "runs/small/report.html"), encoding: .utf8)
    #expect(page.contains("SYNTHETIC BEHAVIOR IN PLACE OF MOVIELENS-100K"))
  }

  @Test func variableThatNamesTheWrongFolderExits66() async throws {
    let folder = try TemporaryFolder()
    try folder.write("name: a\nbehavior: {source: movielens-100k}\n", to: "plan.yaml")
    let run = try await BuiltProduct.run(
      "simulate", "plan.yaml", in: folder, environment: ["SILHOUETTE_DATA": "/nonexistent"])
    #expect(run.status == 66)
    #expect(run.errors.contains("movielens-100k is not in /nonexistent or /nonexistent/ml-100k"))
    #expect(run.errors.contains("mend $SILHOUETTE_DATA"))
    #expect(run.errors.contains("silhouette data fetch movielens-100k --to \"$SILHOUETTE_DATA\""))
  }

  @Test(arguments: [
    ("encoding.ringBits=16", "encoding.ringBits 16 is too"),
    ("encoding.scaleBits=30", "write a whole number, 1 to 20"),
  ])
  func settingsThatCannotBeRunExit65AndLeaveNoFolder(
    setting: String, message: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan + "\nencoding: {scaleBits: 14}\n", to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", "--set", setting, in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(!folder.holds("runs"))
  }

  /// Rounding so coarse that integer noise costs more than the plan's epsilon, on devices and on rings.
  @Test(arguments: [
    ("encoding.scaleBits=4", "encoding.scaleBits 4 is too small", "write encoding.scaleBits "),
    (
      "encoding.ringBits=16", "encoding.ringBits 16 is too small",
      "and encoding.scaleBits auto"
    ),
    ("privacy.epsilon=1000", "privacy.epsilon 1000 cannot be certified", "write privacy.epsilon "),
  ])
  func plansThatCostMoreThanTheirEpsilonExit65BeforeTheyRun(
    setting: String, message: String, remedy: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", "--set", setting, in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains(message) && run.errors.contains(remedy), "\(run.errors)")
    #expect(!run.errors.contains("training"))
    #expect(run.output.isEmpty && !folder.holds("runs"))
    // What the message says to write works, and one less of it does not.
    let words = run.errors.split(separator: " ").map { $0.trimmingCharacters(in: .newlines) }
    let key = try #require(words.firstIndex(of: "write"))
    let (name, value) = (words[key + 1], try #require(Int(words[key + 2])))
    func status(_ value: Int) async throws -> Int32 {
      try await BuiltProduct.run(
        "simulate", "plan.yaml", "--set", "\(name)=\(value)", "--quiet", in: folder
      ).status
    }
    #expect(try await status(value) == 0)
    if name != "privacy.epsilon" { #expect(try await status(value - 1) == 65) }
  }

  @Test func figuresThatMeanLittleAreWarnedOfOnTheConsoleAndInTheReport() async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    let run = try await BuiltProduct.run(
      "simulate", "plan.yaml", "--set", "privacy.delta=0.01", "--set", "evaluation.users=1",
      in: folder)
    #expect(run.status == 0)
    #expect(run.errors.contains("warning: privacy.delta 0.01 is no promise to 200 users"))
    #expect(run.errors.contains("warning: Quality is measured on 1 user of 200"))
    let page = try String(
      contentsOf: folder.url.appending(path: "runs/small/report.html"), encoding: .utf8)
    #expect(page.contains("privacy.delta 0.01 is no promise to 200 users"))
    #expect(page.contains("quality measured on 1"))
  }

  @Test func badRowsAreWarnedOfOnTheConsole() async throws {
    let folder = try TemporaryFolder()
    let rows = (0..<400).map { "u\($0 % 20),i\($0 * 7 % 60)" }
    try folder.write(
      (["user,item"] + rows + ["only one field"]).joined(separator: "\n"), to: "events.csv")
    try folder.write(
      "name: own\nbehavior: {source: csv, events: events.csv}\n"
        + "evaluation: {bootstrapResamples: 40}\n", to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", "--quiet", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("warning: 1 bad row was left out, the first at "))
    #expect(run.errors.contains("events.csv:402: 2 fields expected, 1 found"))
  }

  @Test func folderWithoutTheDataSetExits66() async throws {
    let folder = try TemporaryFolder()
    try folder.write("name: a\nbehavior: {source: movielens-100k}\n", to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", "--data", "none", in: folder)
    #expect(run.status == 66)
    #expect(run.errors.contains("name its folder with --data"))
  }

  @Test func eventsThatAreMissingExit66() async throws {
    let folder = try TemporaryFolder()
    try folder.write("name: a\nbehavior: {source: csv, events: none.csv}\n", to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", in: folder)
    #expect(run.status == 66)
    #expect(run.errors.contains("none.csv: no such file"))
  }

  @Test func downloadWithoutConsentExits69() async throws {
    let run = try await BuiltProduct.run("data", "fetch", "movielens-100k", in: TemporaryFolder())
    #expect(run.status == 69)
    #expect(run.errors.contains("nobody agreed"))
  }

  @Test func generatedBehaviorIsDescribedAndSimulated() async throws {
    let folder = try TemporaryFolder()
    let generated = try await BuiltProduct.run(
      "data", "generate", "--out", "m", "--users", "50", "--items", "40", "--events", "900",
      "--interests", "3", in: folder)
    #expect(generated.status == 0, "\(generated.errors)")
    #expect(generated.output == "m/events.csv\nm/catalogue.csv\nm/truth.csv\n")
    let again = try await BuiltProduct.run(
      "data", "generate", "--out", "again/folder", "--users", "50", "--items", "40", "--json",
      in: folder)
    #expect(again.output.contains("\"again/folder/events.csv\""), "\(again.errors)")
    let described = try await BuiltProduct.run("data", "describe", "m", "--json", in: folder)
    #expect(described.status == 0, "\(described.errors)")
    _ = try JSONSerialization.jsonObject(with: Data(described.output.utf8))
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func signalLeavesNoReportAndExitsWithItsCode(signal: Int32, status: Int32) async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "name: long\nbehavior: {source: synthetic, synthetic: {users: 20000, events: 1000000}}\n",
      to: "plan.yaml")
    let process = Process()
    process.executableURL = URL(filePath: try BuiltProduct.path())
    process.arguments = ["simulate", "plan.yaml"]
    process.currentDirectoryURL = folder.url
    process.standardInput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    // The first line of progress says that the handlers are in place.
    _ = errors.fileHandleForReading.availableData
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == status)
    #expect(!folder.holds("runs"))
  }
}
