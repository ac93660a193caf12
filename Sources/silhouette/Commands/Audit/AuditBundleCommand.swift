internal import ArgumentParser
internal import Foundation
internal import PrivacyLedger
internal import TransparencyLog

struct AuditBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Make one file of a log, its plans and its newest head.",
    discussion: """
      Reads a log as it is served, a folder with the files head and tile/..., and the documents of \
      all plans that the log names, as they were signed. The file of keys says whose signatures \
      readers are to demand:

        {"log": HEX, "authority": HEX, "witnesses": [HEX, ...], "quorum": 2}

      The bundle is written and then judged like any other: exit code 1 says that it is refused.

      Example:
        silhouette audit bundle --log LOG --plan plan.yaml --keys keys.json --out log.bundle
      """)

  @Option(help: "The folder of the log.", completion: .directory)
  var log: String

  @Option(name: .customLong("plan"), help: "A signed plan's document; once for each plan.")
  var plans: [String] = []

  @Option(help: "A JSON file with the keys of log, authority and witnesses, and the quorum.")
  var keys: String

  @Option(help: "The bundle to write.", completion: .file())
  var out: String

  func run() async throws {
    let policy = try PolicyFile.read(keys)
    let source = LogFolder(path: log, documents: try plans.map(BundleFile.read))
    let bundle: AuditBundle
    do {
      bundle = try await AuditBundle(of: source, policy: policy)
    } catch let fault as BundleFault {
      throw AuditFailure.unreadableLog(
        folder: log,
        reason: fault.entry.map { "entry \($0): \(fault.refusal)" } ?? "\(fault.refusal)")
    }
    let bytes = bundle.encoded
    try AtomicFile.write(bytes, to: out)
    do throws(LedgerFinding) {
      _ = try LedgerVerifier.verify(bytes)
    } catch {
      throw AuditFailure.refused(file: out, finding: "\(error)")
    }
    try ConsoleOutput.write(
      "\(out): \(bundle.entries.count) entries, \(bundle.plans.count) plans, bundle \(bundle.hash)")
  }
}
