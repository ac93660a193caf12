internal import ArgumentParser
internal import CryptoPrimitives
internal import Foundation
internal import PrivacyLedger
internal import TransparencyLog

/// The files of an audit report, beside `ReportSignature.fileName`.
enum ReportFiles {
  static let html = "report.html"
  static let json = "report.json"
}

struct AuditCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check who has signed an audit report, and that nothing in it was changed.",
    discussion: """
      Reads report.html, report.json and report.sig of a folder, or of the folder that a report is in. The \
      signature says who stands by the page, not that it is right. --bundle verifies the bundle anew, and that it \
      is the one which the page is about; compare the page's figures with `audit verify` of it.

      --key is the public key of the auditor, as `audit report` printed it, from elsewhere than the report: \
      anybody can sign a page with a key of their own. Without it the key is printed, for you to compare.

      Exit codes: 0 nothing was changed, 1 something was, or somebody else has signed, 65 a file is faulty, \
      66 a file is missing.

      Examples:
        silhouette audit check audit --key 4f2e...
        silhouette audit check audit/report.html --key 4f2e... --bundle log.bundle
      """)

  @Argument(help: "The folder of the report, or report.html.", completion: .file())
  var report: String

  @Option(help: "The auditor's public key, 64 hexadecimal digits.")
  var key: String?

  @Option(help: "The bundle that the report is about.", completion: .file())
  var bundle: String?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Verdict: Encodable {
    let bundle: String
    let key: String
    /// Whether the key was compared with one from elsewhere.
    let isPinned: Bool
    /// Whether the bundle was there and is accepted.
    let bundleIsChecked: Bool
  }

  private var pinned: Bytes32? { key.flatMap(Bytes32.init(hexadecimal:)) }

  func validate() throws {
    guard key == nil || pinned != nil else {
      throw ValidationError(
        "--key is no public key; write the 64 hexadecimal digits that audit report printed")
    }
  }

  func run() async throws {
    func path(_ name: String) -> String {
      // A file's folder is what stands before its name.
      guard OutputFolder.isFolder(report) else {
        return report.lastIndex(of: "/").map { report[...$0] + name } ?? name
      }
      return report.hasSuffix("/") ? report + name : report + "/" + name
    }
    if !OutputFolder.isFolder(report) { _ = try BundleFile.read(report) }
    let file = path(ReportSignature.fileName)
    let signature = try Self.signature(file)
    let signer = try signature.signer(
      html: try BundleFile.read(path(ReportFiles.html)),
      json: try BundleFile.read(path(ReportFiles.json)), file: file)
    if let pinned, pinned != signer {
      throw AuditFailure.reportChanged(
        file: file, reason: "it was signed by \(signer), and not by \(pinned)")
    }
    try checkBundle(signature)
    let verdict = Verdict(
      bundle: signature.bundle, key: signature.key, isPinned: pinned != nil,
      bundleIsChecked: bundle != nil)
    if json { return try ConsoleOutput.writeJSON(verdict) }
    try ConsoleOutput.write(
      "report.html and report.json are as \(verdict.key) has signed them\n"
        + (bundle.map { "\($0) is accepted, and the bundle that they are about" }
          ?? "about bundle \(verdict.bundle), which was not looked at: add --bundle FILE")
        + (verdict.isPinned
          ? "" : "\ncompare the key with what the auditor told you, or give it with --key"))
  }

  private static func signature(_ file: String) throws -> ReportSignature {
    do {
      return try JSONDecoder().decode(ReportSignature.self, from: Data(try BundleFile.read(file)))
    } catch let error as DecodingError {
      throw AuditFailure.faultyReport(file: file, reason: error.fault)
    }
  }

  private func checkBundle(_ signature: ReportSignature) throws {
    guard let bundle else { return }
    let bytes = try BundleFile.read(bundle)
    let outcome: LedgerVerifier.Outcome
    do throws(LedgerFinding) {
      outcome = try LedgerVerifier.verify(bytes)
    } catch {
      throw AuditFailure.refused(file: bundle, finding: "\(error)")
    }
    guard outcome.hash.description == signature.bundle else {
      throw AuditFailure.reportChanged(
        file: bundle,
        reason: "this is the bundle \(outcome.hash), and the report is about \(signature.bundle)")
    }
  }
}
