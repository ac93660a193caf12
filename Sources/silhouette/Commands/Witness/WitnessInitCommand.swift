internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import NodeServing
internal import WireProtocol
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

  @OptionGroup var serving: ServingOptions

  @Option(help: "What `coordinator show` printed: the only coordinator that is answered.")
  var coordinator: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Made: Encodable {
    let dir: String
    let witness: String
  }

  @Option(help: "How many rounds the chain is good for; then devices need a new witness.")
  var rounds: UInt64 = 131_072

  func validate() throws {
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
    let given = try serving.givenCertificate()
    try folder.make(
      WitnessFolder.Configuration(
        url: serving.url, host: serving.host, port: serving.listeningPort(usual: 8444),
        pinsCertificate: given == nil, coordinator: introduction, chainLength: rounds,
        certificate: given?.certificate ?? "", key: given?.key ?? ""),
      files: serving.ownCertificate())
    let identity = try WitnessKeys(folder: folder.keysFolder).verificationKey.encoding
    if json {
      return try ConsoleOutput.writeJSON(Made(dir: options.dir, witness: identity.description))
    }
    try ConsoleOutput.write("\(options.dir): witness \(identity)")
  }
}
