internal import ArgumentParser
internal import CryptoPrimitives
internal import Foundation
internal import PrivacyLedger
internal import Report
internal import TransparencyLog

struct AuditReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write what a bundle amounts to, for whoever answers for people's data.",
    discussion: """
      Writes report.html, which says first in plain words and then in figures what was spent, against \
      whom, and how to check it; report.json with the same figures; and report.sig, an Ed25519 \
      signature of both. Only of a bundle that is accepted. It prints the public key that `audit check` \
      needs: give it to readers in a way that they trust.

      Exit codes: 0 written, 1 the bundle is refused, 65 a file is faulty, 66 a file is missing, \
      73 the folder cannot be written.

      Examples:
        silhouette audit report log.bundle --out audit --key auditor.key
        silhouette audit report log.bundle --out audit --key auditor.key --empirical measured.json
      """)

  @Argument(help: "The bundle.", completion: .file())
  var bundle: String

  @Option(help: "The folder to write to.", completion: .directory)
  var out: String

  @Option(help: "The file of your signing key; it is made if there is none.")
  var key: String

  @Option(help: "A JSON file of the keys that you rely on.")
  var keys: String?

  @Option(help: "What `audit empirical --json` has measured.")
  var empirical: String?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Written: Encodable {
    let files: [String]
    let bundle: String
    /// Public, of whoever has signed.
    let key: String
  }

  func run() async throws {
    let pinned = try keys.map(PolicyFile.read)
    let bytes = try BundleFile.read(bundle)
    let measured = try empirical.map(MeasurementFile.read)
    let outcome: LedgerVerifier.Outcome
    do throws(LedgerFinding) {
      outcome = try LedgerVerifier.verify(bytes)
    } catch {
      throw AuditFailure.refused(file: bundle, finding: "\(error)")
    }
    if let pinned, let keys, pinned != outcome.bundle.policy {
      throw AuditFailure.otherKeys(
        file: bundle, keys: keys,
        differences: PolicyFile.differences(pinned: pinned, named: outcome.bundle.policy))
    }
    let signer = try ReportSigner(file: key)
    let figures = AuditFigures(
      outcome, bytes: bytes.count, keysArePinned: pinned != nil,
      signer: signer.publicKey.description, empirical: measured)
    let html = AuditReport.html(figures)
    let content = try AuditReport.json(figures)
    let signature = ReportSignature(
      bundle: outcome.hash, html: Array(html.utf8), json: content, by: signer)
    let paths = try AtomicFile.write(
      [
        (ReportFiles.html, Array(html.utf8)), (ReportFiles.json, Array(content)),
        (ReportSignature.fileName, Array((try ConsoleOutput.json(signature) + "\n").utf8)),
      ], into: out)
    if json {
      return try ConsoleOutput.writeJSON(
        Written(files: paths, bundle: signature.bundle, key: signature.key))
    }
    try ConsoleOutput.write(
      (paths + ["signed by \(signature.key)"]).joined(separator: "\n"))
  }
}
