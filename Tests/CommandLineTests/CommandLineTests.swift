import Foundation
import Testing

/// The program from outside: help, exit codes and messages.
@Suite struct CommandLineTests {
  @Test func helpListsTheCommandsAndExitCodes() async throws {
    let run = try await BuiltProduct.run("--help", in: TemporaryFolder())
    #expect(run.status == 0)
    for word in ["simulate", "privacy", "data", "doctor", "Exit codes", "Example"] {
      #expect(run.output.contains(word))
    }
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: [
    ["simulate"], ["privacy"], ["data"], ["data", "fetch"], ["data", "describe"],
    ["data", "generate"],
    ["doctor"],
  ])
  func everyCommandsHelpHasAnExample(command: [String]) async throws {
    let words = command + ["--help"]
    let folder = try TemporaryFolder()
    let run =
      words.count == 2
      ? try await BuiltProduct.run(words[0], words[1], in: folder)
      : try await BuiltProduct.run(words[0], words[1], words[2], in: folder)
    #expect(run.status == 0)
    #expect(run.output.contains("Example"))
    #expect(run.output.contains("  silhouette \(command.joined(separator: " "))"))
  }

  @Test func versionIsPrinted() async throws {
    let run = try await BuiltProduct.run("--version", in: TemporaryFolder())
    #expect(run.status == 0)
    #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test func faultyScenarioExits65AndNamesTheLine() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "name: a\nbehavior:\n  source: synthetic\nprivacy:\n  epsilon: -1\n  delta: 2\n",
      to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", in: folder)
    #expect(run.status == 65)
    #expect(run.output.isEmpty)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("error: plan.yaml:5:12: privacy.epsilon: -1") == true)
    #expect(lines.last?.hasPrefix("error: plan.yaml:6:10: privacy.delta: 2") == true)
  }

  @Test func faultyOverrideExits65AndNamesIt() async throws {
    let folder = try TemporaryFolder()
    try folder.write("name: a\nbehavior: {source: synthetic}\n", to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", "--set", "sed=1", in: folder)
    #expect(run.status == 65)
    #expect(run.errors == "error: --set sed=1: sed: unknown key; did you mean seed?\n")
  }

  @Test func scenarioThatIsNotTextExits65() async throws {
    let folder = try TemporaryFolder()
    try Data([0xff, 0xfe, 0x00]).write(to: folder.url.appending(path: "plan.yaml"))
    let run = try await BuiltProduct.run("simulate", "plan.yaml", in: folder)
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("error: plan.yaml: this is not UTF-8 text"))
  }

  @Test func unknownFlagExits64() async throws {
    let run = try await BuiltProduct.run("doctor", "--jason", in: TemporaryFolder())
    #expect(run.status == 64)
    #expect(run.errors.hasPrefix("error: "))
    #expect(run.errors.contains("--jason"))
  }

  @Test func optionOutOfRangeExits64() async throws {
    let run = try await BuiltProduct.run(
      "data", "generate", "--out", "x", "--users", "1", in: TemporaryFolder())
    #expect(run.status == 64)
    #expect(run.errors.contains("--users is 1; write 2 or more"))
  }

  @Test func unknownDataSetExits64WithAGuess() async throws {
    let run = try await BuiltProduct.run("data", "fetch", "movielens-100", in: TemporaryFolder())
    #expect(run.status == 64)
    #expect(run.errors.contains("did you mean movielens-100k?"))
  }

  @Test(arguments: [
    (["--users", "99999999999"], "--users is 99999999999; write 50000000 or less"),
    (["--interests", "5000"], "--interests is 5000; write 1000 or less"),
    (["--users", "200000"], "write --events 200000 or more"),
    (["--seed", "-1"], "The value '-1' is invalid for '--seed"),
    (["--out", ""], "--out is empty"),
  ])
  func optionAtFaultIsTheOneThatIsNamed(options: [String], message: String) async throws {
    let folder = try TemporaryFolder()
    let run = try await BuiltProduct.run(
      "data", "generate", "--out", "x", options[0], options[1], in: folder)
    #expect(run.status == 64)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(!folder.holds("x"))
  }

  @Test func whatIsNeitherFileNorDataSetExits66() async throws {
    let folder = try TemporaryFolder()
    let unknown = try await BuiltProduct.run("data", "describe", "movielens-10k", in: folder)
    #expect(unknown.status == 66)
    #expect(unknown.errors.contains("did you mean movielens-100k?"))
    let empty = try await BuiltProduct.run("data", "describe", ".", in: folder)
    #expect(empty.status == 66)
    #expect(empty.errors.contains(". holds nothing to describe; name a folder with"))
    #expect(!empty.errors.contains("--data"))
  }

  @Test func folderIsNoScenario() async throws {
    let run = try await BuiltProduct.run("simulate", ".", in: TemporaryFolder())
    #expect(run.status == 66)
    #expect(run.errors.hasPrefix("error: .: this is a folder; name a scenario file"))
  }

  /// `/dev/full` refuses every byte; there is none on macOS.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func resultsThatCannotBeWrittenExit73() async throws {
    let folder = try TemporaryFolder()
    for word in ["doctor", "--help"] {
      let run = try await BuiltProduct.run(word, in: folder, outputFile: "/dev/full")
      #expect(run.status == 73, "\(word)")
      #expect(run.errors.contains("the standard output cannot be written: No space left"))
    }
  }

  @Test func missingScenarioExits66() async throws {
    let run = try await BuiltProduct.run("simulate", "none.yaml", in: TemporaryFolder())
    #expect(run.status == 66)
    #expect(run.errors.hasPrefix("error: none.yaml: no such file; "))
    #expect(run.errors.split(separator: "\n").count == 1)
  }

  @Test func outputFolderThatCannotBeMadeExits73() async throws {
    let folder = try TemporaryFolder()
    try folder.write("name: a\nbehavior: {source: synthetic}\n", to: "plan.yaml")
    // A file is in the way, which stops even a superuser.
    try folder.write("", to: "taken")
    let run = try await BuiltProduct.run(
      "simulate", "plan.yaml", "--out", "taken/report", in: folder)
    #expect(run.status == 73)
    #expect(run.errors.hasPrefix("error: taken/report cannot be written: taken is not a folder; "))
  }

  @Test func doctorTellsWhatItFindsAsJSON() async throws {
    let run = try await BuiltProduct.run("doctor", "--json", in: TemporaryFolder())
    #expect(run.status == 0)
    let figures = try JSONDecoder().decode(Doctor.self, from: Data(run.output.utf8))
    #expect(figures.cores > 0)
    #expect(figures.memoryBytes > 0)
    #expect(figures.libraries.count == 3)
    #expect(figures.libraries.allSatisfy { !$0.version.isEmpty })
    #expect(figures.dataSets.map(\.name) == ["movielens-100k", "movielens-1m"])
  }

  @Test func doctorTellsWhatItFindsInWords() async throws {
    let run = try await BuiltProduct.run("doctor", in: TemporaryFolder())
    #expect(run.status == 0)
    #expect(run.output.contains("libsodium: 1."))
    #expect(run.output.contains("silhouette data fetch movielens-100k"))
  }

  private struct Doctor: Decodable {
    struct Library: Decodable { let version: String }
    struct DataSet: Decodable { let name: String }
    let libraries: [Library]
    let cores: Int
    let memoryBytes: UInt64
    let isCacheWritable: Bool
    let dataSets: [DataSet]
  }
}
