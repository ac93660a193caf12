internal import ArgumentParser
internal import CryptoPrimitives
internal import Storage

struct EnrollRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Revoke a device for ever.",
    discussion: """
      A coordinator that runs refuses the device within seconds; rounds that open later name it.

      Example:
        silhouette coordinator enroll revoke IDENTITY --dir state
      """)

  @Argument(help: "The device's identity, as `enroll list` prints it, or its first digits.")
  var identity: HashPrefix

  @OptionGroup var options: CoordinatorOptions

  private struct Revoked: Encodable { let identity: String }

  func run() async throws {
    let key = try await options.withStore { store in
      let devices = try await store.devices().map(\.identity)
      let key = try identity.hash(among: devices, kind: "device", listedBy: "enroll list")
      try await store.revoke(key, at: Int64(NodeClock.now()))
      return key
    }
    if options.json {
      try ConsoleOutput.writeJSON(Revoked(identity: key.description))
    } else {
      try ConsoleOutput.write("revoked \(key)")
    }
  }
}
