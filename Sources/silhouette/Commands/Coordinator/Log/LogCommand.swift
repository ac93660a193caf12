internal import ArgumentParser

struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Look at the transparency log, and copy it for a server of static files.",
    discussion: """
      Examples:
        silhouette coordinator log show --dir state
        silhouette coordinator log keys --dir state > keys.json
        silhouette coordinator log export --dir state --out public/log
      """,
    subcommands: [LogShowCommand.self, LogKeysCommand.self, LogExportCommand.self])
}
