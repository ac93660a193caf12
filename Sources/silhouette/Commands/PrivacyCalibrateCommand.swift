internal import ArgumentParser
internal import PrivacyAccounting
internal import RoundVocabulary

struct PrivacyCalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find the noise, rounds, sampling rate or cohort that keep an epsilon and a delta.",
    discussion: """
      Gaussian noise, with or without sampling. What is found was itself accounted for and keeps \
      the target; the noise is at most one part in a million above the least that does.

      A cohort is found for noise that every device makes its part of: the least one that hides a \
      contribution from those who see sums, however the allowed shares of it drop out or collude.

      Examples:
        silhouette privacy calibrate --epsilon 4 --delta 1e-6 --rounds 10000 --sampling-rate 0.01
        silhouette privacy calibrate --find rounds --epsilon 2 --delta 1e-6 --gaussian 1 \
      --sampling-rate 0.01
        silhouette privacy calibrate --find sampling-rate --epsilon 2 --delta 1e-6 --gaussian 1 \
      --rounds 500
        silhouette privacy calibrate --find cohort --epsilon 3 --delta 1e-6 --skellam 400 \
      --squared-sensitivity 65536 --dimension 1000 --dropout-share 0.1
      """)

  /// What is looked for.
  enum Unknown: String, ExpressibleByArgument, CaseIterable, Encodable {
    case noise
    case rounds
    case samplingRate = "sampling-rate"
    case cohort
  }

  @Option(help: "What to find.")
  var find = Unknown.noise

  @Option(parsing: .unconditional, help: "The epsilon to keep, above 0.")
  var epsilon: Double

  @Option(parsing: .unconditional, help: "The delta to keep, between 0 and 1.")
  var delta: Double

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Gaussian noise over its sensitivity.", valueName: "noise-multiplier"))
  var gaussian: Double?

  @Option(parsing: .unconditional, help: "How often the mechanism is run (default: 1).")
  var rounds: Int?

  @Option(parsing: .unconditional, help: "Probability with which each user takes part, in secret.")
  var samplingRate: Double?

  @OptionGroup(title: "Noise of devices, to find a cohort")
  var devices: DeviceNoiseOptions

  @Option(help: "Whose presence is hidden.")
  var neighbors = NeighborsArgument(.zeroOut)

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    let given: [(Unknown, String, Bool)] = [
      (.noise, "--gaussian", gaussian != nil), (.rounds, "--rounds", rounds != nil),
      (.samplingRate, "--sampling-rate", samplingRate != nil),
    ]
    if let (_, name, _) = given.first(where: { $0.0 == find && $0.2 }) {
      throw ValidationError("\(name) is what --find \(find.rawValue) looks for; leave it out")
    }
    try devices.check(isUsed: find == .cohort)
    if find == .cohort, gaussian != nil || samplingRate != nil {
      throw ValidationError(
        "a cohort is found for --skellam or --discrete-gaussian; leave --gaussian and "
          + "--sampling-rate out")
    }
    if find == .rounds || find == .samplingRate, gaussian == nil {
      throw ValidationError(
        "--find \(find.rawValue) needs the noise; write, for example, --gaussian 1")
    }
    if let rounds, rounds < 1 { throw ValidationError("--rounds is \(rounds); write 1 or more") }
  }

  func run() throws {
    let figures = try figures()
    print(json ? try FigureJSON.text(of: figures) : figures.text)
  }

  private func figures() throws -> CalibrationFigures {
    if find == .cohort {
      return try CalibrationFigures(
        cohortFor: devices, rounds: rounds ?? 1, epsilon: epsilon, delta: delta,
        neighbors: neighbors.relation)
    }
    var plan = GaussianPlan(noise: gaussian ?? 0, rate: samplingRate, rounds: rounds ?? 1)
    let neighbors = neighbors.relation
    switch find {
    case .noise:
      plan.noise = try Calibration.noiseMultiplier(
        epsilon: epsilon, delta: delta, neighbors: neighbors
      ) { [plan.with(noise: $0).event] }
    case .rounds:
      plan.rounds = try Calibration.rounds(epsilon: epsilon, delta: delta, neighbors: neighbors) {
        [plan.with(rounds: $0).event]
      }
    case .samplingRate:
      plan.rate = try Calibration.samplingRate(
        epsilon: epsilon, delta: delta, neighbors: neighbors
      ) { [plan.with(rate: $0).event] }
    case .cohort: break
    }
    let spent = try Accountant.epsilon(of: [plan.event], delta: delta, neighbors: neighbors)
    return CalibrationFigures(find: find, plan: plan, spent: spent, delta: delta, neighbors)
  }
}
