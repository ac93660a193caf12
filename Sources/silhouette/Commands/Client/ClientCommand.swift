internal import ArgumentParser

struct ClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client",
    abstract: "Be a device: keep events, take part in rounds, profile and recommend.",
    discussion: """
      Examples:
        silhouette client join CODE --dir device
        silhouette client import events.csv --dir device
        silhouette client run --dir device
        silhouette client recommend --dir device
        silhouette client privacy --dir device
      """,
    subcommands: [
      ClientJoinCommand.self, ClientImportCommand.self, ClientRunCommand.self,
      ClientProfileCommand.self, ClientRecommendCommand.self, ClientPrivacyCommand.self,
      ClientLogCommand.self, ClientSettingsCommand.self, ClientPauseCommand.self,
      ClientResumeCommand.self, ClientLeaveCommand.self, ClientForgetCommand.self,
      ClientCanaryCommand.self,
    ])
}

/// The folder that all commands of a device work on.
struct ClientOptions: ParsableArguments {
  @Option(help: "The device's folder.")
  var dir: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    guard !dir.isEmpty else { throw ValidationError("--dir is empty; write a path") }
  }
}
