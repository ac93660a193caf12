internal import ArgumentParser
internal import CryptoPrimitives
internal import PrivacyLedger
internal import TransparencyLog

struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a bundle and recompute every epsilon.",
    discussion: """
      Checks, in the order of protocols/ledger.md: head, signatures, witnesses and root; plans; then \
      every entry: one of each kind, rounds in order, cohorts and survivors of the plan's size, noise \
      as promised, no release without its debit, no budget exceeded. The first entry that should not \
      be there is named. Nothing is looked up on a network.

      The keys in a bundle are its maker's word. With --keys they have to be those of a file that you \
      have from elsewhere; without it they are printed, for you to compare.

      Of several plans the first figures are those of a person who took part in all of them. "No bound" says \
      that as much as everything may have been learned; the reason is below.

      Two entries with one key (rule duplicate) convict whoever signed the log: --evidence writes them with their \
      proofs and the signed head, for anybody to check with `audit evidence`. Nothing is written if there are none.

      Who keeps two histories shows each reader one that keeps the rules. --seen compares the bundle with what \
      somebody else has seen of the log: an earlier bundle, or what `client log --json` or `witness log --json` \
      has printed.

      Exit codes: 0 accepted, 1 refused, or another history than was seen, 65 a file of keys or of what was seen \
      is faulty, 66 there is no such file.

      Examples:
        silhouette audit verify log.bundle --keys keys.json
        silhouette audit verify log.bundle --seen last-month.bundle --seen receipts.json
        silhouette audit verify log.bundle --evidence evidence.bin
        silhouette audit verify log.bundle --json > verdict.json
      """)

  @Argument(help: "The bundle.", completion: .file())
  var bundle: String

  @Option(help: "A JSON file of the keys that you rely on: log, authority, witnesses, quorum.")
  var keys: String?

  @Option(
    help: "What was seen of this log before, or elsewhere; can be repeated.", completion: .file())
  var seen: [String] = []

  @Option(help: "Where evidence goes if two entries have one key.", completion: .file())
  var evidence: String?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() async throws {
    let pinned = try keys.map(PolicyFile.read)
    let seen = try seen.map(SeenFile.init(path:))
    let bytes = try BundleFile.read(bundle)
    let outcome: LedgerVerifier.Outcome
    do throws(LedgerFinding) {
      outcome = try LedgerVerifier.verify(bytes)
    } catch {
      try writeEvidence(from: bytes)
      if json { try ConsoleOutput.write(try FigureJSON.text(of: VerdictFigures.Refusal(error))) }
      throw AuditFailure.refused(file: bundle, finding: "\(error)")
    }
    if let pinned, let keys, pinned != outcome.bundle.policy {
      let differences = PolicyFile.differences(pinned: pinned, named: outcome.bundle.policy)
      if json { try ConsoleOutput.writeJSON(VerdictFigures.Refusal(otherKeys: differences)) }
      throw AuditFailure.otherKeys(
        file: bundle, keys: keys, differences: differences)
    }
    var figures = VerdictFigures(outcome, arePinned: pinned != nil)
    if !seen.isEmpty {
      let history = BundleHistory(outcome.bundle)
      figures.seen = try seen.map { try $0.compared(with: history, of: bundle) }
    }
    try ConsoleOutput.write(json ? try FigureJSON.text(of: figures) : figures.text)
  }

  /// Of a bundle that is refused, whatever for: two entries with one key stay what they are.
  private func writeEvidence(from bytes: [UInt8]) throws {
    guard let path = evidence else { return }
    // What is no bundle is refused with its reason right after this, and convicts nobody.
    guard let bundle = try? AuditBundle(decoding: bytes), let found = bundle.duplicateEvidence
    else {
      return ConsoleError.write(
        "notice: \(path) was not written: no two entries of a signed log have one key here")
    }
    try AtomicFile.write(found.encoded, to: path)
    ConsoleError.write(
      "notice: \(path) has the evidence; check it with silhouette audit evidence \(path) --log "
        + "\(bundle.policy.log.key.encoding), if that is the log that you know")
  }
}
