internal import ArgumentParser
internal import CoordinatorNode
internal import Foundation
internal import PrivacyLedger
internal import TransparencyLog

struct AuditBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Make one file of a log, its plans and its newest head.",
    discussion: """
      With --dir it reads a coordinator's own log and plans. With --log it reads a log as it is served, a \
      folder with the files head and tile/..., and needs the documents of all plans that the log names, as \
      they were signed. The file of keys says whose signatures readers are to demand; a coordinator's own \
      bundle names its keys and a majority of its witnesses unless another is given:

        {"log": HEX, "authority": HEX, "witnesses": [HEX, ...], "quorum": 2}

      The bundle is written and then judged like any other: exit code 1 says that it is refused.

      Examples:
        silhouette audit bundle --dir state --out log.bundle
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

  func validate() throws {
    guard (dir == nil) != (log == nil) else {
      throw ValidationError("say where the log is: --dir with a coordinator's folder, or --log")
    }
    guard log == nil || keys != nil else {
      throw ValidationError("--log needs --keys: nothing else says whose log it should be")
    }
    guard dir == nil || plans.isEmpty else {
      throw ValidationError("--plan goes with --log; a coordinator has its plans in its folder")
    }
  }

  private func bundle() async throws -> AuditBundle {
    let given = try keys.map(PolicyFile.read)
    if let log, let given {
      return try await AuditBundle(
        of: LogFolder(path: log, documents: try plans.map(BundleFile.read)), policy: given)
    }
    let folder = CoordinatorFolder(path: dir ?? "")
    return try await folder.withStore { store in
      let keys = try CoordinatorKeys(folder: folder.keysFolder)
      let source = CoordinatorLog(folder: folder.path, store: store)
      let policy = if let given { given } else { try await source.policy(keys) }
      return try await AuditBundle(of: source, policy: policy)
    }
  }

  func run() async throws {
    let bundle: AuditBundle
    do {
      bundle = try await self.bundle()
    } catch let fault as BundleFault {
      throw AuditFailure.unreadableLog(
        folder: dir ?? log ?? "",
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
