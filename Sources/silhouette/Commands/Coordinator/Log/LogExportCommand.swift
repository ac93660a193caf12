internal import ArgumentParser
internal import CoordinatorNode
internal import Foundation
internal import Storage
internal import TransparencyLog

struct LogExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the published log as files: head, tiles, entries, plans, keys.",
    discussion: """
      The files of protocols/transparency-log.md, section 5: the same bytes as the coordinator serves under \
      /v1/log. Full tiles that are there already are kept, and the head comes last, so the command may run again \
      and again beside a server that reads the folder.

      Beside them are plans/HASH, the documents of all plans that the log names, as they were signed, and \
      keys.json, what `coordinator log keys` prints: `audit bundle --log` needs nothing else.

      Example:
        silhouette coordinator log export --dir state --out public/log
      """)

  @Option(help: "The folder to write into.")
  var out: String

  @OptionGroup var options: CoordinatorOptions

  private struct Exported: Encodable {
    let out: String
    let size: UInt64
    /// Files that were written.
    let files: Int
  }

  func run() async throws {
    try OutputFolder.prepare(out)
    let exported = try await options.withStore { store in
      guard let head = try await store.logHeads().published else {
        throw CommandFailure.inputMissing(
          file: options.dir, reason: "has no published log yet",
          remedy: "start the coordinator once: silhouette coordinator run --dir \(options.dir)")
      }
      var files = try await exportPlans(store, head: head)
      try await LogFiles(store, head: head).forEach(
        except: { FileManager.default.fileExists(atPath: out + "/" + $0) }
      ) { path, bytes in
        try Self.write(bytes, to: out + "/" + path)
        files += 1
      }
      return Exported(out: out, size: head.signed.head.tree.size, files: files)
    }
    if options.json { return try ConsoleOutput.writeJSON(exported) }
    try ConsoleOutput.write("\(out): \(exported.size) entries, \(exported.files) files written")
  }

  /// What an auditor needs beside the log; before the head, so that whoever finds a head finds its plans.
  ///
  /// - Returns: how many files were written.
  private func exportPlans(
    _ store: SQLiteCoordinatorStore, head: CosignedHead
  ) async throws -> Int {
    let folder = CoordinatorFolder(path: options.dir)
    let source = CoordinatorLog(folder: options.dir, store: store)
    let policy = try await source.policy(CoordinatorKeys(folder: folder.keysFolder))
    try Self.write(
      Array((try ConsoleOutput.json(PolicyFile(policy)) + "\n").utf8),
      to: out + "/" + PolicyFile.fileName)
    var files = 1
    var next: UInt64 = 0
    while let tile = Tile(level: 0, index: next, size: head.signed.head.tree.size) {
      for encoded in try await source.entries(of: tile) {
        guard case .plan(let plan) = try LogEntry(decoding: encoded).content else { continue }
        let path = "\(out)/\(LogFolder.plansFolder)/\(plan.hash)"
        guard !FileManager.default.fileExists(atPath: path) else { continue }
        try Self.write(try await source.document(ofPlan: plan.hash), to: path)
        files += 1
      }
      next += 1
    }
    return files
  }

  /// A reader sees the old file or the new one.
  private static func write(_ bytes: [UInt8], to path: String) throws {
    let file = URL(filePath: path)
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file, options: .atomic)
    } catch { throw CommandFailure.cannotWrite(path: path, reason: AtomicFile.reason(error)) }
  }
}
