internal import ArgumentParser
internal import ClientNode
internal import CryptoPrimitives
internal import SilhouetteClient
internal import WireProtocol

struct ClientJoinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join",
    abstract: "Enroll this device with a join code.",
    discussion: """
      Makes the device's key, which never leaves its folder. Joining again with the same code is harmless.

      Example:
        silhouette client join CODE --dir device
      """)

  @Argument(help: "What `coordinator enroll issue` printed.")
  var code: String

  @OptionGroup var options: ClientOptions

  private struct Joined: Encodable {
    let url: String
    let identity: String
  }

  func run() async throws {
    let code = try JoinCode(text: code)
    let address = DeviceNode.Address(url: code.url, pin: code.certificatePin)
    let identity = try await options.withSession(at: address) { session in
      try await options.alone { try await session.node.join(code) }
      return session.node.keys.verificationKey.encoding.description
    }
    if options.json {
      try ConsoleOutput.writeJSON(Joined(url: code.url, identity: identity))
    } else {
      try ConsoleOutput.write("joined \(code.url) as \(identity)")
    }
  }
}
