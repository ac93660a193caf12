internal import ArgumentParser

struct WitnessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Be a witness: keep a coordinator from choosing who hears whom, and what is opened.",
    discussion: """
      Cohorts above 128 devices need a witness, and it has to be run by somebody else than the \
      coordinator: with a coordinator that runs its own witness devices are not protected by it.

      Examples:
        silhouette witness init --dir watch --url https://witness.example:8444 \
      --coordinator coordinator.json
        silhouette witness show --dir watch > witness.json
        silhouette witness run --dir watch
      """,
    subcommands: [
      WitnessInitCommand.self, WitnessRunCommand.self, WitnessShowCommand.self,
      WitnessLogCommand.self,
    ])
}

/// The folder that all commands of a witness work on.
struct WitnessOptions: ParsableArguments {
  @Option(help: "The witness's folder.")
  var dir: String

  func validate() throws {
    guard !dir.isEmpty else { throw ValidationError("--dir is empty; write a path") }
  }
}
