internal import ArgumentParser
internal import Simulator

struct ProfileShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What a person's device knows about them.",
    discussion: """
      Example:
        silhouette profile show runs/sequence-100k --user 196
      """)

  @OptionGroup var options: ProfileOptions

  func run() async throws {
    let profile = try await options.profiles().profile(of: options.user)
    if options.json { return try ConsoleOutput.writeJSON(profile) }
    try ConsoleOutput.write(PersonText.lines(profile))
  }
}
