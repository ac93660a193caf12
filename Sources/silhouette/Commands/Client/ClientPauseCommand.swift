internal import ArgumentParser
internal import ClientNode
internal import SilhouetteClient

struct ClientPauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Take part in no round until resumed.",
    discussion: """
      Example:
        silhouette client pause --dir device
      """)

  @OptionGroup var options: ClientOptions

  func run() async throws { try await options.setPaused(true) }
}

struct ClientResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Take part in rounds again.",
    discussion: """
      Example:
        silhouette client resume --dir device
      """)

  @OptionGroup var options: ClientOptions

  func run() async throws { try await options.setPaused(false) }
}

extension ClientOptions {
  private struct State: Encodable { let isPaused: Bool }

  fileprivate func setPaused(_ isPaused: Bool) async throws {
    try await withSession(over: OfflineTransport()) { try await $0.node.pause(isPaused) }
    if json {
      try ConsoleOutput.writeJSON(State(isPaused: isPaused))
    } else {
      try ConsoleOutput.write(isPaused ? "paused" : "resumed")
    }
  }
}
