internal import ArgumentParser
internal import PlannedRounds
internal import Scenarios

struct PlanLintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Say everything that is wrong with a plan, or print all of it.",
    discussion: """
      Prints the plan with every setting, as it would be signed.

      Example:
        silhouette coordinator plan lint plan.yaml --set privacy.epsilon=1
      """)

  @OptionGroup var file: PlanFileOptions

  func run() async throws {
    let plan = try file.read().plan
    try ConsoleOutput.write(SignedPlanText.yaml(of: plan))
    if let witness = PlanForecast.witness(for: plan) { ConsoleError.write("notice: \(witness)") }
  }
}
