internal import ArgumentParser
internal import CoordinatorNode
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

  @Argument(help: "The device's identity, as `enroll list` prints it.")
  var identity: String

  @OptionGroup var options: CoordinatorOptions

  private struct Revoked: Encodable { let identity: String }

  func validate() throws {
    guard Bytes32(hexadecimal: identity) != nil else {
      throw ValidationError("\(identity) is no identity; it has 64 hexadecimal digits")
    }
  }

  func run() async throws {
    guard let key = Bytes32(hexadecimal: identity) else { return }
    let folder = CoordinatorFolder(path: options.dir)
    _ = try folder.configuration()
    let store = try await SQLiteCoordinatorStore(folder: folder.storeFolder, as: .visitor)
    try await store.revoke(key, at: Int64(NodeClock.now()))
    try store.close()
    if options.json {
      try ConsoleOutput.writeJSON(Revoked(identity: identity))
    } else {
      try ConsoleOutput.write("revoked \(identity)")
    }
  }
}
