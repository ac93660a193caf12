internal import ArgumentParser
internal import Foundation
internal import RoundSimulation

/// Runs many seeded schedules of faults and prints those that break a promise.
@main struct FaultSimulation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fault-simulation",
    abstract: "Coordinator, devices, disks and network under seeded schedules of faults.",
    discussion: "A schedule that breaks a promise is printed with its seed, and breaks it again.")

  @Option(help: "How many schedules.")
  var schedules: UInt64 = 10_000

  @Option(help: "The seed of the first; the others follow.")
  var firstSeed: UInt64 = 0

  @Option(help: "Schedules at a time.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard schedules > 0, jobs > 0 else { throw ValidationError("nothing to do") }
  }

  /// What some schedules came to.
  private struct Tally: Sendable {
    var schedules: UInt64 = 0
    var finished: UInt64 = 0
    var crashes = 0
    var failures = 0
  }

  private static let batchSize: UInt64 = 100
  private static let batchesBetweenReports: UInt64 = 100

  func run() async throws {
    let cast = try Cast()
    let seeds = firstSeed..<firstSeed + schedules
    let start = ContinuousClock.now
    var starts = stride(from: seeds.lowerBound, to: seeds.upperBound, by: Int(Self.batchSize))
      .makeIterator()
    let total = await withTaskGroup(of: Tally.self) { group in
      func startNext() {
        guard let first = starts.next() else { return }
        group.addTask {
          Self.run(first..<min(first + Self.batchSize, seeds.upperBound), cast)
        }
      }
      for _ in 0..<jobs { startNext() }
      var total = Tally()
      while let part = await group.next() {
        startNext()
        total.schedules += part.schedules
        total.finished += part.finished
        total.crashes += part.crashes
        total.failures += part.failures
        if total.schedules.isMultiple(of: Self.batchSize * Self.batchesBetweenReports) {
          Self.report(total, of: seeds.count, since: start)
        }
      }
      return total
    }
    Self.report(total, of: seeds.count, since: start)
    // A world in which nothing ever succeeds would prove nothing.
    guard total.failures == 0, total.finished * 2 >= total.schedules else { throw ExitCode.failure }
  }

  private static func run(_ seeds: Range<UInt64>, _ cast: Cast) -> Tally {
    var tally = Tally()
    for seed in seeds {
      let world = SimulatedWorld(seed: seed, rates: .of(seed: seed), cast: cast)
      world.run()
      tally.schedules += 1
      tally.crashes += world.crashes
      if world.isPlanDone { tally.finished += 1 }
      let violations = world.violations()
      if !violations.isEmpty { tally.failures += 1 }
      for violation in violations { print("seed \(seed), \(world.rates.name): \(violation)") }
    }
    return tally
  }

  private static func report(
    _ tally: Tally, of count: Int, since start: ContinuousClock.Instant
  ) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(
      "\(tally.schedules) of \(count) schedules, \(Int(Double(tally.schedules) / seconds)) per "
        + "second: \(tally.finished) plans done, \(tally.crashes) crashes of the coordinator, "
        + "\(tally.failures) broken promises")
  }
}
