internal import ArgumentParser
internal import ClientNode
internal import SilhouetteClient

struct ClientLeaveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leave",
    abstract: "Forget the coordinator; what was contributed stays on record.",
    discussion: """
      Example:
        silhouette client leave --dir device
      """)

  @OptionGroup var options: ClientOptions

  private struct Left: Encodable { let dir: String }

  func run() async throws {
    try await options.withSession(over: OfflineTransport()) { session in
      try await options.alone { try await session.node.leave() }
    }
    if options.json {
      try ConsoleOutput.writeJSON(Left(dir: options.dir))
    } else {
      try ConsoleOutput.write("\(options.dir): left its coordinator")
    }
  }
}
