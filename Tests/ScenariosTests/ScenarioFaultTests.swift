import Testing

@testable import Scenarios

/// What decoding says about one fault in a file.
@Suite struct ScenarioFaultTests {
  /// The problems found in a scenario whose first two settings are in order.
  ///
  /// `body` starts on line 4, beneath `behavior.source` on line 3.
  private func problems(_ body: String, overrides: [String] = []) throws -> [ScenarioProblem] {
    let yaml = "name: test\nbehavior:\n  source: synthetic\n" + body
    do throws(ScenarioError) {
      _ = try ScenarioDecoder.decode(yaml: yaml, file: "plan.yaml", overrides: overrides)
      return []
    } catch .problems(let problems) {
      return problems
    }
  }

  @Test func unknownKeyNamesItsPlaceAndTheLikelyName() throws {
    let found = try problems("privacy:\n  epsilom: 3\n")
    #expect(
      found.map(\.description) == [
        "plan.yaml:5:3: privacy.epsilom: unknown key; did you mean epsilon?"
      ])
  }

  @Test func unknownKeyUnlikeAnyOtherListsTheKnownOnes() throws {
    let found = try problems("encoding:\n  colour: 3\n")
    #expect(
      found.map(\.description) == [
        "plan.yaml:5:3: encoding.colour: unknown key; known here are ringBits, scaleBits, "
          + "rotation"
      ])
  }

  @Test func keyInTheWrongSectionIsPointedToItsOwn() throws {
    let found = try problems("epsilon: 3\n")
    #expect(found.first?.fault.explanation == "unknown key; did you mean privacy.epsilon?")
  }

  @Test func pathIsNoKeyInAFile() throws {
    let found = try problems("privacy.epsilon: 3\n")
    #expect(found.map(\.keyPath) == ["privacy.epsilon"])
    #expect(found.first?.place == .line(file: "plan.yaml", line: 4, column: 1))
  }

  @Test func missingUnitIsAnErrorThatSpellsOutTheUnits() throws {
    let found = try problems("profile:\n  halfLife: 30\n")
    #expect(
      found.map(\.description) == [
        "plan.yaml:5:13: profile.halfLife: 30 needs a unit; write 30 d for days, 30 h for hours"
          + " or 30 w for weeks"
      ])
  }

  @Test(arguments: [
    ("12 h", 0.5), ("2w", 14), ("1.5 d", 1.5), ("30 d", 30),
  ])
  func halfLifeReadsEveryUnit(text: String, days: Double) throws {
    let effective = try ScenarioDecoder.decode(
      yaml: "name: a\nbehavior: {source: synthetic}\nprofile: {halfLife: \(text)}\n", file: "a",
      overrides: [])
    #expect(effective.scenario.profile.halfLifeDays == days)
  }

  @Test(arguments: [
    "privacy: {epsilon: high}", "privacy: {epsilon: \"3\"}", "privacy: {epsilon: [3]}",
    "privacy: {epsilon: nan}", "privacy: {epsilon: 0x10}", "privacy: {epsilon: }",
    "privacy: {sweep: 3}", "privacy: {sweep: [a]}", "privacy: {mechanism: [central]}",
    "seed: 1.5", "threads: some", "tasks: {ranker: {rounds: 1e3}}", "tasks: {ranker: 3}",
    "evaluation: {coldStart: [1.5]}", "profile: {halfLife: 30 m}", "profile: {halfLife: d}",
    "privacy: [epsilon]", "evaluation: {users: some}",
  ])
  func valueOfTheWrongTypeIsAnErrorOnItsLine(body: String) throws {
    let found = try problems(body)
    #expect(found.count == 1)
    guard case .wrongType = found.first?.fault, case .line(_, 4, _) = found.first?.place else {
      Issue.record("expected a type fault on line 4, not \(found)")
      return
    }
  }

  @Test(arguments: [
    "privacy: {epsilon: 0}", "privacy: {epsilon: -1}", "privacy: {delta: 0}", "privacy: {delta: 1}",
    "privacy: {epsilon: 0.0009}", "privacy: {epsilon: 1001}", "privacy: {epsilon: 1e300}",
    "privacy: {delta: 0.011}", "privacy: {delta: 1e-300}", "privacy: {sweep: [1, 2000]}",
    "encoding: {scaleBits: 21}", "profile: {examples: 51}", "tasks: {ranker: {clipNorm: 1e7}}",
    "tasks: {ranker: {learningRate: 1e4}}",
    "privacy: {sweep: [1, 0]}", "privacy: {sweep: [1, 1]}", "encoding: {ringBits: 15}",
    "encoding: {ringBits: 33}", "encoding: {scaleBits: 0}", "tasks: {ranker: {rounds: 0}}",
    "tasks: {ranker: {cohort: 0}}", "tasks: {ranker: {negatives: 0}}",
    "tasks: {ranker: {momentum: 1}}", "tasks: {ranker: {clipNorm: 0}}",
    "tasks: {ranker: {learningRate: 0}}", "tasks: {gram: {headItems: 0}}",
    "tasks: {gram: {maxRank: 0}}", "evaluation: {coldStart: [-1]}",
    "evaluation: {coldStart: [1, 1]}",
    "evaluation: {headShare: 1}", "evaluation: {decisionThreshold: 0}",
    "evaluation: {easeRegularization: 0}", "evaluation: {bootstrapResamples: 39}",
    "evaluation: {sampledNegatives: 0}", "evaluation: {users: 0}", "profile: {halfLife: 0 d}",
    "profile: {recommendations: 0}", "profile: {examples: -1}", "seed: -1", "threads: 0",
    "tasks: {gram: {tailGroups: 0}}", "evaluation: {bootstrapResamples: 9223372036854775807}",
    "evaluation: {bootstrapResamples: 1000000000000}", "evaluation: {sampledNegatives: 100001}",
    "evaluation: {coldStart: [1000001]}", "evaluation: {easeRegularization: 1e-300}",
    "evaluation: {easeRegularization: 1e10}", "tasks: {ranker: {rounds: 9223372036854775807}}",
    "tasks: {ranker: {negatives: 9223372036854775807}}", "tasks: {ranker: {cohort: 50000001}}",
    "tasks: {gram: {headItems: 10001}}", "tasks: {gram: {tailGroups: 10001}}",
    "tasks: {gram: {maxRank: 10001}}", "profile: {recommendations: 1001}",
    "evaluation: {users: 50000001}", "seed: 18446744073709551616", "privacy: {split: {gram: 0}}",
  ])
  func impossibleValueIsAnErrorOnItsLine(body: String) throws {
    let found = try problems(body)
    #expect(found.count == 1)
    guard case .outOfRange = found.first?.fault, case .line(_, 4, _) = found.first?.place else {
      Issue.record("expected a range fault on line 4, not \(found)")
      return
    }
  }

  /// Noise that only a trusted coordinator can make, and a clip norm that needs noise of its own.
  @Test(arguments: [
    (
      "privacy: {noise: tree}", "privacy.noise",
      "tree does not go with privacy.mechanism distributed"
    ),
    (
      "privacy: {mechanism: none, noise: banded}", "privacy.noise",
      "banded does not go with privacy.mechanism none; write mechanism central"
    ),
    (
      "privacy: {mechanism: none}\ntasks: {ranker: {clipping: adaptive}}", "tasks.ranker.clipping",
      "adaptive does not go with privacy.mechanism none; write fixed"
    ),
    (
      "privacy: {mechanism: central, noise: tree}\ntasks: {ranker: {clipping: adaptive}}",
      "tasks.ranker.clipping", "adaptive does not go with privacy.noise tree; write fixed"
    ),
  ])
  func noiseThatNobodyCanMakeIsAConflict(body: String, key: String, message: String) throws {
    let found = try problems(body)
    #expect(found.map(\.keyPath) == [key])
    #expect(found.first?.description.contains(message) == true, "\(found)")
  }

  @Test func splitHasToSumToOne() throws {
    let found = try problems("privacy:\n  split:\n    gram: 0.5\n    ranker: 0.1\n")
    #expect(
      found.map(\.description) == [
        "plan.yaml:6:11: privacy.split.gram: the four shares sum to 0.72; change them so that they"
          + " sum to 1"
      ])
  }

  @Test func unknownChoiceSuggestsTheNearest() throws {
    let found = try problems("privacy:\n  mechanism: centrall\n")
    #expect(
      found.map(\.description) == [
        "plan.yaml:5:14: privacy.mechanism: centrall is not known; did you mean central?"
      ])
  }

  @Test(arguments: [
    "encoding: {ringBits: 16, scaleBits: 15}", "privacy: {mechanism: none, sweep: [1]}",
    "tasks: {ranker: {cohort: 944}}", "tasks: {gram: {headItems: 1683}}",
    "evaluation: {sampledNegatives: 1682}",
  ])
  func impossibleCombinationIsAnErrorOnItsLine(body: String) throws {
    let found = try problems(body)
    #expect(found.count == 1)
    guard case .conflict = found.first?.fault, case .line(_, 4, _) = found.first?.place else {
      Issue.record("expected a conflict on line 4, not \(found)")
      return
    }
  }

  @Test(arguments: [
    "encoding: {ringBits: 16, scaleBits: 14}", "tasks: {ranker: {cohort: 943}}",
    "tasks: {gram: {headItems: 1682}}", "privacy:\n", "privacy: {epsilon: 0.001, delta: 0.01}",
    "privacy: {epsilon: 1000, delta: 2e-300}", "evaluation: {sampledNegatives: 1681}",
    "privacy: {split: {gram: 0.5, ranker: 0.38}}",
  ])
  func possibleCombinationIsAccepted(body: String) throws {
    #expect(try problems(body).isEmpty)
  }

  @Test func conflictsWithAPopulationsSizeNameIt() throws {
    #expect(
      try problems("tasks: {ranker: {cohort: 944}}\n").first?.description
        == "plan.yaml:4:26: tasks.ranker.cohort: 944 does not go with behavior.synthetic.users 943;"
        + " write all, or at most 943")
    let published = try problems(
      "tasks: {gram: {headItems: 2000}}\n", overrides: ["behavior.source=movielens-100k"])
    #expect(
      published.first?.fault.explanation
        == "2000 does not go with behavior.source movielens-100k (1682 items); write at most 1682")
  }

  @Test func anEmptyOverrideSaysThatTheValueIsMissing() throws {
    let found = try problems("", overrides: ["privacy.epsilon="])
    #expect(
      found.map(\.description) == [
        "--set privacy.epsilon=: privacy.epsilon: has no value; write a number from 0.001 to 1000,"
          + " such as 3"
      ])
  }

  @Test func moreInterestsThanItemsAreAnError() throws {
    let found = try problems("  synthetic: {items: 300, interests: 301}\n")
    #expect(found.map(\.keyPath) == ["behavior.synthetic.interests"])
  }

  @Test func everyFaultIsReportedInOrderOfTheFile() throws {
    let body = "seed: x\nprivacy:\n  epsilon: 0\n  delte: 1\nencoding:\n  ringBits: 8\n"
    let found = try problems(body, overrides: ["tasks.ranker.rounds=0"])
    #expect(
      found.map(\.keyPath) == [
        "seed", "privacy.epsilon", "privacy.delte", "encoding.ringBits", "tasks.ranker.rounds",
      ])
    #expect(ScenarioError.problems(found).description.split(separator: "\n").count == 5)
  }
}
