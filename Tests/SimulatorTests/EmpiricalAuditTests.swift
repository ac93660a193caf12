import Report
import RoundVocabulary
import Scenarios
import Testing

@testable import Simulator

/// Canaries through a scenario's own contribution path.
@Suite struct EmpiricalAuditTests {
  private static func audit(
    _ overrides: [String], canaries: Int = 200, seed: UInt64 = 1
  ) throws -> EmpiricalAudit {
    let effective = try ScenarioDecoder.decode(
      yaml: "name: audited\nbehavior: {source: synthetic}", file: "audited.yaml",
      overrides: overrides + ["tasks.ranker.rounds=3", "tasks.gram.headItems=10"])
    return EmpiricalAudit(
      ScenarioPlan(effective.scenario, users: 400, items: 300), canaries: canaries,
      significance: 0.05, seed: seed)
  }

  /// At level 0.05 the honest mechanism fails 12 or more of 30 runs with probability below 1e-7.
  @Test(arguments: ["skellam", "discrete-gaussian"])
  func theHonestMechanismPasses(noise: String) throws {
    var failures = 0
    for seed in 1...30 {
      let audit = try Self.audit(["privacy.noise=\(noise)"], seed: UInt64(seed))
      failures += try audit.measure(.statistics).verdict == "fail" ? 1 : 0
    }
    #expect(failures < 12)
  }

  /// Without noise every canary stands out, and the bound is all that so many can show.
  @Test func missingNoiseIsFound() throws {
    let measured = try Self.audit(["privacy.mechanism=none"]).measure(.statistics)
    #expect(measured.correct == measured.guesses)
    #expect(measured.ceiling > 2)
    #expect(measured.lowerBound > 0.99 * measured.ceiling)
  }

  @Test func withoutNoiseNothingIsClaimed() throws {
    let measured = try Self.audit(["privacy.mechanism=none"]).measure(.ranker)
    #expect(measured.claimedEpsilon == nil)
    #expect(measured.verdict == "pass")
    #expect(measured.releases == 3)
  }

  @Test func onlyGaussianNoiseIsMeasuredAsSuch() throws {
    let skellam = try Self.audit(["privacy.noise=skellam"]).measure(.statistics)
    #expect(!skellam.method.contains("Gaussian"))
    let gaussian = try Self.audit(["privacy.noise=discrete-gaussian", "privacy.epsilon=20"])
      .measure(.statistics)
    #expect(gaussian.method.contains("Gaussian"))
  }

  @Test func whatCannotBeMeasuredSaysWhy() throws {
    #expect(throws: EmpiricalAudit.Obstacle.cumulative) {
      try Self.audit(["tasks.ranker.clipping=adaptive"]).measure(.ranker)
    }
  }
}
