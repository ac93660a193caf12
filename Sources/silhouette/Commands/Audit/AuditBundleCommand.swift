internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Foundation
internal import PrivacyLedger
internal import Report
internal import TransparencyLog

struct AuditBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Make one file of a log, its plans and its newest head.",
    discussion: """
      With --dir it reads a coordinator's own log and plans. With --log it reads a log as it is served, a \
      folder with the files head and tile/..., and needs the documents of all plans that the log names, as \
      they were signed: from its folder plans, where `coordinator log export` puts them, or from --plan. \
      The file of keys says whose signatures readers are to demand. A coordinator's own bundle names its \
      keys and a majority of its witnesses unless another is given, a log's those of its keys.json:

        {"log": HEX, "authority": HEX, "witnesses": [HEX, ...], "quorum": 2}

      The bundle is written and then judged like any other: exit code 1 says that it is refused. It stays, \
      for whoever asks what was refused.

      Examples:
        silhouette audit bundle --dir state --out log.bundle
        silhouette audit bundle --log public/log --out log.bundle
        silhouette audit bundle --log LOG --plan plan.yaml --keys keys.json --out log.bundle
      """)

  @Option(help: "A coordinator's folder.", completion: .directory)
  var dir: String?

  @Option(help: "The folder of a log, as it is served.", completion: .directory)
  var log: String?

  @Option(name: .customLong("plan"), help: "A signed plan's document; once for each plan.")
  var plans: [String] = []

  @Option(help: "A JSON file with the keys of log, authority and witnesses, and the quorum.")
  var keys: String?

  @Option(help: "The bundle to write.", completion: .file())
  var out: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Made: Encodable {
    let out: String
    let entries: Int
    let plans: Int
    let hash: String
  }

  func validate() throws {
    guard (dir == nil) != (log == nil) else {
      throw ValidationError("say where the log is: --dir with a coordinator's folder, or --log")
    }
    guard dir == nil || plans.isEmpty else {
      throw ValidationError("--plan goes with --log; a coordinator has its plans in its folder")
    }
  }

  private func bundle() async throws -> AuditBundle {
    let given = try keys.map(PolicyFile.read)
    if let log {
      guard let file = keys ?? LogFolder.keysFile(in: log) else {
        throw CommandFailure.inputMissing(
          file: log + "/" + PolicyFile.fileName, reason: "no such file",
          remedy: "say with --keys FILE whose log it should be")
      }
      let policy = if let given { given } else { try PolicyFile.read(file) }
      return try await checked(
        AuditBundle(of: try LogFolder(path: log, documents: plans), policy: policy), log, file)
    }
    let folder = CoordinatorFolder(path: dir ?? "")
    return try await folder.withStore { store in
      let keys = try CoordinatorKeys(folder: folder.keysFolder)
      let source = CoordinatorLog(folder: folder.path, store: store)
      let policy = if let given { given } else { try await source.policy(keys) }
      return try checked(
        try await AuditBundle(of: source, policy: policy), folder.path, self.keys ?? "its own keys")
    }
  }

  /// A log of another key is no bundle with a fault, but the wrong file of keys.
  private func checked(
    _ bundle: AuditBundle, _ folder: String, _ keys: String
  ) throws(AuditFailure) -> AuditBundle {
    guard bundle.head.signed.head.log == bundle.policy.log.name else {
      throw .otherLog(
        folder: folder, keys: keys, pinned: bundle.policy.log.key.encoding.description)
    }
    return bundle
  }

  func run() async throws {
    let bundle: AuditBundle
    do {
      bundle = try await self.bundle()
    } catch let fault as BundleFault {
      throw AuditFailure.unreadableLog(
        folder: dir ?? log ?? "",
        reason: (fault.part.map { "\($0): " } ?? "") + fault.refusal.meaning)
    }
    let bytes = bundle.encoded
    try AtomicFile.write(bytes, to: out)
    do throws(LedgerFinding) {
      _ = try LedgerVerifier.verify(bytes)
    } catch {
      throw AuditFailure.refused(file: out, finding: "\(error)")
    }
    if json {
      return try ConsoleOutput.writeJSON(
        Made(
          out: out, entries: bundle.entries.count, plans: bundle.plans.count,
          hash: bundle.hash.description))
    }
    try ConsoleOutput.write(
      "\(out): \(FigureText.count(bundle.entries.count, "entry", "entries")), "
        + "\(FigureText.count(bundle.plans.count, "plan", "plans")), bundle \(bundle.hash)")
  }
}
