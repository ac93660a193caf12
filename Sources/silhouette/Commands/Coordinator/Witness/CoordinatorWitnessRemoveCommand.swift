internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage

struct CoordinatorWitnessRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a witness; from the next round on it is not asked.",
    discussion: """
      Devices that have pinned it refuse rounds with witnesses that leave it out, until they join again \
      with their code. A round that names it and still waits for it ends without a sum.

      Example:
        silhouette coordinator witness remove IDENTITY --dir state
      """)

  @Argument(help: "The witness's identity, or its first digits.")
  var witness: HashPrefix

  @OptionGroup var options: CoordinatorOptions

  private struct Removed: Encodable {
    let witness: String
    let witnesses: Int
  }

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    _ = try folder.configuration()
    let keys = try CoordinatorKeys(folder: folder.keysFolder)
    let (identity, count) = try await options.withStore { store in
      let set = try await store.witnesses()
      let identity = try witness.hash(among: set.witnesses.map(\.identity), kind: "witness")
      let rest = keys.removing(identity, from: set)
      try await store.replaceWitnesses(rest)
      return (identity, rest.witnesses.count)
    }
    if options.json {
      try ConsoleOutput.writeJSON(Removed(witness: identity.description, witnesses: count))
    } else {
      try ConsoleOutput.write(
        "\(identity): removed; devices that have pinned it join again with their code")
    }
  }
}
