internal import ArgumentParser
internal import CoordinatorNode
internal import FederatedRounds
internal import Foundation
internal import PlannedRounds
internal import Report
internal import Scenarios
internal import Simulator
internal import Storage

struct PrivacyPlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Choose the encoding of every task of a scenario, and forecast what it costs day by day.",
    discussion: """
      For each task the smallest upload whose rounding adds less than 1 % to the variance of the noise. \
      Signal to noise is that of contributions that all point one way, on an average coordinate; \
      wrapping is a bound on the probability that a sum leaves the ring. The last column is the upload \
      with the scenario's own encoding.

      The days are those of a device with standard settings that takes part as often as it may. With --dir it also says \
      whether as many devices check in at that coordinator as a round needs, from its noised counts of past days.

      Examples:
        silhouette privacy plan simulations/movielens-100k.yaml
        silhouette privacy plan simulations/demo.yaml --set privacy.epsilon=1 --json
        silhouette privacy plan simulations/demo.yaml --start 2027-03-01 --dir state
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @OptionGroup(title: "Scenario")
  var planned: ScenarioOptions

  @Option(
    help: "The day (UTC) of the first round, such as 2027-03-01; today unless given.",
    transform: StartDay.init(argument:))
  var start: StartDay?

  @Option(help: "The folder of a coordinator whose devices are to take part.")
  var dir: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() async throws {
    let plan = try planned.scenario(scenario)
    var figures = try EncodingPlan(plan, from: start ?? .today)
    figures.cohorts = try await cohorts(for: figures)
    try ConsoleOutput.write(json ? try FigureJSON.text(of: figures) : figures.text)
  }

  private func cohorts(for figures: EncodingPlan) async throws -> CohortFeasibility? {
    guard let dir else { return nil }
    let folder = CoordinatorFolder(path: dir)
    let configuration = try folder.configuration()
    let pacing = Pacing(shortest: configuration.shortestWait, longest: configuration.longestWait)
    return try await folder.withStore { store in
      CohortFeasibility(
        try await store.attendance(limit: CohortFeasibility.mostDays),
        needing: figures.tasks.map(\.cohort).max() ?? 0, times: .standard,
        pacing: pacing)
    }
  }
}
