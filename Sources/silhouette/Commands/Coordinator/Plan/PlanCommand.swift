internal import ArgumentParser

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Check, sign, publish and stop plans: what devices are asked to contribute to.",
    discussion: """
      A plan says tasks, cohort, times, privacy, encoding and catalogue in YAML; see \
      simulations/nodes/plan.yaml. Signed, it cannot be changed.

      Examples:
        silhouette coordinator plan lint plan.yaml
        silhouette coordinator plan forecast plan.yaml
        silhouette coordinator plan sign plan.yaml --catalogue catalogue.csv --dir state
        silhouette coordinator plan publish HASH --dir state
      """,
    subcommands: [
      PlanLintCommand.self, PlanForecastCommand.self, PlanSignCommand.self, PlanListCommand.self,
      PlanPublishCommand.self, PlanPauseCommand.self, PlanResumeCommand.self,
      PlanCancelCommand.self,
    ])
}

/// A plan file with its overrides.
struct PlanFileOptions: ParsableArguments {
  @Argument(help: "The plan file.", completion: .file(extensions: ["yaml", "yml"]))
  var plan: String

  @Option(help: "Change a setting: key.path=value. May be given several times.")
  var set: [String] = []
}
