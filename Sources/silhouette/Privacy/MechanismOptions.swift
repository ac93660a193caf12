internal import ArgumentParser
internal import PrivacyAccounting
internal import RoundVocabulary

/// Options that describe mechanisms, shared by the commands that account for them.
struct MechanismOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Gaussian noise over its L2 sensitivity.", valueName: "noise-multiplier"))
  var gaussian: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Laplace noise over its L1 sensitivity.", valueName: "noise-multiplier"))
  var laplace: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Discrete Gaussian noise with this parameter.", valueName: "variance"))
  var discreteGaussian: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Skellam noise with this variance.", valueName: "variance"))
  var skellam: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Anything that is rho-zero-concentrated.", valueName: "rho"))
  var zeroConcentrated: Double?

  @Option(
    parsing: .unconditional,
    help: "Greatest squared L2 norm of a contribution in integers, for discrete noise.")
  var squaredSensitivity = 1.0

  @Option(parsing: .unconditional, help: "Length of the vector, for discrete noise.")
  var dimension = 1

  @Option(
    parsing: .unconditional, help: "Devices that each add the discrete Gaussian noise.")
  var contributors = 1

  @Option(parsing: .unconditional, help: "How often the mechanism is run.")
  var rounds = 1

  @Option(parsing: .unconditional, help: "Probability with which each user takes part, in secret.")
  var samplingRate: Double?

  @Option(help: "A YAML or JSON file with several mechanisms, in place of these options.")
  var events: String?

  /// Nothing is described.
  var isEmpty: Bool { events == nil && given.isEmpty && samplingRate == nil }

  /// The mechanisms that are described.
  func plan() throws -> EventPlan {
    if let events {
      guard given.isEmpty else {
        throw ValidationError("--events and --\(given[0].name) are given; write one of the two")
      }
      return try EventPlanDecoder.decode(try ScenarioFile.text(of: events), file: events)
    }
    guard given.count <= 1 else {
      throw ValidationError(
        "--\(given[0].name) and --\(given[1].name) are given; write several mechanisms into a file "
          + "and name it with --events")
    }
    guard let one = given.first else {
      throw ValidationError("no mechanism is given; write, for example, --gaussian 1.1")
    }
    try requireCount(rounds, "--rounds")
    return EventPlan(
      items: [EventPlan.Item(event: try one.event(), rounds: rounds)], neighbors: nil)
  }

  func requireCount(_ count: Int, _ name: String) throws {
    guard count >= 1 else { throw ValidationError("\(name) is \(count); write 1 or more") }
  }

  private struct Given {
    var name: String
    var event: () throws -> MechanismEvent
  }

  private var given: [Given] {
    var given: [Given] = []
    func add(_ name: String, _ value: Double?, _ event: @escaping (Double) throws -> MechanismEvent)
    {
      if let value { given.append(Given(name: name) { try event(value) }) }
    }
    add("gaussian", gaussian) { noise in
      samplingRate.map {
        .sampledGaussian(noiseMultiplier: noise, sampling: .poisson(probability: $0))
      } ?? .gaussian(noiseMultiplier: noise)
    }
    add("laplace", laplace) { try unsampled(.laplace(noiseMultiplier: $0)) }
    add("zero-concentrated", zeroConcentrated) { try unsampled(.zeroConcentrated(rho: $0)) }
    add("skellam", skellam) { try unsampled(.skellam(variance: $0, shift: try shift())) }
    add("discrete-gaussian", discreteGaussian) { variance in
      try requireCount(contributors, "--contributors")
      return try unsampled(
        contributors == 1
          ? .discreteGaussian(variance: variance, shift: try shift())
          : .discreteGaussianSum(
            variance: variance, contributors: contributors, shift: try shift()))
    }
    return given
  }

  private func shift() throws -> MechanismEvent.IntegerShift {
    try requireCount(dimension, "--dimension")
    guard squaredSensitivity >= 0, squaredSensitivity.isFinite else {
      throw ValidationError(
        "--squared-sensitivity is \(squaredSensitivity); write a finite number, 0 or more")
    }
    return .norm(squared: squaredSensitivity, dimension: dimension)
  }

  /// Amplification by sampling is known here for Gaussian noise only.
  private func unsampled(_ event: MechanismEvent) throws -> MechanismEvent {
    guard samplingRate == nil else {
      throw ValidationError("--sampling-rate goes with --gaussian only; leave it out")
    }
    return event
  }
}

/// The neighboring relation on the command line.
struct NeighborsArgument: ExpressibleByArgument {
  static let allValueStrings = NeighboringRelation.words

  let relation: NeighboringRelation

  init(_ relation: NeighboringRelation) { self.relation = relation }

  init?(argument: String) {
    guard let relation = NeighboringRelation(word: argument) else { return nil }
    self.relation = relation
  }

  var defaultValueDescription: String { relation.word }
}
