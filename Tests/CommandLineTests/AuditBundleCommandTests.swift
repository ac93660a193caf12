import CryptoPrimitives
import Foundation
import Testing
import TransparencyLog

/// `audit bundle` of a served log, and the commands of `coordinator log` that lead there.
@Suite struct AuditBundleCommandTests {
  @Test func aServedLogIsAllThatIsNeeded() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("version 2: two plans"))
    try files.writeLog(of: bundle, to: "public/log")
    let run = try await files.run("audit bundle --log public/log --out log.bundle")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("entries, 2 plans, bundle \(bundle.hash)"))
    #expect(
      try Data(contentsOf: files.folder.url.appending(path: "log.bundle")) == Data(bundle.encoded))
    let verify = try await files.run("audit verify log.bundle --keys public/log/keys.json")
    #expect(verify.status == 0, "\(verify.errors)")
    let json = try await files.run(
      "audit bundle --log public/log --keys public/log/keys.json --out again.bundle --json")
    #expect(json.status == 0 && json.output.contains("\"hash\" : \"\(bundle.hash)\""))
  }

  @Test func whatIsMissingIsNamedWithTheRemedy() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("one round"))
    try files.writeLog(of: bundle, to: "log", plans: false)
    let hash = Blake2b.digest(bundle.plans[0])
    try files.write(bundle.plans[0] + [10], to: "plan.yaml")
    let run = try await files.run("audit bundle --log log --plan plan.yaml --out x.bundle")
    #expect(run.status == 66)
    let given = Blake2b.digest(bundle.plans[0] + [10])
    #expect(run.errors.contains("the log names the plan \(hash)"), "\(run.errors)")
    #expect(run.errors.contains("(plan.yaml has \(given))"))
    #expect(run.errors.contains("silhouette coordinator log export"))
    try files.write(bundle.plans[0], to: "signed.yaml")
    let good = try await files.run("audit bundle --log log --plan signed.yaml --out x.bundle")
    #expect(good.status == 0 && good.output.contains("6 entries, 1 plan, "))
    try files.write(bundle.plans[0] + [10], to: "log/plans/\(hash)")
    let other = try await files.run("audit bundle --log log --out y.bundle")
    #expect(other.status == 65 && other.errors.contains("plans/\(hash) is another document"))

    try FileManager.default.removeItem(at: files.folder.url.appending(path: "log/keys.json"))
    let keyless = try await files.run("audit bundle --log log --plan signed.yaml --out y.bundle")
    #expect(
      keyless.status == 66
        && keyless.errors.contains("log/keys.json: no such file; say with --keys"))
    #expect(!files.folder.holds("y.bundle"))
  }

  @Test func keysOfAnotherLogAreNotTheBundlesFault() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("one round"))
    try files.writeLog(of: bundle, to: "log")
    let other = String(repeating: "0b", count: 32)
    try files.folder.write(
      AuditFiles.keys(bundle.policy).replacing(
        bundle.policy.log.key.encoding.description, with: other),
      to: "other.json")
    let run = try await files.run("audit bundle --log log --keys other.json --out x.bundle")
    #expect(run.status == 1)
    #expect(
      run.errors.contains("the log in log is not that of other.json, whose field log is \(other)"))
    #expect(!files.folder.holds("x.bundle"))
  }

  @Test func aDamagedLogIsNamedByItsFile() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("one round"))
    try files.writeLog(of: bundle, to: "log")
    try files.write(Array(bundle.head.encoded.dropLast(3)), to: "log/head")
    let head = try await files.run("audit bundle --log log --out x.bundle")
    #expect(
      head.status == 65 && head.errors.contains("head: truncated: it ends within "),
      "\(head.errors)")
    try files.write(bundle.head.encoded, to: "log/head")
    try files.write([1], to: "log/tile/entries/000.p/6")
    let entries = try await files.run("audit bundle --log log --out x.bundle")
    #expect(
      entries.status == 65 && entries.errors.contains("tile/entries/000.p/6: truncated"),
      "\(entries.errors)")
    let folder = try await files.run(
      "audit bundle --log nowhere --keys log/keys.json --out x.bundle")
    #expect(folder.status == 66 && folder.errors.contains("nowhere/head: no such file"))
    let address = try await files.run(
      "audit bundle --log http://127.0.0.1:1/log --keys log/keys.json --out x.bundle")
    #expect(address.status == 66 && address.errors.contains("download the log's files first"))
  }

  @Test(
    arguments: [
      ("audit bundle --out x", "say where the log is"),
      ("audit bundle --dir a --log b --out x", "say where the log is"),
      ("audit bundle --dir a --plan p --out x", "--plan goes with --log"),
      ("audit bundle --dir a", "--out"),
    ])
  func wrongUsageIs64(line: String, words: String) async throws {
    let run = try await AuditFiles().run(line)
    #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
  }
}

/// `coordinator log` of a coordinator of one's own.
@Suite struct CoordinatorLogCommandTests {
  /// A coordinator that has run for a moment: its log is published, and empty.
  private func coordinator(_ files: AuditFiles) async throws {
    let made = try await files.run(
      "coordinator init --dir state --url https://127.0.0.1:18443 --host 127.0.0.1 --port 0")
    #expect(made.status == 0, "\(made.errors)")
    let process = Process()
    process.executableURL = URL(filePath: try BuiltProduct.path())
    process.arguments = ["coordinator", "run", "--dir", "state"]
    process.currentDirectoryURL = files.folder.url
    process.environment = ["HOME": files.folder.url.path(percentEncoded: false)]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    let deadline = ContinuousClock.now + .seconds(900)
    while ContinuousClock.now < deadline {
      let shown = try await files.run("coordinator log show --dir state --json")
      if shown.output.contains("\"root\"") { return }
    }
    Issue.record("the coordinator has published no log within a quarter of an hour")
  }

  @Test(arguments: ["show", "keys", "export"])
  func everyCommandsHelpHasAnExample(command: String) async throws {
    let run = try await AuditFiles().run("coordinator log \(command) --help")
    #expect(run.status == 0 && run.output.contains("  silhouette coordinator log \(command)"))
  }

  /// What README promises to somebody who has the exported folder and nothing else.
  @Test func anExportedLogCanBeAudited() async throws {
    let files = try AuditFiles()
    try await coordinator(files)
    let exported = try await files.run("coordinator log export --dir state --out public/log --json")
    #expect(exported.status == 0, "\(exported.errors)")
    let keys = try await files.run("coordinator log keys --dir state")
    #expect(keys.output == (try files.read("public/log/keys.json")))
    try files.folder.write(keys.output, to: "keys.json")
    let bundle = try await files.run("audit bundle --log public/log --out served.bundle")
    #expect(bundle.status == 0, "\(bundle.errors)")
    let own = try await files.run("audit bundle --dir state --out own.bundle")
    #expect(own.status == 0 && own.output.contains("0 entries, 0 plans"), "\(own.errors)")
    for name in ["served", "own"] {
      let verify = try await files.run("audit verify \(name).bundle --keys keys.json")
      #expect(verify.status == 0, "\(verify.errors)")
    }
    let shown = try await files.run("coordinator log show --dir state")
    #expect(shown.output.hasPrefix("key   ") && shown.output.contains("\nsize  0\n"))
    let report = try await files.run("audit report own.bundle --out audit --key auditor.key")
    #expect(report.status == 0, "\(report.errors)")
    #expect(try files.read("audit/report.html").contains("This log has no plan"))
  }

  @Test func whatIsNoCoordinatorSaysSo() async throws {
    let files = try AuditFiles()
    for line in [
      "coordinator log show --dir none", "coordinator log keys --dir none",
      "coordinator log export --dir none --out public", "audit bundle --dir none --out x.bundle",
    ] {
      let run = try await files.run(line)
      #expect(run.status == 66, "\(line): \(run.errors)")
      #expect(run.errors.hasPrefix("error: none"), "\(line): \(run.errors)")
    }
    #expect(!files.folder.holds("x.bundle"))
  }

  @Test func aLogThatWasNeverPublishedSaysHowItIs() async throws {
    let files = try AuditFiles()
    let made = try await files.run("coordinator init --dir state --url https://127.0.0.1:18443")
    #expect(made.status == 0)
    for line in [
      "coordinator log export --dir state --out public", "audit bundle --dir state --out x",
    ] {
      let run = try await files.run(line)
      #expect(
        run.status == 66 && run.errors.contains("silhouette coordinator run --dir state"),
        "\(run.errors)")
    }
    let keys = try await files.run("coordinator log keys --dir state")
    #expect(keys.status == 0 && keys.output.contains("\"quorum\" : 0"))
  }
}
