import CryptoPrimitives
import FederatedRounds
import Foundation
import PlannedRounds
import ReleasedParts
import RoundVocabulary
import Scenarios
import Storage
import Testing

@testable import silhouette

/// What `plan forecast` says beyond epsilon: days and cohorts.
@Suite struct PlanForecastTests {
  private struct Forecast: Decodable {
    struct Calendar: Decodable {
      struct Day: Decodable {
        let date: String
        let rounds: [String]
        let coordinatorEpsilon: Double?
      }
      let days: [Day]
      let budgetEnd: String?
    }
    struct Cohorts: Decodable {
      let days: Int
      let verdict: String
      let neededDevices: Int
    }
    let calendar: Calendar
    let cohorts: Cohorts?
  }

  private static let plan = """
    name: small
    catalogue: {items: 40}
    cohort: {most: 40}
    privacy: {epsilon: 8, dropoutShare: 0.1}
    tasks:
      gram: {headItems: 6, tailGroups: 2}
      ranker: {rounds: 6, participations: 5}
    """

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    return folder
  }

  /// A device with standard settings is in three rounds a day, and spends more every day, never more than is promised.
  @Test func theCalendarHasEveryRoundOfADeviceAndEndsWithinThePromise() async throws {
    let run = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--json", in: Self.folder())
    #expect(run.status == 0, "\(run.errors)")
    let forecast = try JSONDecoder().decode(Forecast.self, from: Data(run.output.utf8))
    let days = forecast.calendar.days
    #expect(
      days.map(\.rounds) == [
        ["statistics/1", "gram/1", "ranker/1"], ["ranker/2", "ranker/3", "ranker/4"], ["ranker/5"],
      ])
    #expect(Set(days.map(\.date)).count == days.count)
    #expect(forecast.calendar.budgetEnd == days.last?.date)
    let spent = try days.map { try #require($0.coordinatorEpsilon) }
    #expect(spent == spent.sorted())
    #expect((spent.last ?? 9) <= 8 && (spent.first ?? 0) > 0)
    #expect(forecast.cohorts == nil)
  }

  @Test func aCoordinatorThatHasSeenNoWholeDaySaysSo() async throws {
    let folder = try Self.folder()
    let made = try await BuiltProduct.run(
      "coordinator", "init", "--dir", "state", "--url", "https://127.0.0.1:18443", in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let run = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--dir", "state", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("is not known yet: no whole day was counted"))
    let other = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--dir", "nowhere", in: folder)
    #expect(other.status == 66)
  }

  // MARK: Cohorts

  private static func tasks(
    _ name: String = "small", times: String = "{pause: 0 s}", hash: String? = nil
  ) throws -> PlannedTasks {
    var decoded = try PlanDecoder.decode(
      yaml: plan.replacing("name: small", with: "name: \(name)\ntimes: \(times)"),
      file: "\(name).yaml")
    decoded.catalogue.hash = hash
    let document = Array(SignedPlanText.yaml(of: decoded).utf8)
    return try PlannedTasks(decoded, hash: Blake2b.digest(document))
  }

  /// A round of the plan needs 36 devices, a count is off by 28 at most, and a quarter of a day's devices is always
  /// there: 36 at one time are 144 of a day.
  @Test(
    arguments: [
      ([], .unknown), ([172], .enough), ([171], .uncertain), ([8], .uncertain), ([7], .tooFew),
      // The fewest of some days has to be enough, and the most too few.
      ([500, 172], .enough), ([500, 171], .uncertain), ([7, 500], .uncertain), ([0, 7], .tooFew),
      ([-5], .tooFew),
    ] as [([Int64], CohortFeasibility.Verdict)])
  func aDaysDevicesAreNotThoseOfOneTime(
    counts: [Int64], verdict: CohortFeasibility.Verdict
  ) throws {
    // A day that was not seen from its beginning says nothing, whatever its count.
    var records = [AttendanceRecord(day: 99, count: 1_000, isWhole: false)]
    records += counts.enumerated().map {
      AttendanceRecord(day: 100 + Int64($0), count: $1, isWhole: true)
    }
    let cohorts = CohortFeasibility(
      records, for: try Self.tasks(times: "{advertise: 60 s}"),
      pacing: Pacing(shortest: 30, longest: 3_600))
    #expect(cohorts.verdict == verdict && cohorts.days == counts.count, "\(cohorts.text)")
    #expect(cohorts.neededDevices == 36 && cohorts.reachedShare == 1)
    #expect(cohorts.text.contains("at one time") == !counts.isEmpty)
  }

  /// After a pause of a day devices come up to half an hour late, and a round takes them in for a minute.
  @Test(
    arguments: [
      (4_348, .enough), (4_347, .uncertain), (1_052, .uncertain), (1_051, .tooFew),
    ] as [(Int64, CohortFeasibility.Verdict)])
  func devicesThatComeAfterARoundHasBegunAreNotInIt(
    count: Int64, verdict: CohortFeasibility.Verdict
  ) throws {
    let cohorts = CohortFeasibility(
      [AttendanceRecord(day: 1, count: count, isWhole: true)],
      for: try Self.tasks(times: "{advertise: 60 s, pause: 1 d}"),
      pacing: Pacing(shortest: 30, longest: 3_600))
    #expect(cohorts.reachedShare == 1.0 / 30)
    #expect(cohorts.verdict == verdict, "\(cohorts.text)")
    #expect(cohorts.text.contains("times.advertise"))
  }

  // MARK: Beginnings

  private static let midnight: Int64 = 20_000 * 86_400
  private static let hour: Int64 = 3_600
  private static let times =
    "{advertise: 10 min, shares: 5 min, input: 10 min, consistency: 3 min, unmask: 2 min, pause: 6 h}"

  /// A store whose plan has had two rounds, of ten minutes each; a third was aborted.
  private static func store(
    in folder: TemporaryFolder, state: PlanState
  ) async throws -> (SQLiteCoordinatorStore, PlannedTasks) {
    let store = try await SQLiteCoordinatorStore(
      folder: folder.url.appending(path: "store").path(percentEncoded: false))
    let tasks = try Self.tasks(times: times, hash: String(repeating: "ab", count: 32))
    var record = PlanRecord(
      document: Array(SignedPlanText.yaml(of: tasks.plan).utf8), signature: [], state: .running)
    try await store.add(record, catalogue: nil)
    var model = ModelState.first(of: record.hash)
    var parent = Blake2b.digest(model.encoded)
    try await store.add(
      ModelRecord(hash: parent, parent: nil, round: nil, plan: record.hash, createdAt: 1),
      bytes: model.encoded)
    for (index, task) in [TaskKind.statistics, .gram].enumerated() {
      let opened = midnight + hour + Int64(index) * (6 * hour + 600)
      let key = RoundKey(task: PlannedTasks.identifier(of: task, plan: record.hash), number: 1)
      try await store.begin(
        RoundRecord(key: key, plan: record.hash, configuration: [1], openedAt: opened), log: [])
      if task == .statistics {
        model.popularity = Popularity(values: [Float](repeating: 1, count: 40))
      } else {
        model.basis = ItemBasis(
          coordinateCount: 8, rank: 1, vectors: [Float](repeating: 0.5, count: 8),
          eigenvalues: [1], noiseEdge: 0)
      }
      let hash = Blake2b.digest(model.encoded)
      try await store.commit(
        ModelRecord(
          hash: hash, parent: parent, round: key, plan: record.hash, createdAt: opened + 600),
        bytes: model.encoded, sum: ReleasedSum(survivors: 1, packed: []), round: key, log: [])
      parent = hash
    }
    if state != .running { try await store.move(record.hash, to: state, log: []) }
    record.state = state
    return (store, tasks)
  }

  private static func standing(
    of planned: PlannedTasks, in store: SQLiteCoordinatorStore, at time: Int64
  ) async throws -> (PlanStanding, [String]) {
    let standing = try await PlanStanding(
      of: planned, in: store, mostPerDay: PlanForecast.mostPerDay, at: UInt64(time))
    let calendar = PlanCalendar(
      of: planned, mostPerDay: PlanForecast.mostPerDay, from: standing.start)
    let days = calendar.days.map { day in
      "\(day.number - 20_000): " + day.rounds.map(\.description).joined(separator: " ")
    }
    return (standing, days)
  }

  /// The file that was signed has no catalogue's hash; what is running is known all the same.
  @Test func aRunningPlanGoesOnWithItsNextRound() async throws {
    let folder = try TemporaryFolder()
    let (store, _) = try await Self.store(in: folder, state: .running)
    let file = try Self.tasks(times: Self.times)
    let (standing, days) = try await Self.standing(
      of: file, in: store, at: Self.midnight + 12 * Self.hour)
    #expect(standing.state == .running && standing.ahead.isEmpty)
    #expect(standing.start.next == RoundID(task: .ranker, number: 1))
    // Six hours after the end of the last, and devices have been in two today.
    #expect(standing.start.time == UInt64(Self.midnight + 13 * Self.hour + 1_200))
    #expect(standing.start.roundsToday == 2 && standing.start.roundSeconds == 600)
    #expect(days == ["0: ranker/1", "1: ranker/2 ranker/3 ranker/4", "2: ranker/5"])
    let figures = try PlanForecast(file, standing: standing, cohorts: nil)
    let before = try #require(figures.calendar.before?.coordinatorEpsilon)
    let after = try #require(figures.calendar.days.first?.coordinatorEpsilon)
    #expect(before > 0 && before < after && figures.state == "running")
    // Nobody has looked for two days: it goes on now.
    let late = Self.midnight + 60 * Self.hour
    let (later, rest) = try await Self.standing(of: file, in: store, at: late)
    #expect(later.start.time == UInt64(late) && later.start.roundsToday == 0)
    #expect(rest.first == "2: ranker/1 ranker/2" && rest.count == 2)
    try store.close()
  }

  @Test func aPlanThatWaitsBeginsAfterThoseBeforeIt() async throws {
    let folder = try TemporaryFolder()
    let (store, first) = try await Self.store(in: folder, state: .running)
    let second = try Self.tasks(
      "second", times: Self.times, hash: String(repeating: "cd", count: 32))
    let now = Self.midnight + 12 * Self.hour
    let (running, _) = try await Self.standing(of: first, in: store, at: now)
    let end = PlanCalendar(
      of: first, mostPerDay: PlanForecast.mostPerDay, from: running.start
    ).end
    // Not there yet, signed, published: it is the same plan behind the same other.
    for state in [nil, PlanState.signed, .published] {
      if state == .signed {
        try await store.add(
          PlanRecord(document: Array(SignedPlanText.yaml(of: second.plan).utf8), signature: []),
          catalogue: nil)
      } else if let state {
        try await store.move(second.hash, to: state, log: [])
      }
      let (standing, days) = try await Self.standing(of: second, in: store, at: now)
      #expect(standing.state == state && standing.ahead == ["small"])
      #expect(standing.start.time == end)
      #expect(standing.start.next == RoundID(task: .statistics, number: 1))
      #expect(days.first?.hasPrefix("2: ") == true, "\(days)")
    }
    let (ahead, _) = try await Self.standing(of: first, in: store, at: now)
    #expect(ahead.ahead.isEmpty)
    try store.close()
  }

  @Test(arguments: [PlanState.done, .canceled])
  func aPlanThatIsOverAsksForNothing(state: PlanState) async throws {
    let folder = try TemporaryFolder()
    let (store, planned) = try await Self.store(in: folder, state: state)
    let (standing, days) = try await Self.standing(
      of: planned, in: store, at: Self.midnight + 12 * Self.hour)
    #expect(standing.state == state && standing.start.next == nil && days.isEmpty)
    try store.close()
  }

  @Test func aDayToBeginOnIsADayThatIsToCome() async throws {
    let folder = try Self.folder()
    let run = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--start", "2999-12-31", "--json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let forecast = try JSONDecoder().decode(Forecast.self, from: Data(run.output.utf8))
    #expect(forecast.calendar.days.first?.date == "2999-12-31")
    for (day, words) in [("2001-01-01", "which is over"), ("soon", "write a day such as")] {
      let wrong = try await BuiltProduct.run(
        "coordinator", "plan", "forecast", "plan.yaml", "--start", day, in: folder)
      #expect(wrong.status == 64 && wrong.errors.contains(words), "\(wrong.errors)")
    }
  }
}
