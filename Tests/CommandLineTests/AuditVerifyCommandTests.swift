import CryptoPrimitives
import Foundation
import Testing
import TransparencyLog

/// `audit verify` from outside: verdicts, words and exit codes.
@Suite struct AuditVerifyCommandTests {
  private struct Verdict: Decodable {
    struct Guarantee: Decodable {
      let adversary: String
      let epsilon: Double?
      let reason: String?
    }

    struct Total: Decodable {
      let delta: Double
      let guarantees: [Guarantee]
    }

    struct Plan: Decodable {
      let name: String
      let guarantees: [Guarantee]
    }

    let accepted: Bool
    let rule: String?
    let plan: Int?
    let detail: String?
    let total: Total?
    let plans: [Plan]?
  }

  private func verdict(_ run: BuiltProduct.Run) throws -> Verdict {
    try JSONDecoder().decode(Verdict.self, from: Data(run.output.utf8))
  }

  @Test(arguments: [
    "audit", "audit verify", "audit bundle", "audit report", "audit check", "audit empirical",
  ])
  func everyCommandsHelpHasAnExample(command: String) async throws {
    let run = try await AuditFiles().run("\(command) --help")
    #expect(run.status == 0 && run.output.contains("  silhouette \(command)"))
  }

  /// What several plans cost together is said first, and is more than any of them costs.
  @Test func severalPlansAreAddedUp() async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle("two plans"), to: "log.bundle")
    let text = try await files.run("audit verify log.bundle")
    #expect(text.status == 0, "\(text.errors)")
    let total = try #require(text.output.range(of: "all 2 plans together, at delta 10⁻¹⁰"))
    let plan = try #require(text.output.range(of: "plan strict, epsilon 0.5 promised"))
    #expect(total.lowerBound < plan.lowerBound)
    #expect(!text.output.contains("nothing") && text.output.contains("no bound against A5: "))

    let json = try await files.run("audit verify log.bundle --json")
    let verdict = try verdict(json)
    let all = try #require(verdict.total)
    #expect(all.delta == 1e-10)
    for plan in try #require(verdict.plans) {
      for (whole, part) in zip(all.guarantees, plan.guarantees) {
        guard let epsilon = part.epsilon else {
          #expect(whole.epsilon == nil && whole.reason != nil)
          continue
        }
        // What has no bound in one plan has none in all of them.
        #expect(
          whole.epsilon.map { $0 > epsilon } ?? (whole.reason != nil),
          "\(plan.name) \(part.adversary)")
      }
    }
    #expect(json.output.contains("\"epsilon\" : null") && !json.output.contains("inf"))
  }

  /// What a machine reads says as much of an epsilon as the page does, in the same words.
  @Test func figuresNameUnitNeighborsAndAssumptions() async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle("one round"), to: "log.bundle")
    let verdict = try await files.run("audit verify log.bundle --json").output
    _ = try await files.run("audit report log.bundle --out audit --key auditor.key")
    let report = try files.read("audit/report.json")
    let page = try files.read("audit/report.html")
    for text in [verdict, report] {
      #expect(text.contains("\"unit\" : \"user\"") && text.contains("\"adjacency\" : \"zeroOut\""))
      #expect(text.contains("\"assumptions\" : ["))
    }
    for words in [
      "no more work with it than the plan allows for", "replaced by nothing (zero-out)",
      "all that one person’s device contributes to a plan",
    ] {
      for text in [verdict, report, page] { #expect(text.contains(words), "\(words)") }
    }
  }

  /// A plan that failed says so nowhere in the log; that nothing closes it is worth a question.
  @Test(arguments: [("one round", true), ("a whole plan that is closed", false)])
  func aPlanThatIsNotClosedIsADeviation(name: String, isOpen: Bool) async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle(name), to: "log.bundle")
    let run = try await files.run("audit verify log.bundle --json")
    #expect(run.output.contains("is not closed: it goes on, or has failed") == isOpen)
  }

  @Test func whatIsOpenIsNamed() async throws {
    let files = try AuditFiles()
    try files.write(
      AuditFiles.bundle("two plans, one with a cohort and no debit"), to: "log.bundle")
    let run = try await files.run("audit verify log.bundle")
    #expect(run.status == 0)
    #expect(
      run.output.contains("plan second: round 1 of statistics is open and not charged yet"))
    #expect(run.output.contains("1 round, 0 charged, 0 released"))
  }

  @Test(
    arguments: [
      ("cut", "the file was cut off, it ends within bundle.hash; get it again"),
      ("with a byte more", "bytes follow the end of bundle, which is one file; get it again"),
      ("of another kind", "this is no bundle of a version that is known here"),
      ("an entry of another kind", "entry 1 (unreadable): kind: "),
      ("a release without a debit", "unpaid: released without a debit"),
      ("entries left out", "entries, and the signed head is over"),
      ("version 2: entries left out", "the signed head is over another number of entries"),
    ])
  func whatIsWrongIsSaidInWords(name: String, words: String) async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle(name), to: "log.bundle")
    let run = try await files.run("audit verify log.bundle")
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("error: log.bundle is refused: "))
    #expect(run.errors.contains(words), "\(run.errors)")
    let json = try await files.run("audit verify log.bundle --json")
    #expect(json.status == 1)
    #expect(try !verdict(json).accepted)
  }

  @Test func whatIsNoBundleAtAllIsSaidToBeNone() async throws {
    let files = try AuditFiles()
    for (name, bytes, words) in [
      ("empty", [UInt8](), "the file is empty"),
      ("json", Array("{\"a\": 1}".utf8), "this is no bundle"),
    ] {
      try files.write(bytes, to: name)
      let run = try await files.run("audit verify \(name)")
      #expect(run.status == 1 && run.errors.contains(words), "\(run.errors)")
    }
  }

  /// The leaf of an entry that another one names is in a bundle twice: after its entry, and in the other.
  @Test func theEntryThatWasChangedIsNamed() async throws {
    let files = try AuditFiles()
    let bytes = try AuditFiles.bundle("version 2: one round")
    let bundle = try AuditBundle(decoding: bytes)
    let places = bytes.ranges(of: bundle.entries[4].leaf.bytes)
    try #require(places.count == 2)
    for (place, words) in zip(
      places, ["entry 4 (debit): changed-leaf: ", "entry 5 (release): changed-entry: "])
    {
      var changed = bytes
      changed[place.lowerBound] ^= 1
      try files.write(changed, to: "log.bundle")
      let run = try await files.run("audit verify log.bundle")
      #expect(run.status == 1 && run.errors.contains(words), "\(run.errors)")
    }
  }

  @Test func thePlanThatWasChangedIsNamed() async throws {
    let files = try AuditFiles()
    var bytes = try AuditFiles.bundle("version 2: two plans")
    let plan = try AuditBundle(decoding: bytes).plans[1]
    bytes[try #require(bytes.firstRange(of: plan)).lowerBound] ^= 1
    try files.write(bytes, to: "log.bundle")
    let run = try await files.run("audit verify log.bundle --json")
    #expect(run.status == 1 && run.errors.contains("plan 1: contradiction: "), "\(run.errors)")
    #expect(try verdict(run).plan == 1)
  }

  /// Without leaves a root says that some entries were changed; the one that breaks a rule is where to look.
  @Test func aChangedByteOfAnEntryLeadsToItsPlace() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("one round"))
    var bytes = bundle.encoded
    // The debit that the release names.
    let place = try #require(bytes.firstRange(of: bundle.entries[4].leaf.bytes))
    bytes[place.lowerBound] ^= 1
    try files.write(bytes, to: "log.bundle")
    let run = try await files.run("audit verify log.bundle")
    #expect(run.status == 1)
    #expect(
      run.errors.contains("at least one of the 6 was changed after the head was signed"),
      "\(run.errors)")
    #expect(
      run.errors.contains("the first that breaks a rule is entry 5 (release)"), "\(run.errors)")
  }

  @Test func keysThatDifferAreNamed() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("one round"))
    try files.write(bundle.encoded, to: "log.bundle")
    let keys = AuditFiles.keys(bundle.policy)
    let other = String(repeating: "0b", count: 32)
    try files.folder.write(keys, to: "keys.json")
    try files.folder.write(
      keys.replacing(bundle.policy.authority.encoding.description, with: other), to: "other.json")
    try files.folder.write(AuditFiles.keys(bundle.policy, quorum: 1), to: "quorum.json")

    let good = try await files.run("audit verify log.bundle --keys keys.json")
    #expect(good.status == 0 && !good.output.contains("compare with what you know"))
    let wrong = try await files.run("audit verify log.bundle --keys other.json")
    #expect(wrong.status == 1)
    #expect(
      wrong.errors.contains(
        "names other keys than other.json: authority is \(other) in your file, and "
          + "\(bundle.policy.authority.encoding) there"), "\(wrong.errors)")
    let quorum = try await files.run("audit verify log.bundle --keys quorum.json --json")
    #expect(quorum.status == 1)
    let verdict = try verdict(quorum)
    #expect(
      verdict.rule == "other-keys" && verdict.detail == "quorum is 1 in your file, and 2 there")
  }

  @Test(
    arguments: [
      ("{", "this is not JSON"), ("[]", "this is no JSON object"), ("{}", "log is missing"),
      (#"{"log": "zz", "authority": "b0"}"#, "log is not a key of 64 hexadecimal digits"),
      ("{LOG, \"authority\": 7}", "authority is not a key of 64 hexadecimal digits"),
      ("{LOG, AUTHORITY}", "witnesses is missing"),
      ("{LOG, AUTHORITY, \"witnesses\": [\"ab\"]}", "witnesses[0] is not a key"),
      ("{LOG, AUTHORITY, \"witnesses\": []}", "quorum is missing"),
      (
        "{LOG, AUTHORITY, \"witnesses\": [], \"quorum\": 1}",
        "quorum is 1, and not a whole number from 0 to 0"
      ),
    ])
  func faultsOfKeysAreNamedByField(text: String, words: String) async throws {
    let files = try AuditFiles()
    try files.write(AuditFiles.bundle("one round"), to: "log.bundle")
    let key = String(repeating: "ab", count: 32)
    try files.folder.write(
      text.replacing("LOG", with: "\"log\": \"\(key)\"")
        .replacing("AUTHORITY", with: "\"authority\": \"\(key)\""), to: "bad.json")
    let run = try await files.run("audit verify log.bundle --keys bad.json")
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("error: bad.json: \(words)"), "\(run.errors)")
    #expect(run.errors.contains("silhouette coordinator log keys"))
  }

  @Test(
    arguments: [
      ("none.bundle", "no such file"), (".", "this is a folder"),
      (
        "https://x.example/log.bundle",
        "this is an address, and audits read no network; download it first"
      ),
    ])
  func filesThatCannotBeReadSayWhy(path: String, words: String) async throws {
    let run = try await AuditFiles().run("audit verify \(path)")
    #expect(run.status == 66)
    #expect(run.errors.hasPrefix("error: \(path): \(words)"), "\(run.errors)")
  }

  /// What was seen before, or elsewhere, is compared; what is of another log is refused, by its file.
  @Test func whatWasSeenIsCompared() async throws {
    let files = try AuditFiles()
    let bundle = try AuditBundle(decoding: AuditFiles.bundle("two plans"))
    try files.write(bundle.encoded, to: "log.bundle")
    try files.write(AuditFiles.bundle("one round"), to: "other.bundle")
    let receipts = """
      {"log": "x", "accepted": {"encoded": "\(hexadecimal(bundle.head.signed.encoded))"}, "receipts": []}
      """
    try files.write(Array(receipts.utf8), to: "receipts.json")
    let found = try await files.run(
      "audit verify log.bundle --seen log.bundle --seen receipts.json")
    #expect(found.status == 0, "\(found.errors)")
    #expect(found.output.contains("one history with receipts.json: 1 head and 0 proved entries"))
    let other = try await files.run("audit verify log.bundle --seen other.bundle")
    #expect(other.status == 1 && other.errors.contains("other.bundle: "))
    for broken in ["{}", "nothing", receipts.replacing("\": \"", with: "\": \"zz")] {
      try files.write(Array(broken.utf8), to: "broken.json")
      let run = try await files.run("audit verify log.bundle --seen broken.json")
      #expect(run.status == 65 && run.errors.contains("broken.json: "), "\(run.errors)")
    }
  }
}
