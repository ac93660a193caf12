/// Everything that a report shows, and nothing else: `report.json` is this value, `report.html` its
/// picture.
///
/// All privacy loss is in nats, all sizes in bytes, all rates between 0 and 1.
package struct RunFigures: Codable, Sendable {
  package static let currentSchema = "silhouette-report/1"

  package var schema = Self.currentSchema
  package var title: String
  /// Why the figures mean less than they seem to, in whole sentences; mostly empty.
  package var warnings: [String]
  package var scenario: ScenarioFigures
  package var population: PopulationFigures
  /// One row per adversary A1 to A6, also those against whom nothing is guaranteed.
  package var guarantees: [GuaranteeFigures]
  package var rounds: [RoundFigures]
  package var methods: [MethodFigures]
  /// Of the sequence encoder; empty where none was trained.
  package var learningCurves: [LearningCurveFigures] = []
  /// The same trainings with the noise of the other mechanism; nil where they were not asked for.
  package var otherMechanism: OtherMechanismFigures?
  package var coldStart: [ColdStartFigures]
  package var longTail: [LongTailFigures]
  package var decisions: [DecisionFigures]
  package var tags: [TagFigures]
  package var privateEvaluation: [PrivateMetricFigures]
  package var profiles: [ProfileFigures]
  package var deviceCost: [DeviceCostFigures]
  /// Everything that differs between two runs of one seed.
  package var timings: TimingFigures

  package init(
    title: String, warnings: [String], scenario: ScenarioFigures, population: PopulationFigures,
    guarantees:
      [GuaranteeFigures], rounds: [RoundFigures], methods: [MethodFigures],
    coldStart:
      [ColdStartFigures], longTail: [LongTailFigures], decisions: [DecisionFigures],
    tags:
      [TagFigures], privateEvaluation: [PrivateMetricFigures], profiles: [ProfileFigures],
    deviceCost: [DeviceCostFigures], timings: TimingFigures
  ) {
    self.title = title
    self.warnings = warnings
    self.scenario = scenario
    self.population = population
    self.guarantees = guarantees
    self.rounds = rounds
    self.methods = methods
    self.coldStart = coldStart
    self.longTail = longTail
    self.decisions = decisions
    self.tags = tags
    self.privateEvaluation = privateEvaluation
    self.profiles = profiles
    self.deviceCost = deviceCost
    self.timings = timings
  }

  /// The plan that was run, and how to run it again.
  package struct ScenarioFigures: Codable, Sendable {
    package var name: String
    /// The effective plan as YAML, after all overrides.
    package var plan: String
    /// BLAKE2b-256 of `plan`, hexadecimal.
    package var planHash: String
    package var seed: UInt64
    /// False when the mechanism is `none`.
    package var isPrivate: Bool
    package var epsilon: Double?
    package var delta: Double?
    /// The command that makes this report again.
    package var command: String
    package var version: String

    package init(
      name: String, plan: String, planHash: String, seed: UInt64, isPrivate: Bool, epsilon: Double?,
      delta: Double?, command: String, version: String
    ) {
      self.name = name
      self.plan = plan
      self.planHash = planHash
      self.seed = seed
      self.isPrivate = isPrivate
      self.epsilon = epsilon
      self.delta = delta
      self.command = command
      self.version = version
    }
  }
}
