internal import ArgumentParser
internal import CryptoPrimitives
internal import TransparencyLog

struct AuditEvidenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Check whether a file of evidence convicts a log.",
    discussion: """
      Evidence is what the log has signed and cannot both be true: two heads of one size with two roots, a later \
      head with fewer entries, or two entries with one key in one tree. `client log --evidence`, `witness log \
      --evidence` and, of two entries, `audit verify --evidence` write it; no word of whoever hands it on has to be believed.

      --log is the log's public key, from elsewhere than the file: `coordinator log keys`, a join code's \
      device (`client log`), or an earlier bundle.

      Exit codes: 0 the log is convicted, 1 it is not, 65 the file is no evidence, 66 it is missing.

      Example:
        silhouette audit evidence evidence.bin --log 9f31...
      """)

  @Argument(help: "The file of evidence.", completion: .file())
  var evidence: String

  @Option(help: "The log's public key, 64 hexadecimal digits.")
  var log: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Figures: Encodable {
    /// By the names of protocols/transparency-log.md, or two-entries.
    let fault: String
    let log: String
    let heads: [HeadFigures]
    /// Indexes of the two entries; empty for evidence by heads.
    let entries: [UInt64]
  }

  private var key: Bytes32? { Bytes32(hexadecimal: log) }

  func validate() throws {
    guard key != nil else {
      throw ValidationError(
        "--log is no public key; write the 64 hexadecimal digits that coordinator log keys prints")
    }
  }

  func run() async throws {
    let bytes = try BundleFile.read(evidence)
    // Checked by `validate`.
    guard let key else { return }
    let log = LogIdentity(key: VerificationKey(encoding: key))
    guard let figures = try figures(bytes, against: log) else {
      throw AuditFailure.noConviction(file: evidence, log: self.log)
    }
    if json { return try ConsoleOutput.writeJSON(figures) }
    try ConsoleOutput.write(Self.text(figures))
  }

  /// What the evidence shows; nil if nothing against this log.
  ///
  /// - Throws: `AuditFailure.faultyEvidence` for bytes that are neither kind.
  private func figures(_ bytes: [UInt8], against log: LogIdentity) throws -> Figures? {
    let found: LogEvidence
    do throws(LogRefusal) { found = try LogEvidence(decoding: bytes) } catch {
      throw AuditFailure.faultyEvidence(file: evidence, reason: error.meaning)
    }
    switch found {
    case .heads(let heads):
      return heads.fault(of: log).map {
        Figures(
          fault: $0.rawValue, log: self.log,
          heads: [HeadFigures(heads.first), HeadFigures(heads.second)], entries: [])
      }
    case .entries(let entries):
      guard entries.holds(against: log) else { return nil }
      return Figures(
        fault: Self.twoEntries, log: self.log, heads: [HeadFigures(entries.head)],
        entries: [entries.first.proof.index, entries.second.proof.index])
    }
  }

  private static let twoEntries = "two-entries"

  private static func text(_ figures: Figures) -> String {
    let finding =
      switch figures.fault {
      case HeadEvidence.Fault.splitView.rawValue:
        "it has signed two histories: heads of one size with two roots"
      case HeadEvidence.Fault.shrunk.rawValue:
        "it has taken entries back: its later head has fewer"
      default:
        "entries \(figures.entries.map { "\($0)" }.joined(separator: " and ")) have one key, which no log has "
          + "twice"
      }
    return
      (["the log \(figures.log) is convicted: \(finding)"] + figures.heads.map { "  " + $0.text })
      .joined(separator: "\n")
  }
}
