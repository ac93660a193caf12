internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage
internal import WireProtocol

struct EnrollIssueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: "Print a join code that enrolls one device.",
    discussion: """
      The code is a secret until it is used. The coordinator keeps only a hash of it.

      Examples:
        silhouette coordinator enroll issue --dir state
        silhouette coordinator enroll issue --dir state --hours 1 --count 32
      """)

  @OptionGroup var options: CoordinatorOptions

  @Option(help: "How long the code is good.")
  var hours = 24

  @Option(help: "How many codes, one a line.")
  var count = 1

  func validate() throws {
    guard (1...8_760).contains(hours) else {
      throw ValidationError("--hours \(hours) is not between 1 and 8760")
    }
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count \(count) is not between 1 and 10000")
    }
  }

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    let configuration = try folder.configuration()
    let keys = try CoordinatorKeys(folder: folder.keysFolder)
    let pin = try folder.certificatePin(configuration)
    let store = try await SQLiteCoordinatorStore(folder: folder.storeFolder, as: .visitor)
    var codes: [String] = []
    for _ in 0..<count {
      let token = try await Coordinator.issueToken(
        in: store, expiry: NodeClock.now() + UInt64(hours) * 3_600)
      codes.append(
        JoinCode(
          url: configuration.url, certificatePin: pin, coordinator: keys.verificationKey,
          authority: keys.authorityKey, log: keys.logKey, token: token
        ).text)
    }
    try store.close()
    if options.json {
      try ConsoleOutput.writeJSON(codes)
    } else {
      try ConsoleOutput.write(codes.joined(separator: "\n"))
    }
  }
}
