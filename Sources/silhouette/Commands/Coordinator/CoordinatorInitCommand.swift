internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import NodeServing

struct CoordinatorInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make the keys, configuration and store of a coordinator.",
    discussion: """
      Without --certificate it makes a TLS certificate of its own, whose hash goes into join codes.

      Examples:
        silhouette coordinator init --dir state --url https://localhost:8443
        silhouette coordinator init --dir state --url https://silhouette.example \
      --certificate chain.pem --key key.pem
      """)

  @OptionGroup var options: CoordinatorOptions

  @OptionGroup var serving: ServingOptions

  @Option(help: "Least time between two check-ins of a device, in seconds.")
  var shortestWait: UInt32 = 30

  @Option(help: "Longest time between two check-ins of a device, in seconds.")
  var longestWait: UInt32 = 3_600

  func validate() throws {
    guard shortestWait >= 1, shortestWait <= longestWait, longestWait <= 604_800 else {
      throw ValidationError(
        "--shortest-wait \(shortestWait) and --longest-wait \(longestWait) have to be 1 to 604800, "
          + "in this order")
    }
  }

  /// What is printed as JSON.
  private struct Made: Encodable {
    let dir: String
    let identity: String
  }

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    let given = try serving.givenCertificate()
    try await folder.make(
      CoordinatorFolder.Configuration(
        url: serving.url, host: serving.host, port: serving.listeningPort(usual: 8443),
        certificate: given?.certificate ?? "", key: given?.key ?? "",
        pinsCertificate: given == nil, shortestWait: shortestWait, longestWait: longestWait),
      files: serving.ownCertificate())
    let identity = try CoordinatorKeys(folder: folder.keysFolder).verificationKey.encoding
    if options.json {
      try ConsoleOutput.writeJSON(Made(dir: options.dir, identity: identity.description))
    } else {
      try ConsoleOutput.write("\(options.dir): coordinator \(identity)")
    }
  }
}
