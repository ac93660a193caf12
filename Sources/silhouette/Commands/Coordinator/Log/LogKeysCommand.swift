internal import ArgumentParser
internal import CoordinatorNode
internal import Storage

struct LogKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Print the keys that auditors are to rely on, as the file that audits read.",
    discussion: """
      The key of the log, that of the authority, those of the witnesses, and a majority of them as the quorum. \
      Nothing in it is secret. Hand it to auditors in a way that they trust, apart from the log: whoever could \
      change the log on its way could change a file beside it, too.

      Example:
        silhouette coordinator log keys --dir state > keys.json
      """)

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    let policy = try await folder.withStore { store in
      try await CoordinatorLog(folder: folder.path, store: store)
        .policy(CoordinatorKeys(folder: folder.keysFolder))
    }
    try ConsoleOutput.writeJSON(PolicyFile(policy))
  }
}
