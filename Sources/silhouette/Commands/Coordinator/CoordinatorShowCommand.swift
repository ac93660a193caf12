internal import ArgumentParser
internal import CoordinatorNode

struct CoordinatorShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print what a witness has to know of the coordinator.",
    discussion: """
      JSON without secrets: the coordinator's identity and that of its enrollment authority, signed. \
      Hand it over in a way that the witness's operator trusts.

      Example:
        silhouette coordinator show --dir state > coordinator.json
      """)

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    _ = try folder.configuration()
    try ConsoleOutput.write(try CoordinatorKeys(folder: folder.keysFolder).introduction)
  }
}
