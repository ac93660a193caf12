import FederatedTasks
import PrivacyAuditing
import Report
import RoundVocabulary
import TestSupport
import Testing

@testable import Simulator

/// Audits of rounds that follow from earlier ones: correlated noise, and a clip norm that follows the updates.
@Suite struct CourseAuditTests {
  enum Course: CaseIterable {
    case tree, banded, adaptive

    var correlation: TrainingPlan.Correlation? {
      switch self {
      case .tree: .tree
      case .banded: .banded
      case .adaptive: nil
      }
    }

    /// So many that noise for one participation in them is far too little: four times where it is not correlated.
    var rounds: Int { self == .adaptive ? 16 : 8 }
  }

  private static let (devices, significance) = (200, 0.05)

  /// Rounds over which one device is thought to take part so often; all devices take part in all of them.
  private static func audited(_ course: Course, participations: Int) throws -> AuditedTask {
    let plan = TrainingPlan(
      target: .init(epsilon: 2, delta: 1e-5), noise: .coordinator, ringBits: 32, scaleBits: nil)
    let shape = TrainingPlan.TaskShape(
      task: .ranker, dimension: devices, clipNorm: 0.5, cohort: devices,
      participations: participations, budgetShare: 1)
    let schedule = CohortSchedule(
      population: devices * course.rounds / participations, cohort: devices, rounds: course.rounds,
      seed: 1)
    return AuditedTask(
      try plan.rankerRounds(
        for: shape, schedule: schedule, clipping: course == .adaptive ? .adaptive : .fixed,
        correlation: course.correlation), delta: 1e-5)
  }

  /// How many seeded trials fail that claim what `audited` does, of rounds as `run` has them.
  private static func failures(
    of audited: AuditedTask, running run: AuditedTask, trials: Int
  ) throws -> Int {
    var verdicts: [Int: String] = [:]
    return try (1...trials).count { seed in
      let audit = EmpiricalAudit(
        canaries: .max, significance: significance, seed: UInt64(seed))
      var path = AuditedPath(run)
      let run = try audit.run(audited) { try path.release($0) }
      let outcome = try CanaryEvidence(of: run).outcome
      let verdict =
        try verdicts[outcome.correct] ?? audit.figures(outcome, audited).verdict
      verdicts[outcome.correct] = verdict
      return verdict == "fail"
    }
  }

  /// At alpha 0.05 an audit fails `StatisticalLimit` or more of 40 honest trials with probability below 1e-9.
  @Test(arguments: Course.allCases) func honestRoundsPass(course: Course) throws {
    let honest = try Self.audited(course, participations: course.rounds)
    let failed = try Self.failures(of: honest, running: honest, trials: 40)
    #expect(failed < StatisticalLimit.failures(of: 40, at: Self.significance))
  }

  /// Noise for devices that take part once, where they take part in every round.
  ///
  /// All of 100 trials are caught, which happens to an audit with a power of 0.95 or less with probability
  /// below 0.006.
  @Test(arguments: Course.allCases) func participationsThatWereForgottenAreFound(
    course: Course
  ) throws {
    let honest = try Self.audited(course, participations: course.rounds)
    let forgetful = try Self.audited(course, participations: 1)
    #expect(try Self.failures(of: honest, running: forgetful, trials: 100) == 100)
  }

  /// Canaries show what a run with correlated noise costs: weighted, they are nearly as clear as the claim has it.
  @Test(arguments: [Course.tree, .banded]) func canariesAreAsClearAsTheClaim(
    course: Course
  ) throws {
    let audited = try Self.audited(course, participations: course.rounds)
    let run = try EmpiricalAudit(canaries: .max, significance: Self.significance, seed: 1)
      .run(audited) { [path = Paths(audited)] in try path.next.release($0) }
    let scores = try run.set.scores(of: run.releases)
    func mean(_ isIn: Bool) -> Double {
      let chosen = zip(scores, run.included).filter { $0.1 == isIn }.map(\.0)
      return chosen.reduce(0, +) / Double(chosen.count)
    }
    let noise = try #require(audited.noiseMultiplier)
    // Canaries are in by one clip norm; about a hundred of each kind, five standard errors, false failure 6e-7.
    #expect(abs(mean(true) - mean(false) - 1) < 5 * noise * (2.0 / 95).squareRoot())
  }

  /// A path that goes on from one round to the next.
  private final class Paths {
    var next: AuditedPath
    init(_ audited: AuditedTask) { next = AuditedPath(audited) }
  }
}
