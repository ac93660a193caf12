import Foundation
import RoundSimulation
import Testing

/// The whole system under seeded schedules of faults; see `Violation` for what must hold.
///
/// Debug code takes 60 ms for a schedule, release code 23: `make test` runs 10,000 in release, and
/// `make soak` 10^6. A seed that fails is printed and fails again:
/// `SILHOUETTE_SEED=N swift test --filter SimulationTests`. No product reads that variable.
@Suite struct SimulationTests {
  private static let cast = Result { try Cast() }

  @Test func aScheduleWithoutFaultsCommitsTheSumOfACohort() throws {
    let world = SimulatedWorld(seed: 1, rates: .none, cast: try Self.cast.get())
    world.run()
    #expect(world.violations().isEmpty)
    #expect(world.isPlanDone)
  }

  @Test func everyScheduleKeepsWhatWasPromised() throws {
    let cast = try Self.cast.get()
    let chosen = ProcessInfo.processInfo.environment["SILHOUETTE_SEED"].flatMap { UInt64($0) }
    var done = 0
    var crashes = 0
    let seeds = chosen.map { $0..<$0 + 1 } ?? 0..<200
    for seed in seeds {
      let world = SimulatedWorld(seed: seed, rates: .of(seed: seed), cast: cast)
      world.run()
      for violation in world.violations() {
        Issue.record("SILHOUETTE_SEED=\(seed) (\(world.rates.name)): \(violation)")
      }
      if world.isPlanDone { done += 1 }
      crashes += world.crashes
    }
    // A world in which nothing ever succeeds, or nothing ever dies, would prove nothing.
    if chosen == nil {
      #expect(done * 2 >= seeds.count, "\(done) of \(seeds.count) plans came to their end")
      #expect(crashes * 20 >= seeds.count, "\(crashes) crashes in \(seeds.count) schedules")
    }
  }

  @Test func theSameSeedGivesTheSameSchedule() throws {
    let cast = try Self.cast.get()
    let traces = (0..<2).map { _ in
      let world = SimulatedWorld(seed: 8, rates: .everything, cast: cast)
      world.run()
      return world.trace
    }
    #expect(traces[0] == traces[1])
  }
}
