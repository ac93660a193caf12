internal import NumericalMethods

/// Who takes part in which round of a task with sampled cohorts.
///
/// Devices are dealt out in a public random order, so that none takes part more often than it must.
/// No amplification by sampling is claimed from it.
package struct CohortSchedule: Sendable {
  package let population: Int
  package let cohort: Int
  package let rounds: Int
  private let order: [Int32]

  /// - Parameter seed: public.
  package init(population: Int, cohort: Int, rounds: Int, seed: UInt64) {
    self.population = population
    self.cohort = min(cohort, population)
    self.rounds = rounds
    if cohort >= population {
      order = Array(0..<Int32(population))
    } else {
      var generator = DeterministicGenerator(seed: seed, stream: 0x636F_686F)
      order = (0..<Int32(population)).shuffled(using: &generator)
    }
  }

  /// In how many rounds one device takes part, at most.
  package var participations: Int { participations(through: rounds) }

  /// In how many of the first rounds one device takes part, at most.
  package func participations(through round: Int) -> Int {
    population == 0 ? 0 : (round * cohort + population - 1) / population
  }

  /// Whether every device takes part in every round.
  package var isFull: Bool { cohort == population }

  /// The devices of one round, numbered from 1.
  package func devices(round: Int) -> [Int32] {
    let start = (round - 1) * cohort
    return (0..<cohort).map { order[(start + $0) % population] }
  }
}
