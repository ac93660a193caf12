import CryptoPrimitives
import PlannedRounds
import Report
import RoundVocabulary
import Scenarios
import Simulator

/// The one-run audit of a plan's ranker: canaries through the real contribution path, guesses, bounds.
enum CanaryBenchmark {
  /// Target of this machine class: two cores.
  static let mostSeconds = 60.0
  /// Of the ranker; each device is in all of them.
  private static let rounds = 100

  /// Returns whether the target was met.
  static func run(canaries: Int) throws -> Bool {
    // So many that the fewest survivors have room for all canaries.
    let plan = try PlanDecoder.decode(
      yaml: """
        name: canaries
        catalogue: {items: 10000}
        cohort: {most: \(canaries + canaries / 10)}
        privacy: {epsilon: 8}
        tasks: {ranker: {rounds: \(rounds), participations: all}}
        """, file: "canaries.yaml")
    let tasks = try PlannedTasks(
      plan, hash: Blake2b.digest(Array(SignedPlanText.yaml(of: plan).utf8)))
    let audit = EmpiricalAudit(canaries: canaries, significance: 0.05, seed: 1)
    let clock = ContinuousClock()
    let started = clock.now
    let found = try audit.measure(tasks.audited(.ranker))
    let seconds = (clock.now - started) / .seconds(1)
    print(
      "\(found.canaries) canaries in \(found.releases) rounds of the ranker: \(seconds) s, epsilon at least "
        + "\(found.lowerBound), ceiling \(found.ceiling), \(found.claimedEpsilon ?? .infinity) claimed, "
        + found.verdict)
    return seconds <= mostSeconds && found.canaries == canaries && found.verdict == "pass"
  }
}
