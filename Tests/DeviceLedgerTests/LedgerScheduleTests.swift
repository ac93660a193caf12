import CryptoPrimitives
import DeviceLedger
import SeededRandomness
import Synchronization
import Testing

/// Random lives of a device, in which what has left it stays within every ceiling.
///
/// Rounds of several tasks and coordinators, crashes at every durable write, ledgers that are lost, older or
/// damaged, heads that are, and a clock that jumps both ways.
@Suite struct LedgerScheduleTests {
  private static let count = 10_000
  private static let workers = 2

  @Test func noDeviceExceedsACeiling() async throws {
    let table = EpsilonTable()
    let tally = try await withThrowingTaskGroup(of: ScheduledLife.Tally.self) { group in
      for worker in 0..<Self.workers {
        group.addTask {
          var tally = ScheduledLife.Tally()
          for seed in stride(from: worker, to: Self.count, by: Self.workers) {
            let life = ScheduledLife(seed: UInt64(seed), table: table)
            try await life.run(steps: 30)
            #expect(life.violations.isEmpty, "seed \(seed): \(life.violations)")
            tally.add(life.tally)
          }
          return tally
        }
      }
      return try await group.reduce(into: ScheduledLife.Tally()) { $0.add($1) }
    }
    // A schedule in which nothing happens shows nothing.
    let floor = Self.count / 50
    #expect(tally.contributions > Self.count)
    #expect(tally.crashes > floor && tally.restarts > floor && tally.raised > floor)
    #expect(tally.quarantined > floor)
    for refusals in [
      tally.life, tally.task, tally.day, tally.contributionCeiling, tally.separation,
    ] { #expect(refusals > floor, "\(tally)") }
  }
}

/// One device with its owner's ceilings, and what truly left it.
final class ScheduledLife {
  struct Tally: Sendable {
    var contributions = 0, crashes = 0, restarts = 0, raised = 0, quarantined = 0
    var life = 0, task = 0, day = 0, contributionCeiling = 0, separation = 0

    mutating func add(_ other: Tally) {
      for path: WritableKeyPath<Tally, Int> in [
        \.contributions, \.crashes, \.restarts, \.raised, \.quarantined, \.life, \.task, \.day,
        \.contributionCeiling, \.separation,
      ] { self[keyPath: path] += other[keyPath: path] }
    }
  }

  private struct Contribution {
    let charge: ChargedTask
    let time: UInt64
  }

  private static let most = 4
  /// Two coordinators, the second with a task of the same plan as the first.
  private static let charges = [
    Bench.charge(1), Bench.charge(2), Bench.charge(3, at: 2), Bench.charge(1, at: 2),
  ]

  private let bench: Bench
  private var randomness: RandomStream
  private let table: EpsilonTable
  private let ceilings: LedgerCeilings
  private var time = Bench.start
  /// What has left the device, by its own clock.
  private var left: [Contribution] = []
  private var quarantineEnd: UInt64 = 0
  private var backup: [SealedLedgerEntry] = []
  /// Until the device reads its ledger again, nothing else happens to it.
  private var isHarmed = false
  private(set) var tally = Tally()
  private(set) var violations: [String] = []

  init(seed: UInt64, table: EpsilonTable) {
    bench = Bench(seed: seed)
    var source = RandomStream.seeded(seed, label: "schedule")
    var picks: [Int] = []
    for _ in 0..<5 { picks.append(Int(source.nextBelow(UInt64(3)))) }
    ceilings = LedgerCeilings(
      epsilon: [4, 6, 100][picks[0]], epsilonPerTask: [2.2, 2.8, 100][picks[1]],
      epsilonPerDay: [2.5, 4, 100][picks[2]], delta: 1e-5,
      mostContributions: [3, 6, 100][picks[3]],
      leastSeparation: [0, 3_600, 172_800][picks[4]])
    self.table = table
    randomness = source
  }

  private func below(_ bound: Int) -> Int { Int(randomness.nextBelow(UInt64(bound))) }

  func run(steps: Int) async throws {
    for _ in 0..<steps {
      switch below(16) {
      case 0..<9: await takePart()
      case 9..<12: time += UInt64(below(2 * Int(Bench.day)))
      case 12: time -= UInt64(below(3 * Int(Bench.day)))
      case 13: time += UInt64(below(40 * Int(Bench.day)))
      case 14: backup = bench.medium.state.entries
      default: harm()
      }
    }
  }

  /// Something happens to the database or to the head, not to both: no device can know that it was put back whole.
  private func harm() {
    guard !isHarmed else { return }
    isHarmed = true
    let place = below(max(1, bench.medium.state.entries.count))
    switch below(6) {
    case 0: bench.medium.state.entries = backup
    case 1: bench.medium.state.entries = []
    case 2:
      guard !bench.medium.state.entries.isEmpty else { return }
      bench.medium.state.entries.remove(at: place)
    case 3:
      guard !bench.medium.state.entries.isEmpty else { return }
      let entry = bench.medium.state.entries[place]
      var box = entry.box
      box[below(box.count)] ^= 1
      bench.medium.state.entries[place] = SealedLedgerEntry(number: entry.number, box: box)
    case 4: bench.medium.state.head = nil
    default: bench.medium.state.head?[30] ^= 1
    }
  }

  /// A round that is offered: as `DeviceNode` and `PlannedWorker` go about it.
  private func takePart() async {
    let charge = Self.charges[below(Self.charges.count)]
    planCrash()
    do throws(MemoryMedium.Crash) {
      var ledger = try await bench.keeper.ready(
        at: time, quarantine: Bench.quarantine, randomness: &bench.randomness
      ) { () throws(MemoryMedium.Crash) in [] }
      isHarmed = false
      if below(2) == 0 { ledger = try await raise(ledger, charge) }
      note(ledger)
      guard !ledger.isQuarantined(at: time) else {
        tally.quarantined += 1
        return
      }
      guard ledger.count(of: charge.task) < Self.most, fits(charge, ledger) else { return }
      let medium = bench.medium
      // The clock may be set back before the contribution leaves.
      let checked = time
      if below(8) == 0 { time -= UInt64(below(2 * Int(Bench.day))) }
      let fault = try await bench.keeper.debit(
        charge, round: UInt64(left.count + 1), checked: checked, at: time,
        randomness: &bench.randomness
      ) { entry throws(MemoryMedium.Crash) in try medium.append([entry]) }
      guard fault == nil else { return violations.append("a sound ledger has a fault") }
      leave(charge, at: checked)
    } catch { tally.crashes += 1 }
    bench.medium.plan([])
  }

  private func planCrash() {
    guard below(5) == 0 else { return }
    let before = below(4)
    bench.medium.plan(
      [MemoryMedium.Outcome](repeating: .stored, count: before)
        + [below(2) == 0 ? .lost : .storedAndCrashed])
  }

  /// The coordinator's honest count, and now and then one that is too high.
  private func raise(
    _ ledger: DeviceLedger, _ charge: ChargedTask
  ) async throws(MemoryMedium.Crash) -> DeviceLedger {
    let lie = below(8) == 0 ? 1 : 0
    let counted = left.count {
      $0.charge.task == charge.task && $0.charge.coordinator == charge.coordinator
    }
    return try await bench.keeper.raise(
      ledger, to: counted + lie, of: charge, most: Self.most, at: time,
      quarantine: Bench.quarantine, randomness: &bench.randomness)
  }

  private func note(_ ledger: DeviceLedger) {
    guard ledger.quarantineEnd > quarantineEnd else { return }
    quarantineEnd = ledger.quarantineEnd
    if case .counted? = ledger.quarantineReason { tally.raised += 1 } else { tally.restarts += 1 }
  }

  private func fits(_ charge: ChargedTask, _ ledger: DeviceLedger) -> Bool {
    let excesses: [LedgerCeilings.Excess]
    do {
      excesses = try ceilings.excesses(
        of: charge, after: ledger, at: time, measure: table.measure)
    } catch {
      violations.append("\(error)")
      return false
    }
    for excess in excesses {
      switch excess {
      case .epsilon: tally.life += 1
      case .epsilonPerTask: tally.task += 1
      case .epsilonPerDay: tally.day += 1
      case .contributions: tally.contributionCeiling += 1
      case .separation: tally.separation += 1
      }
    }
    return excesses.isEmpty
  }

  // MARK: What must hold

  /// A contribution leaves: from here on the ledger is not asked.
  private func leave(_ charge: ChargedTask, at time: UInt64) {
    let separation = ceilings.leastSeparation
    if separation > 0, let last = left.map(\.time).max(), time < last + separation {
      violations.append("two contributions within the separation")
    }
    left.append(Contribution(charge: charge, time: time))
    tally.contributions += 1
    if time < quarantineEnd { violations.append("a contribution in a quarantine") }
    if left.count > ceilings.mostContributions { violations.append("too many contributions") }
    require(left, within: ceilings.epsilon, "life")
    require(
      left.filter { $0.charge.task == charge.task }, within: ceilings.epsilonPerTask, "task")
    require(
      left.filter { $0.time / Bench.day == time / Bench.day }, within: ceilings.epsilonPerDay,
      "day")
    if left.count(where: { $0.charge.task == charge.task }) > Self.most {
      violations.append("more contributions to a task than its plan allows")
    }
  }

  private func require(
    _ contributions: [Contribution], within ceiling: Double, _ name: String
  ) {
    let accounts = contributions.reduce(into: [TaskAccount]()) {
      $0 = $0.adding(TaskAccount(charge: $1.charge, count: 1, last: 0))
    }
    do {
      if try table.epsilon(of: accounts, delta: ceilings.delta) > ceiling {
        violations.append("epsilon of a \(name) is above \(ceiling)")
      }
    } catch { violations.append("\(error)") }
  }
}
