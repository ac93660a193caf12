internal import ArgumentParser
internal import PrivacyAccounting
internal import RoundVocabulary

struct PrivacyEpsilonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epsilon",
    abstract: "State the privacy loss of a scenario or of mechanisms.",
    discussion: """
      For a scenario: what its whole run promises against every adversary, from its plan alone. \
      Nothing is run, and nobody's behavior is looked at but for how many users and items there are.

      For mechanisms: epsilon for a delta, or delta for an epsilon. The answer is a certified \
      interval; its upper end is the number to state. It holds against those who see releases, never \
      against those who see contributions.

      A file for --events is YAML or JSON:
        neighbors: zero-out
        events:
          - {mechanism: gaussian, noiseMultiplier: 1.1, samplingRate: 0.01, rounds: 100}
          - {mechanism: skellam, variance: 400, squaredSensitivity: 25, dimension: 1}

      Examples:
        silhouette privacy epsilon simulations/movielens-100k.yaml --set privacy.epsilon=1
        silhouette privacy epsilon --gaussian 1.1 --rounds 100 --sampling-rate 0.01 --delta 1e-6
        silhouette privacy epsilon --gaussian 4 --epsilon 1 --neighbors replace-one
        silhouette privacy epsilon --events plan.yaml --delta 1e-6 --json
      """)

  @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String?

  @OptionGroup(title: "Scenario")
  var planned: ScenarioOptions

  @OptionGroup(title: "Mechanism")
  var mechanism: MechanismOptions

  @Option(parsing: .unconditional, help: "Ask for epsilon at this delta, between 0 and 1.")
  var delta: Double?

  @Option(parsing: .unconditional, help: "Ask for delta at this epsilon, 0 or more.")
  var epsilon: Double?

  @Option(help: "Whose presence is hidden (default: the file's, else zero-out).")
  var neighbors: NeighborsArgument?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    if scenario == nil {
      try planned.requireUnused()
      return
    }
    guard mechanism.isEmpty, delta == nil, epsilon == nil, neighbors == nil else {
      throw ValidationError(
        "a scenario says its mechanisms, delta and neighbors itself; leave the other options out, or "
          + "change it with --set")
    }
  }

  func run() throws {
    if let scenario {
      let figures = try ScenarioGuarantees(planned.scenario(scenario))
      return print(json ? try FigureJSON.text(of: figures) : figures.text)
    }
    let plan = try mechanism.plan()
    let neighbors = neighbors?.relation ?? plan.neighbors ?? .zeroOut
    let figures: GuaranteeFigures
    switch (delta, epsilon) {
    case (let delta?, nil):
      figures = GuaranteeFigures(
        epsilon: try Accountant.epsilon(of: plan.events, delta: delta, neighbors: neighbors),
        delta: delta, of: plan, neighbors)
    case (nil, let epsilon?):
      figures = GuaranteeFigures(
        delta: try Accountant.delta(of: plan.events, epsilon: epsilon, neighbors: neighbors),
        epsilon: epsilon, of: plan, neighbors)
    default:
      throw ValidationError(
        "write one of --delta, to ask for epsilon, and --epsilon, to ask for delta")
    }
    print(json ? try figures.json() : figures.text)
  }
}
