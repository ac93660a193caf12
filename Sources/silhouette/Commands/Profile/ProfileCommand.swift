internal import ArgumentParser

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Profiles of people in a simulation, from what it released.",
    discussion: """
      Each is what that person's own device would compute. Behavior is read from where the run's plan \
      says; nothing else of it is kept with a run.

      Examples:
        silhouette profile show runs/demo --user 17
        silhouette profile explain runs/demo --user 17 --item 42
        silhouette profile export runs/demo --user 17 --out profile.json
      """,
    subcommands: [
      ProfileShowCommand.self, ProfileExplainCommand.self, ProfileExportCommand.self,
    ])
}
