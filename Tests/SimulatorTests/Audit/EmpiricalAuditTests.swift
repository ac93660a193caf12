import Report
import RoundVocabulary
import Scenarios
import Testing

@testable import Simulator

/// Canaries through a scenario's own contribution path.
@Suite struct EmpiricalAuditTests {
  private static func measure(
    _ task: TaskKind, _ overrides: [String], canaries: Int = 200, seed: UInt64 = 1
  ) throws -> EmpiricalFigures.Task {
    let effective = try ScenarioDecoder.decode(
      yaml: "name: audited\nbehavior: {source: synthetic}", file: "audited.yaml",
      overrides: overrides + ["tasks.ranker.rounds=3", "tasks.gram.headItems=10"])
    let plan = ScenarioPlan(effective.scenario, users: 400, items: 300)
    return try EmpiricalAudit(canaries: canaries, significance: 0.05, seed: seed)
      .measure(plan.audited(task))
  }

  /// At level 0.05 the honest mechanism fails 12 or more of 30 runs with probability below 1e-7.
  @Test(arguments: ["skellam", "discrete-gaussian"])
  func theHonestMechanismPasses(noise: String) throws {
    var failures = 0
    for seed in 1...30 {
      let measured = try Self.measure(
        .statistics, ["privacy.noise=\(noise)"], seed: UInt64(seed))
      failures += measured.verdict == "fail" ? 1 : 0
    }
    #expect(failures < 12)
  }

  /// Without noise every canary stands out, and the bound is all that so many can show.
  @Test func missingNoiseIsFound() throws {
    let measured = try Self.measure(.statistics, ["privacy.mechanism=none"])
    #expect(measured.correct == measured.guesses)
    #expect(measured.ceiling > 2)
    #expect(measured.lowerBound > 0.99 * measured.ceiling)
  }

  @Test func withoutNoiseNothingIsClaimed() throws {
    let measured = try Self.measure(.ranker, ["privacy.mechanism=none"])
    #expect(measured.claimedEpsilon == nil)
    #expect(measured.verdict == "pass")
    #expect(measured.releases == 3)
  }

  @Test func noiseIsMeasuredAsWhatItIs() throws {
    // Fewer right guesses than by chance would have no method above another.
    let skellam = try Self.measure(
      .statistics, ["privacy.noise=skellam", "privacy.epsilon=20"])
    #expect(skellam.method.contains("against noise near a Gaussian's"))
    let gaussian = try Self.measure(
      .statistics, ["privacy.noise=discrete-gaussian", "privacy.epsilon=20"])
    #expect(gaussian.method.contains("against Gaussian noise"))
  }

  /// Every way of clipping and noise that a scenario can have is measured.
  @Test(
    arguments: [
      ["tasks.ranker.clipping=adaptive"],
      ["privacy.mechanism=central", "tasks.ranker.clipping=adaptive"],
      ["privacy.mechanism=central", "privacy.noise=tree"],
      ["privacy.mechanism=central", "privacy.noise=banded"],
    ])
  func everyKindOfRoundIsMeasured(overrides: [String]) throws {
    let measured = try Self.measure(.ranker, overrides, canaries: 50)
    #expect(measured.verdict == "pass" && measured.releases == 3)
    #expect(try #require(measured.claimedEpsilon) > 0 && measured.ceiling > 0)
    #expect(try #require(measured.noiseMultiplier) > 0)
  }

  /// Four hundred devices have no room for five hundred canaries: two runs have, of 250 each.
  @Test func canariesAreDividedBetweenRuns() throws {
    let one = try Self.measure(.statistics, [], canaries: 200)
    #expect(one.runs == 1 && one.canaries == 200)
    let two = try Self.measure(.statistics, [], canaries: 500)
    #expect(two.runs == 2 && two.canaries == 500 && two.guesses == 150)
    #expect(two.verdict == "pass" && two.ceiling > one.ceiling)
    // Without noise every guess is right in either run.
    let bare = try Self.measure(.statistics, ["privacy.mechanism=none"], canaries: 900)
    #expect(bare.runs == 3 && bare.correct == bare.guesses && bare.guesses == 270)
  }

  @Test func whatCannotBeMeasuredSaysWhy() throws {
    #expect(throws: EmpiricalAudit.Obstacle.notInScenario) {
      try Self.measure(.encoder, ["privacy.mechanism=none"])
    }
  }
}
