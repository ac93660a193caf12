internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Foundation
internal import WireProtocol
internal import NodeServing
internal import WitnessNode

struct WitnessInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make the keys, hash chain, configuration and store of a witness.",
    discussion: """
      Without --certificate it makes a TLS certificate of its own, whose hash the description names. The \
      store must never be restored from a backup: the witness would forget what it has promised.

      Example:
        silhouette witness init --dir watch --url https://witness.example:8444 \
      --coordinator coordinator.json
      """)

  @OptionGroup var options: WitnessOptions

  @Option(help: "How the coordinator reaches the witness.")
  var url: String

  @Option(help: "What `coordinator show` printed: the only coordinator that is answered.")
  var coordinator: String

  @Option(help: "Address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "Port to listen on.")
  var port = 8444

  @Option(help: "Certificate chain in PEM.")
  var certificate: String?

  @Option(help: "Private key in PEM.")
  var key: String?

  @Option(help: "How many rounds the chain is good for; then devices need a new witness.")
  var rounds: UInt64 = 131_072

  func validate() throws {
    guard url.hasPrefix("https://"), (9...200).contains(url.utf8.count), URL(string: url) != nil
    else {
      throw ValidationError("--url \(url) has to start with https:// and have at most 200 bytes")
    }
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port \(port) is not between 0 and 65535")
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key go together; give both or none")
    }
    guard WitnessFolder.chainLengths.contains(rounds) else {
      throw ValidationError(
        "--rounds \(rounds) is not between 1 and \(WitnessFolder.chainLengths.upperBound)")
    }
  }

  func run() async throws {
    let introduction = try IntroductionInput.read(
      coordinator, maker: "silhouette coordinator show"
    ) { (bytes) throws(WireError) in try CoordinatorIntroduction(decoding: bytes) }
    let folder = WitnessFolder(path: options.dir)
    try folder.make(
      WitnessFolder.Configuration(
        url: url, host: host, port: port, pinsCertificate: certificate == nil,
        coordinator: introduction, chainLength: rounds,
        certificate: certificate ?? "", key: key ?? ""),
      files: certificate == nil
        ? ServerCertificate.make(forNodeAt: host, notBefore: Date()) : nil)
    let identity = try WitnessKeys(folder: folder.keysFolder).verificationKey.encoding
    try ConsoleOutput.write("\(options.dir): witness \(identity)")
  }
}
