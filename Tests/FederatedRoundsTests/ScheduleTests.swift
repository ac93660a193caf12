import Foundation
import RingArithmetic
import SecureAggregation
import Testing

@testable import FederatedRounds

/// Rounds of five devices under faults. What must hold in every one of them:
///
/// - the round ends, by commit or by a named reason, and so it does for every device;
/// - an acknowledged contribution is in the opened sum, and none is in it twice;
/// - nothing is opened of fewer contributions than the floor, and never two different sums;
/// - a device is charged at most once, and always before its contribution counts;
/// - the coordinator's debit is made once, and before the sum is opened.
///
/// Not failures: a round that aborts because too few devices are left, a device that is dismissed.
@Suite struct ScheduleTests {
  private static let cast = Result { try Cast() }

  @Test func aRoundWithoutFaultsCommitsTheSumOfItsCohort() async throws {
    let world = World(seed: 1, rates: .none, cast: try Self.cast.get())
    try await world.run()
    try check(world)
    let sum = try #require(world.coordinator.disk.committed)
    #expect(sum.words.reduce(0, +) == 4)
    #expect(world.coordinator.opened.count == 1)
    let committed = world.devices.filter { if case .committed = $0.end { true } else { false } }
    #expect(committed.count == 4)
  }

  @Test(arguments: [
    FaultRates(loss: 150), FaultRates(duplication: 500, longestDelay: 5_000),
    FaultRates(coordinatorCrash: 60), FaultRates(deviceCrash: 40), FaultRates(fullDisk: 100),
    FaultRates(clockSkew: 20), .everything,
  ])
  func invariantsHoldInEverySchedule(rates: FaultRates) async throws {
    let cast = try Self.cast.get()
    var committed = 0
    var crashes = 0
    for seed in 0..<UInt64(Self.schedules) {
      let world = World(seed: seed, rates: rates, cast: cast)
      try await world.run()
      try check(world)
      if world.coordinator.disk.committed != nil { committed += 1 }
      crashes += world.coordinator.crashes
    }
    // A world in which nothing ever succeeds would prove nothing.
    #expect(committed * 10 >= Self.schedules, "\(committed) of \(Self.schedules) rounds committed")
    #expect(rates.coordinatorCrash == 0 || crashes > 0)
  }

  @Test func theSameSeedGivesTheSameSchedule() async throws {
    var journals: [[RoundEntry]] = []
    for _ in 0..<2 {
      let world = World(seed: 11, rates: .everything, cast: try Self.cast.get())
      try await world.run()
      journals.append(world.coordinator.disk.journal)
    }
    #expect(journals[0] == journals[1])
    #expect(!journals[0].isEmpty)
  }

  /// For each kind of fault; the environment of the tests may set more.
  private static let schedules =
    ProcessInfo.processInfo.environment["SILHOUETTE_SCHEDULES"].flatMap { Int($0) } ?? 100

  private func check(_ world: World) throws {
    let disk = world.coordinator.disk
    let seed = world.seed
    #expect(disk.committed != nil || disk.aborted != nil, "seed \(seed): the round has no end")
    #expect(disk.committed == nil || disk.aborted == nil, "seed \(seed): two ends")
    let opened = world.coordinator.opened
    for sum in opened {
      #expect(sum.survivors.count >= world.cast.config.leastSurvivors, "seed \(seed): floor")
      #expect(sum.vector == opened[0].vector, "seed \(seed): two different sums")
    }
    if disk.aborted != nil { #expect(opened.isEmpty, "seed \(seed): opened and aborted") }
    let debits = disk.journal.filter { if case .opening = $0 { true } else { false } }.count
    #expect(debits == (opened.isEmpty ? min(debits, 1) : 1), "seed \(seed): \(debits) debits")
    for device in world.devices {
      let charges = device.records.filter { if case .charged = $0 { true } else { false } }.count
      #expect(charges <= 1, "seed \(seed): device \(device.index) charged \(charges) times")
      #expect(device.end != nil, "seed \(seed): device \(device.index) waits for ever")
      guard let sum = disk.committed else { continue }
      let count = sum.words[device.index]
      #expect(count <= 1, "seed \(seed): device \(device.index) counted \(count) times")
      #expect(count <= charges, "seed \(seed): device \(device.index) counted without a charge")
      if device.isInputAcknowledged {
        #expect(count == 1, "seed \(seed): device \(device.index) acknowledged and lost")
      }
    }
  }
}
