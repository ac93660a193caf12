internal import ArgumentParser
internal import WitnessNode

struct WitnessShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print what the coordinator has to know of the witness.",
    discussion: """
      JSON without secrets: identity, anchor of the chain, address and certificate, signed. Hand it over \
      in a way that the coordinator's operator trusts.

      Example:
        silhouette witness show --dir watch > witness.json
      """)

  @OptionGroup var options: WitnessOptions

  func run() async throws {
    let folder = WitnessFolder(path: options.dir)
    try ConsoleOutput.write(try folder.description(folder.configuration()))
  }
}
