internal import ArgumentParser
internal import ClientNode
internal import DeviceProfiling
internal import SilhouetteClient

struct ClientForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Delete all events of this device, and the key that opens them.",
    discussion: """
      What was contributed is in sums over many devices and cannot be taken back; the record of it stays, \
      because later rounds have to count it.

      Example:
        silhouette client forget --dir device
      """)

  @OptionGroup var options: ClientOptions

  private struct Forgotten: Encodable { let events: Int }

  func run() async throws {
    let count = try await options.withSession(over: OfflineTransport()) { session in
      try await options.alone { try await session.events.forgetEverything() }
    }
    if options.json { return try ConsoleOutput.writeJSON(Forgotten(events: count)) }
    try ConsoleOutput.write("\(count) events and their key are deleted")
  }
}
