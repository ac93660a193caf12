internal import ArgumentParser
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
      signature of both. Only of a bundle that is accepted.

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

  func run() async throws {
    let pinned = try keys.map(PolicyFile.read)
    let bytes = try BundleFile.read(bundle)
    let measured = try empirical.map(readMeasured)
    let outcome: LedgerVerifier.Outcome
    do throws(LedgerFinding) {
      outcome = try LedgerVerifier.verify(bytes)
    } catch {
      throw AuditFailure.refused(file: bundle, finding: "\(error)")
    }
    if let pinned, pinned != outcome.bundle.policy { throw AuditFailure.otherKeys(file: bundle) }
    let figures = AuditFigures(
      outcome, bytes: bytes.count, keysArePinned: pinned != nil, empirical: measured)
    let html = AuditReport.html(figures)
    let json = try AuditReport.json(figures)
    let signature = try ReportSignature(
      bundle: outcome.hash, html: Array(html.utf8), json: json, keyFile: key)
    let paths = try AtomicFile.write(
      [
        ("report.html", html), ("report.json", String(decoding: json, as: UTF8.self)),
        (ReportSignature.fileName, try ConsoleOutput.json(signature) + "\n"),
      ], into: out)
    try ConsoleOutput.write(paths.joined(separator: "\n"))
  }

  private func readMeasured(_ path: String) throws -> EmpiricalFigures {
    let bytes = try BundleFile.read(path)
    do {
      let figures = try JSONDecoder().decode(EmpiricalFigures.self, from: Data(bytes))
      guard figures.schema == EmpiricalFigures.currentSchema else {
        throw AuditFailure.faultyMeasurement(file: path, reason: "its schema is \(figures.schema)")
      }
      return figures
    } catch let error as DecodingError {
      throw AuditFailure.faultyMeasurement(
        file: path, reason: "\(error.field) is missing or no such value")
    }
  }
}
