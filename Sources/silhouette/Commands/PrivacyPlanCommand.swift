internal import ArgumentParser

struct PrivacyPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Choose the encoding of every task of a scenario: scale, ring, rotation and noise.",
    discussion: """
      For each task the smallest upload whose rounding adds less than 1 % to the variance of the noise. \
      Signal to noise is that of contributions that all point one way, on an average coordinate; \
      wrapping is a bound on the probability that a sum leaves the ring. The last column is the upload \
      with the scenario's own encoding.

      Examples:
        silhouette privacy plan simulations/movielens-100k.yaml
        silhouette privacy plan simulations/demo.yaml --set privacy.epsilon=1 --json
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @OptionGroup(title: "Scenario")
  var planned: ScenarioOptions

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    let figures = try EncodingPlan(planned.scenario(scenario))
    print(json ? try FigureJSON.text(of: figures) : figures.text)
  }
}
