import Foundation
import Testing
import TransparencyLog

/// `audit report` and `audit check` from outside.
@Suite struct AuditReportCommandTests {
  private struct Written: Decodable {
    let files: [String]
    let bundle: String
    let key: String
  }

  /// A report of a bundle in the folder `audit`, and what was said of it.
  private func report(_ files: AuditFiles, _ options: String = "") async throws -> Written {
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("two plans"))
    try files.write(bundle.encoded, to: "log.bundle")
    try files.folder.write(AuditFiles.keys(bundle.policy), to: "keys.json")
    let run = try await files.run(
      "audit report log.bundle --out audit --key auditor.key --json \(options)")
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Written.self, from: Data(run.output.utf8))
  }

  /// Every command that the page names works as it stands there, on files of the names that are there.
  @Test func thePageCanBeCheckedToTheLetter() async throws {
    let files = try AuditFiles()
    let written = try await report(files)
    #expect(written.files == ["audit/report.html", "audit/report.json", "audit/report.sig"])
    let html = try files.read("audit/report.html")
    #expect(html.contains(written.key) && html.contains(written.bundle))
    // Each charged round has its mechanism, and what no entry is about is said.
    let figures = try files.read("audit/report.json")
    let charged = figures.matches(of: /"isCharged" : true/).count
    #expect(charged > 0 && figures.matches(of: /"mechanism" : \{/).count == charged)
    #expect(html.matches(of: /counts of check-ins/).count == 1)
    #expect(figures.contains("counts of check-ins"))
    let block = try #require(html.firstMatch(of: /<pre><code>(silhouette[^<]*)<\/code>/))
    let lines = block.1.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { $0.hasPrefix("silhouette ") }
    #expect(lines.count == 3)
    for line in lines {
      let run = try await files.run(String(line.dropFirst("silhouette ".count)))
      #expect(run.status == 0, "\(line): \(run.errors)")
    }
    // Made anew it says the same but for who has signed it.
    let again = try files.read("again/report.json")
    let other = try #require(again.firstMatch(of: /"signer" : "([0-9a-f]{64})"/)).1
    #expect(other != written.key)
    #expect(
      again.replacing(other, with: written.key) == (try files.read("audit/report.json")))
  }

  @Test func aReportThatWasChangedIsFound() async throws {
    let files = try AuditFiles()
    let key = try await report(files).key
    let good = try await files.run("audit check audit/report.html --key \(key)")
    #expect(good.status == 0, "\(good.errors)")
    #expect(good.output.hasPrefix("report.html and report.json are as \(key) has signed them\n"))
    let unpinned = try await files.run("audit check audit --json")
    #expect(unpinned.output.contains("\"isPinned\" : false"))

    let stranger = String(repeating: "0b", count: 32)
    let other = try await files.run("audit check audit --key \(stranger)")
    #expect(
      other.status == 1 && other.errors.contains("it was signed by \(key), and not by \(stranger)"))

    let html = try files.read("audit/report.html")
    try files.folder.write(html.replacing("0.5", with: "0.1"), to: "audit/report.html")
    let changed = try await files.run("audit check audit --key \(key)")
    #expect(changed.status == 1)
    #expect(changed.errors.contains("report.html is another file than the one that was signed"))
    try files.folder.write(html, to: "audit/report.html")

    let signature = try files.read("audit/report.sig")
    let digits = try #require(signature.firstMatch(of: /"signature" : "([0-9a-f]{128})"/)).1
    try files.folder.write(
      signature.replacing(digits, with: String(digits.reversed())), to: "audit/report.sig")
    let forged = try await files.run("audit check audit --key \(key)")
    #expect(forged.status == 1 && forged.errors.contains("the signature does not hold"))
    try files.folder.write("{\"schema\": 1}", to: "audit/report.sig")
    let faulty = try await files.run("audit check audit --key \(key)")
    #expect(faulty.status == 65 && faulty.errors.contains("audit/report.sig: "), "\(faulty.errors)")
  }

  @Test func aReportIsOfItsBundle() async throws {
    let files = try AuditFiles()
    let key = try await report(files).key
    try files.write(AuditFiles.bundle("one round"), to: "other.bundle")
    let other = try await files.run("audit check audit --key \(key) --bundle other.bundle")
    #expect(other.status == 1 && other.errors.contains("and the report is about "))
    try files.write(AuditFiles.bundle("cut"), to: "cut.bundle")
    let refused = try await files.run("audit check audit --key \(key) --bundle cut.bundle")
    #expect(refused.status == 1 && refused.errors.contains("cut.bundle is refused: "))
    let missing = try await files.run("audit check nowhere --key \(key)")
    #expect(missing.status == 66)
    let short = try await files.run("audit check audit --key 12ab")
    #expect(short.status == 64 && short.errors.contains("64 hexadecimal digits"))
  }

  @Test func whatIsNoSigningKeyIsNamed() async throws {
    let files = try AuditFiles()
    _ = try await report(files)
    let keys = try await files.run("audit report log.bundle --out x --key keys.json")
    #expect(keys.status == 65)
    #expect(keys.errors.hasPrefix("error: keys.json: "), "\(keys.errors)")
    let folder = try await files.run("audit report log.bundle --out x --key audit")
    #expect(folder.status == 65 && folder.errors.contains("audit: this is a folder"))
    #expect(!files.folder.holds("x"))
    let missing = try await files.run("audit report log.bundle --out x")
    #expect(missing.status == 64)
  }

  @Test func aRefusedBundleHasNoReport() async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle("cut"), to: "log.bundle")
    let run = try await files.run("audit report log.bundle --out audit --key auditor.key")
    #expect(run.status == 1 && !files.folder.holds("audit") && !files.folder.holds("auditor.key"))
  }

  private static let measured = """
    {"schema": "silhouette-empirical-audit/1", "scenario": "demo", "seed": 1, "tasks": [{"task": "statistics",
     "method": "m", "canaries": 100, "guesses": 30, "correct": 17, "releases": 1, "claimedEpsilon": 0.835,
     "delta": 1e-5, "lowerBound": 0.1, "ceiling": 2.1, "alpha": 0.05, "verdict": "pass"}]}
    """

  /// A measurement of something else is shown as what it is, and not as one of these plans.
  @Test func aMeasurementOfSomethingElseIsMarked() async throws {
    let files = try AuditFiles()
    try files.folder.write(Self.measured, to: "measured.json")
    _ = try await report(files, "--empirical measured.json")
    let html = try files.read("audit/report.html")
    #expect(html.contains("Not measured of any plan of this page"))
    #expect(html.contains("the scenario demo"))
  }

  @Test(
    arguments: [
      ("{", "this is not JSON"), (measured.replacing("\"seed\": 1, ", with: ""), "seed is missing"),
      (
        measured.replacing("audit/1", with: "audit/9"), "its schema is silhouette-empirical-audit/9"
      ),
    ])
  func aFaultyMeasurementIsNamed(text: String, words: String) async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle("one round"), to: "log.bundle")
    try files.folder.write(text, to: "measured.json")
    let run = try await files.run(
      "audit report log.bundle --out audit --key auditor.key --empirical measured.json")
    #expect(
      run.status == 65 && run.errors.hasPrefix("error: measured.json: \(words)"), "\(run.errors)")
  }
}
