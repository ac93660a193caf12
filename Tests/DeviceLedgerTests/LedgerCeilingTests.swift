import CryptoPrimitives
import DeviceLedger
import RoundVocabulary
import Testing
import TransparencyLog

/// Each ceiling keeps a device from its next contribution, alone.
@Suite struct LedgerCeilingTests {
  private static let open = LedgerCeilings(
    epsilon: 1_000, epsilonPerTask: 1_000, epsilonPerDay: 1_000, delta: 1e-5,
    mostContributions: 1_000, leastSeparation: 0)

  private static func epsilon(_ counts: [UInt8: Int]) throws -> Double {
    try DeviceLedger.epsilon(
      of: counts.map { TaskAccount(charge: Bench.charge($0), count: $1, last: 0) },
      against: .coordinatorWithColludingClients, delta: 1e-5)
  }

  /// What stands against one more contribution to a task, after tasks 1, 1 and 2 on the first day.
  private func excesses(
    _ task: UInt8, at time: UInt64 = Bench.start, _ change: (inout LedgerCeilings) -> Void
  ) async throws -> [LedgerCeilings.Excess] {
    let bench = Bench()
    try await bench.fill()
    var ceilings = Self.open
    change(&ceilings)
    return try ceilings.excesses(
      of: Bench.charge(task), after: try await bench.ready(), at: time)
  }

  @Test func nothingStandsAgainstWhatFits() async throws {
    #expect(try await excesses(1) { _ in }.isEmpty)
    let (life, task) = (try Self.epsilon([1: 3, 2: 1]), try Self.epsilon([1: 3]))
    #expect(
      try await excesses(1) {
        $0.epsilon = life
        $0.epsilonPerDay = life
        $0.epsilonPerTask = task
        $0.mostContributions = 4
      }.isEmpty, "a ceiling is reached, not passed")
  }

  @Test func aLifeHasACeiling() async throws {
    let life = try Self.epsilon([1: 3, 2: 1])
    let later = Bench.start + 100 * Bench.day
    #expect(
      try await excesses(1, at: later) { $0.epsilon = life * 0.999 } == [.epsilon(life)])
  }

  @Test func aTaskHasACeiling() async throws {
    let task = try Self.epsilon([1: 3])
    #expect(
      try await excesses(1) { $0.epsilonPerTask = task * 0.999 } == [.epsilonPerTask(task)])
    #expect(try await excesses(2) { $0.epsilonPerTask = task * 0.999 }.isEmpty)
  }

  @Test func aDayHasACeiling() async throws {
    let day = try Self.epsilon([1: 3, 2: 1])
    let once = try Self.epsilon([1: 1])
    #expect(try await excesses(1) { $0.epsilonPerDay = day * 0.999 } == [.epsilonPerDay(day)])
    #expect(
      try await excesses(1, at: Bench.start + Bench.day) { $0.epsilonPerDay = once }.isEmpty)
    // A clock that was set back does not bring back what was spent on the later day.
    #expect(
      try await excesses(1, at: Bench.start - 5 * Bench.day) { $0.epsilonPerDay = once }
        == [.epsilonPerDay(day)])
  }

  @Test func contributionsAreCounted() async throws {
    #expect(try await excesses(1) { $0.mostContributions = 3 } == [.contributions(4)])
  }

  @Test func contributionsAreApart() async throws {
    let next = Bench.start + 600
    for time in [next - 1, Bench.start, Bench.start - 1_000] {
      #expect(
        try await excesses(1, at: time) { $0.leastSeparation = 600 } == [.separation(until: next)])
    }
    #expect(try await excesses(1, at: next) { $0.leastSeparation = 600 }.isEmpty)
  }

  @Test func aSumWithoutNoiseHasNoBound() throws {
    let bare = ChargedTask(
      coordinator: Bench.charge(1).coordinator, plan: Bytes32(), task: Bytes32(),
      mechanism: Bench.mechanism(variance: 0, law: .none))
    let excesses = try Self.open.excesses(of: bare, after: DeviceLedger(), at: Bench.start)
    #expect(excesses.contains(.epsilon(.infinity)))
    #expect(
      try Self.open.excesses(
        of: bare, after: DeviceLedger(), at: Bench.start, measuring: false
      ).isEmpty)
  }

  /// Whoever sees less is promised no less; against a coordinator that deviates (A5) nothing is promised.
  @Test func epsilonsGrowWithTheAdversary() throws {
    let accounts = [TaskAccount(charge: Bench.charge(1), count: 3, last: 0)]
    let epsilons = try Adversary.allCases.map {
      try DeviceLedger.epsilon(of: accounts, against: $0, delta: 1e-5)
    }
    #expect(epsilons.prefix(4) == epsilons.prefix(4).sorted()[...])
    #expect(epsilons[3] < epsilons[5])
    #expect(epsilons[4] == .infinity)
    #expect(
      try EpsilonTable().epsilon(of: accounts, delta: 1e-5) == epsilons[3])
  }

  /// A table that has the answer gives the same one.
  @Test func knownEpsilonsAreThoseOfTheAccountant() throws {
    let table = EpsilonTable()
    for count in [1, 2, 1, 2] {
      let accounts = [TaskAccount(charge: Bench.charge(1), count: count, last: UInt64(count))]
      #expect(
        try table.epsilon(of: accounts, delta: 1e-5)
          == DeviceLedger.epsilon(
            of: accounts, against: .coordinatorWithColludingClients, delta: 1e-5))
    }
  }
}
