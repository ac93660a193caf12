internal import ArgumentParser
internal import ClientNode
internal import DeviceProfiling
internal import SilhouetteClient

struct ClientProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "What this device knows about its user.",
    discussion: """
      Computed here, from the events on this device and what the federation has released. Nothing is sent.

      Example:
        silhouette client profile --dir device
      """)

  @OptionGroup var options: ClientOptions

  func run() async throws {
    let profile = try await options.withKnownSession { try await $0.profile() }
    if options.json { return try ConsoleOutput.writeJSON(profile) }
    func text(_ affinities: [DeviceProfile.Affinity]) -> String {
      affinities.map { "\($0.name) \(Self.digits($0.score))" }.joined(separator: ", ")
    }
    try ConsoleOutput.write(
      ResultTable.aligned([
        ["events", "\(profile.events)"],
        ["tags", text(profile.tags)],
        ["categories", text(profile.categories)],
        ["price level", profile.priceLevel.map(Self.digits) ?? "unknown"],
        ["events per week", profile.eventsPerWeek.map { Self.digits(Float($0)) } ?? "unknown"],
        [
          "vector",
          profile.vector.prefix(8).map(Self.digits).joined(separator: " ")
            + (profile.vector.count > 8 ? " and \(profile.vector.count - 8) more" : ""),
        ],
      ]))
  }

  private static func digits(_ value: Float) -> String {
    "\((value * 100).rounded() / 100)"
  }
}

struct ClientRecommendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Items for this device's user, each with its reasons.",
    discussion: """
      Ranked here, from the events on this device and what the federation has released. Nothing is sent.

      Example:
        silhouette client recommend --dir device --count 5
      """)

  @OptionGroup var options: ClientOptions

  @Option(help: "How many items.")
  var count = 10

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count \(count) is not between 1 and 10000")
    }
  }

  func run() async throws {
    let items = try await options.withKnownSession { try await $0.recommendations(count) }
    if options.json { return try ConsoleOutput.writeJSON(items) }
    let rows = items.map {
      [
        $0.item, $0.title,
        $0.reasons.isEmpty ? "" : "because of " + $0.reasons.joined(separator: "; "),
      ]
    }
    try ConsoleOutput.write(ResultTable.aligned(rows))
  }
}

extension ClientOptions {
  /// A session that asks for the newest version if the coordinator can be reached, and goes by the
  /// device's own copy if not.
  fileprivate func withKnownSession<Value: Sendable>(
    _ body: (DeviceSession) async throws -> Value
  ) async throws -> Value {
    do {
      return try await withSession { session in
        try await session.node.refreshServedModel()
        return try await body(session)
      }
    } catch let error as TransportError {
      return try await withLastVersion(because: error, body)
    } catch let error as DeviceError where error.isOfCoordinator {
      return try await withLastVersion(because: error, body)
    }
  }

  private func withLastVersion<Value: Sendable>(
    because error: any Error, _ body: (DeviceSession) async throws -> Value
  ) async throws -> Value {
    let value = try await withSession(over: OfflineTransport(), body)
    ConsoleError.write("notice: this is by the last version that the device has; \(error)")
    return value
  }
}
