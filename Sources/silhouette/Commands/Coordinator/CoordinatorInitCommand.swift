internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Foundation
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

  @Option(help: "How devices reach the coordinator.")
  var url: String

  @Option(help: "Address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "Port to listen on.")
  var port = 8443

  @Option(help: "Certificate chain in PEM.")
  var certificate: String?

  @Option(help: "Private key in PEM.")
  var key: String?

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
    guard url.hasPrefix("https://"), url.utf8.count <= 200, URL(string: url) != nil else {
      throw ValidationError("--url \(url) has to start with https:// and have at most 200 bytes")
    }
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port \(port) is not between 0 and 65535")
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key go together; give both or none")
    }
  }

  /// What is printed as JSON.
  private struct Made: Encodable {
    let dir: String
    let identity: String
  }

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    try await folder.make(
      CoordinatorFolder.Configuration(
        url: url, host: host, port: port, certificate: certificate ?? "", key: key ?? "",
        pinsCertificate: certificate == nil, shortestWait: shortestWait, longestWait: longestWait),
      files: certificate == nil
        ? ServerCertificate.make(forNodeAt: host, notBefore: Date()) : nil)
    let identity = try CoordinatorKeys(folder: folder.keysFolder).verificationKey.encoding
    if options.json {
      try ConsoleOutput.writeJSON(Made(dir: options.dir, identity: identity.description))
    } else {
      try ConsoleOutput.write("\(options.dir): coordinator \(identity)")
    }
  }
}
