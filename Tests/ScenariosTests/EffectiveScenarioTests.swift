import Foundation
import Testing

@testable import Scenarios

/// The plan that is run: defaults, overrides, and the text that is hashed.
@Suite struct EffectiveScenarioTests {
  private let minimal = "name: tiny\nbehavior:\n  source: synthetic\n"

  private func decode(_ yaml: String, _ overrides: [String] = []) throws -> EffectiveScenario {
    try ScenarioDecoder.decode(yaml: yaml, file: "plan.yaml", overrides: overrides)
  }

  /// Changing a default, the order or the notation changes the hash of every plan that was ever
  /// published: this text may change only on purpose.
  private let canonical = """
    name: "tiny"
    seed: 1
    threads: auto
    behavior:
      source: synthetic
      events: null
      catalogue: null
      maxBadRows: 100
      synthetic:
        users: 943
        items: 1682
        events: 100000
        interests: 12
        seed: 1
    privacy:
      mechanism: distributed
      epsilon: 3
      delta: 1e-05
      noise: skellam
      dropoutShare: 0.05
      colludingShare: 0.05
      sweep: []
      split:
        statistics: 0.1
        gram: 0.78
        ranker: 0.1
        evaluation: 0.02
    encoding:
      ringBits: 32
      scaleBits: auto
      rotation: false
    tasks:
      gram:
        headItems: 300
        tailGroups: 60
        maxRank: 48
      ranker:
        rounds: 12
        cohort: all
        learningRate: 0.8
        momentum: 0.7
        clipNorm: 1
        clipping: fixed
        negatives: 100
    profile:
      halfLife: 30 d
      recommendations: 10
      examples: 3
    evaluation:
      heldOut: test
      sampledNegatives: 99
      bootstrapResamples: 1000
      coldStart: [0, 1, 3, 5, 10]
      headShare: 0.2
      easeRegularization: 100
      decisionThreshold: 0.5
      users: all
    simulation:
      secureAggregation: false
      deviceNoise: each
      dropouts:
        beforeAdvertise: 0
        beforeShare: 0
        beforeInput: 0
        beforeUnmask: 0

    """

  @Test func defaultsFillEveryKeyInAFixedOrder() throws {
    #expect(try decode(minimal).yaml == canonical)
  }

  @Test func hashIsThatOfTheCanonicalText() throws {
    // BLAKE2b-256 of the text above, computed with Python's hashlib.
    #expect(
      try decode(minimal).hash
        == "fac0fa0417372bcd59e8d0a5bd4451e3729d597514bd2dceb5c4596165170d39")
  }

  @Test func orderCommentsAndNotationDoNotChangeTheHash() throws {
    let other =
      "# a comment\nbehavior: {source: 'synthetic'}\nprivacy: {epsilon: 3.0}\nname: tiny\n"
    #expect(try decode(other) == decode(minimal))
  }

  @Test(arguments: [
    "seed=18446744073709551615", "threads=4", "behavior.maxBadRows=0",
    "behavior.synthetic.users=50", "privacy.mechanism=none", "privacy.mechanism=central",
    "privacy.noise=discrete-gaussian", "privacy.dropoutShare=0", "privacy.colludingShare=0.2",
    "privacy.epsilon=0.1",
    "privacy.delta=1e-9", "privacy.sweep=[1, 8]", "encoding.ringBits=24", "encoding.scaleBits=10",
    "encoding.rotation=true",
    "tasks.gram.headItems=5", "tasks.gram.tailGroups=1", "tasks.gram.maxRank=2",
    "tasks.ranker.rounds=1", "tasks.ranker.cohort=10", "tasks.ranker.learningRate=0.3333333333333",
    "tasks.ranker.momentum=0", "tasks.ranker.clipNorm=2", "tasks.ranker.clipping=adaptive",
    "tasks.ranker.negatives=1",
    "profile.halfLife=1 h", "profile.recommendations=3", "profile.examples=0",
    "evaluation.sampledNegatives=9", "evaluation.bootstrapResamples=40", "evaluation.coldStart=[]",
    "evaluation.headShare=0.5", "evaluation.easeRegularization=1e9",
    "evaluation.decisionThreshold=0.25", "evaluation.users=7", "name=other",
    "simulation.secureAggregation=true", "simulation.deviceNoise=together",
    "simulation.dropouts.beforeAdvertise=0.01", "simulation.dropouts.beforeShare=0.02",
    "simulation.dropouts.beforeInput=0.03", "simulation.dropouts.beforeUnmask=0.5",
  ])
  func overrideChangesThePlanAndThePlanReadsBack(override: String) throws {
    let plain = try decode(minimal)
    let changed = try decode(minimal, [override])
    #expect(changed.scenario != plain.scenario)
    #expect(changed.hash != plain.hash)
    #expect(try decode(changed.yaml) == changed)
  }

  @Test func fileNamesReadBackWhateverTheyContain() throws {
    let yaml = "name: a\nbehavior:\n  source: csv\n  events: 'a \"b\" \\ # c.csv'\n"
    let effective = try decode(yaml)
    #expect(effective.scenario.behavior.events == "a \"b\" \\ # c.csv")
    #expect(try decode(effective.yaml) == effective)
  }

  /// Without an encoder its settings are left out; with one they stand beside the others.
  @Test(arguments: [false, true]) func everyKeyIsWrittenExactlyOnce(hasEncoder: Bool) throws {
    let text =
      hasEncoder
      ? try decode(minimal, ["tasks.encoder.shape=mean", "privacy.mechanism=none"]).yaml : canonical
    let keys = ScenarioKey.allCases.filter { hasEncoder || !ScenarioKey.ofEncoder.contains($0) }
    for key in keys {
      let name = key.components.last ?? ""
      let sameName = keys.filter { $0.components.last == name }.count
      let lines = text.split(separator: "\n").filter {
        $0.drop { $0 == " " }.hasPrefix(name + ": ")
      }
      #expect(lines.count == sameName, "\(key.rawValue)")
    }
  }

  @Test func lastOverrideOfAKeyWins() throws {
    let effective = try decode(minimal, ["seed=2", "seed=3"])
    #expect(effective.scenario.seed == 3)
  }

  @Test func overrideMendsAFaultOfTheFile() throws {
    let effective = try decode(minimal + "seed: none\n", ["seed=4"])
    #expect(effective.scenario.seed == 4)
  }

  @Test(arguments: [
    ("privacy.epsilon=0", "--set privacy.epsilon=0: privacy.epsilon: 0 is not possible"),
    ("privacy.epsilom=1", "privacy.epsilom: unknown key; did you mean privacy.epsilon?"),
    ("privacy=1", "--set privacy=1: privacy: unknown key"),
    ("privacy.epsilon", "an override is written key.path=value"),
    ("=3", "an override is written key.path=value"),
    ("privacy.epsilon=", "has no value; write a number from 0.001 to 1000"),
    ("privacy.sweep=1,8", "such as [1, 8]"),
    ("privacy.sweep=[1", "is of the wrong type"),
    ("profile.halfLife=30", "30 needs a unit"),
    (
      "simulation.dropouts.beforeInput=0.06",
      "0.06 before the contribution does not go with privacy.dropoutShare 0.05"
    ),
    ("encoding.rotation=yes", "yes is of the wrong type; write true or false"),
    ("encoding.rotation='true'", "is of the wrong type; write true or false"),
    ("encoding.rotation=", "has no value; write true or false"),
  ])
  func faultyOverrideIsNamed(override: String, message: String) {
    let error = #expect(throws: ScenarioError.self) { try decode(minimal, [override]) }
    #expect(error?.description.contains(message) == true)
    #expect(error?.description.hasPrefix("--set ") == true)
  }

  @Test(arguments: [
    "demo", "movielens-100k", "movielens-1m", "synthetic-1m", "no-privacy", "secure",
    "sequence-100k", "sequence-private", "finetune", "peers",
  ])
  func publishedScenarioDecodesAndBearsItsName(name: String) throws {
    let file = Self.simulations.appending(path: name + ".yaml")
    let yaml = try String(contentsOf: file, encoding: .utf8)
    let effective = try decode(yaml)
    #expect(effective.scenario.name == name)
    #expect(try decode(effective.yaml) == effective)
  }

  @Test func noPublishedScenarioIsLeftOut() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.simulations.path)
    #expect(files.filter { $0.hasSuffix(".yaml") }.count == 10)
  }

  @Test func referenceScenarioWritesOutTheDefaults() throws {
    let file = Self.simulations.appending(path: "movielens-100k.yaml")
    let reference = try decode(try String(contentsOf: file, encoding: .utf8))
    let bare = try decode("name: movielens-100k\nbehavior: {source: movielens-100k}\n")
    #expect(reference == bare)
  }

  private static let simulations = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "simulations")
}
