internal import ArgumentParser
internal import CoordinatorNode
internal import Foundation
internal import Storage
internal import TransparencyLog

struct LogExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the published log as files: head, tiles, entries.",
    discussion: """
      The files of protocols/transparency-log.md, section 5: the same bytes as the coordinator serves under \
      /v1/log. Full tiles that are there already are kept, and the head comes last, so the command may run again \
      and again beside a server that reads the folder.

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
      var files = 0
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
