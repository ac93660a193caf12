import PrivacyAccounting
import PrivacyAuditing
import PrivacyMechanisms
import Report
import RoundVocabulary
import Scenarios
import TestSupport
import Testing

@testable import Simulator

/// The audit that ships, on contribution paths with one fault each: it fails them, and passes the one without.
@Suite struct MutantAuditTests {
  /// Noise of the coordinator, and noise of devices.
  enum Noise: CaseIterable {
    case discreteGaussian, skellam

    var overrides: [String] {
      switch self {
      case .discreteGaussian: ["privacy.mechanism=central", "privacy.noise=discrete-gaussian"]
      case .skellam: ["privacy.mechanism=distributed", "privacy.noise=skellam"]
      }
    }
  }

  /// One small task of a scenario.
  struct Subject {
    /// Of the scenario: nearly all are canaries.
    var users: Int
    /// Coordinates of a contribution.
    var items: Int
    /// Of all tasks of the scenario; what is measured has a part of it.
    var epsilon: Double
    var releases = 2

    func audited(_ noise: Noise) throws -> AuditedTask {
      let effective = try ScenarioDecoder.decode(
        yaml: "name: audited\nbehavior: {source: synthetic}", file: "audited.yaml",
        overrides: noise.overrides + [
          "privacy.epsilon=\(epsilon)", "tasks.ranker.rounds=3", "tasks.gram.headItems=10",
        ])
      var plan = ScenarioPlan(effective.scenario, users: users, items: items)
      plan.plannedParticipations = [.statistics: releases]
      return try plan.audited(.statistics)
    }

    static func of(_ fault: MutantPath.Fault?) -> Subject {
      switch fault {
      case nil: Subject(users: 300, items: 300, epsilon: 10)
      // Twice the mu is found by many guesses only.
      case .noiseHalved: Subject(users: 2_500, items: 2_500, epsilon: 22, releases: 1)
      case .clipOff, .sameNoiseEachRound, .weightedByExamples:
        Subject(users: 300, items: 300, epsilon: 14)
      // Noise that was clipped has the clip norm, over all coordinates.
      case .noiseBeforeClip: Subject(users: 100, items: 300, epsilon: 5)
      }
    }
  }

  private static let significance = 0.05

  /// How many trials, seeded from 1 on, the audit fails.
  private static func failures(
    _ noise: Noise, _ fault: MutantPath.Fault?, trials: Int
  ) throws -> Int {
    let audited = try Subject.of(fault).audited(noise)
    let path = try MutantPath(audited.mechanism, fault: fault)
    // A verdict follows from the number of right guesses, and takes longer than they do.
    var verdicts: [Int: String] = [:]
    return try (1...trials).count { seed in
      let audit = EmpiricalAudit(
        canaries: .max, significance: significance, seed: UInt64(seed))
      let outcome = try CanaryEvidence(of: audit.run(audited, through: path.release)).outcome
      let verdict =
        try verdicts[outcome.correct] ?? audit.figures(outcome, audited).verdict
      verdicts[outcome.correct] = verdict
      return verdict == "fail"
    }
  }

  /// What is taken off for the distance from a Gaussian grows with the releases.
  @Test func theDistanceIsThatOfAllReleases() throws {
    let audited = try Subject(users: 300, items: 300, epsilon: 10, releases: 3).audited(.skellam)
    let one = try #require(audited.mechanism.observed?.event(seenBy: .anyClientOrPublic))
    #expect(audited.family == PrivacyFamily(for: one.times(3)))
    #expect(audited.family != PrivacyFamily(for: one))
  }

  /// At alpha 0.05 an audit fails 34 or more of 200 honest trials with probability below 1e-9.
  @Test(arguments: Noise.allCases) func theHonestPathPassesAtTheLevel(noise: Noise) throws {
    let failed = try Self.failures(noise, nil, trials: 200)
    #expect(failed < StatisticalLimit.failures(of: 200, at: Self.significance))
  }

  /// All of 100 trials are caught, which happens to an audit with a power of 0.95 or less with probability below 0.006.
  ///
  /// Seeds are fixed, so that on one path this test always has one result.
  @Test(arguments: Noise.allCases, MutantPath.Fault.allCases)
  func everyFaultIsCaught(noise: Noise, fault: MutantPath.Fault) throws {
    let caught = try Self.failures(noise, fault, trials: 100)
    #expect(caught == 100)
  }
}
