internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage
internal import WireProtocol

struct CoordinatorWitnessAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a witness; from the next round on it is asked.",
    discussion: """
      The enrollment authority signs the new list, and devices that join from now on pin it. Adding a \
      witness again changes its address.

      Example:
        silhouette coordinator witness add witness.json --dir state
      """)

  @Argument(help: "What `witness show` printed.")
  var file: String

  @OptionGroup var options: CoordinatorOptions

  private struct Added: Encodable {
    let witness: String
    let witnesses: Int
  }

  func run() async throws {
    let witness = try IntroductionInput.read(file, maker: "silhouette witness show") {
      (bytes) throws(WireError) in try WitnessDescription(decoding: bytes)
    }
    let folder = CoordinatorFolder(path: options.dir)
    _ = try folder.configuration()
    let keys = try CoordinatorKeys(folder: folder.keysFolder)
    let count = try await options.withStore { store in
      let set = try keys.adding(witness, to: try await store.witnesses())
      try await store.replaceWitnesses(set)
      return set.witnesses.count
    }
    let identity = witness.identity.encoding.description
    if options.json {
      try ConsoleOutput.writeJSON(Added(witness: identity, witnesses: count))
    } else {
      try ConsoleOutput.write(
        "\(identity): added; devices that have joined before join again with their code")
    }
  }
}
