internal import ArgumentParser

struct CoordinatorWitnessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: "Say which witnesses every round names.",
    discussion: """
      Cohorts above 128 devices need one: an independent operator who runs `silhouette witness`. Devices \
      pin the witnesses when they join; those that joined before a change join again with their code.

      Examples:
        silhouette coordinator witness add witness.json --dir state
        silhouette coordinator witness list --dir state
        silhouette coordinator witness remove IDENTITY --dir state
      """,
    subcommands: [
      CoordinatorWitnessAddCommand.self, CoordinatorWitnessListCommand.self,
      CoordinatorWitnessRemoveCommand.self,
    ])
}
