internal import ArgumentParser

struct CoordinatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator",
    abstract: "Run a coordinator: enroll devices, hold rounds, keep model versions.",
    discussion: """
      Examples:
        silhouette coordinator init --dir state --url https://silhouette.example:8443
        silhouette coordinator run --dir state
        silhouette coordinator enroll issue --dir state
        silhouette coordinator plan sign plan.yaml --catalogue catalogue.csv --dir state
        silhouette coordinator witness add witness.json --dir state
        silhouette coordinator round list --dir state --json
      """,
    subcommands: [
      CoordinatorInitCommand.self, CoordinatorRunCommand.self, CoordinatorShowCommand.self,
      EnrollCommand.self, CoordinatorWitnessCommand.self, PlanCommand.self, RoundCommand.self,
      ModelCommand.self, LogCommand.self, RotateAuthorityCommand.self,
      RotateIdentityCommand.self,
    ])
}

/// The folder that all commands of a coordinator work on.
struct CoordinatorOptions: ParsableArguments {
  @Option(help: "The coordinator's folder.")
  var dir: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    guard !dir.isEmpty else { throw ValidationError("--dir is empty; write a path") }
  }
}
