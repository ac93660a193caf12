internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

struct LogShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the log's key and its newest published head.",
    discussion: """
      Whoever reads the log pins the key; join codes and `coordinator show` have it.

      Example:
        silhouette coordinator log show --dir state --json
      """)

  @OptionGroup var options: CoordinatorOptions

  private struct Head: Encodable {
    let key: String
    let name: String
    /// Entries that readers are given, and their root.
    let size: UInt64?
    let root: String?
    /// Unix seconds.
    let time: UInt64?
    let cosignatures: [String]
  }

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    let log = try CoordinatorKeys(folder: folder.keysFolder).logIdentity
    let published = try await options.withStore { try await $0.logHeads() }.published
    let tree = published?.signed.head.tree
    let head = Head(
      key: log.key.encoding.description, name: log.name.description, size: tree?.size,
      root: tree?.root.description, time: published?.signed.head.time,
      cosignatures: (published?.cosignatures ?? []).map { $0.witness.encoding.description })
    if options.json { return try ConsoleOutput.writeJSON(head) }
    var lines = ["key   \(head.key)"]
    if let tree { lines += ["size  \(tree.size)", "root  \(tree.root)"] }
    lines += head.cosignatures.map { "cosigned by \($0)" }
    try ConsoleOutput.write(lines.joined(separator: "\n"))
  }
}
