import CryptoPrimitives
import DeviceLedger
import PlannedRounds
import RoundVocabulary
import Scenarios
import SeededRandomness
import SilhouetteClient
import Testing

/// What a plan is said to come to, and what it comes to.
@Suite struct PlanCalendarTests {
  private static func planned(
    rounds: Int, pause: String = "0 s", cohort: Int = 40, participations: String = "all"
  ) throws -> PlannedTasks {
    let plan = try PlanDecoder.decode(
      yaml: """
        name: calendar
        catalogue: { items: 40 }
        cohort: { most: \(cohort) }
        times: { advertise: 10 min, shares: 5 min, input: 10 min, consistency: 3 min, unmask: 2 min, pause: \(pause) }
        privacy: { epsilon: 8, dropoutShare: 0.1, colludingShare: 0.05 }
        tasks:
          gram: { headItems: 6, tailGroups: 2 }
          ranker: { rounds: \(rounds), participations: \(participations) }
        """, file: "calendar.yaml")
    return try PlannedTasks(plan, hash: Blake2b.digest(Array(SignedPlanText.yaml(of: plan).utf8)))
  }

  private static let midnight: UInt64 = 20_000 * PlanCalendar.daySeconds
  private static let hour: UInt64 = 3_600

  /// The days from `midnight` on with their rounds.
  private func days(_ calendar: PlanCalendar) -> [String] {
    calendar.days.map { day in
      "\(day.number - 20_000): " + day.rounds.map(\.description).joined(separator: " ")
    }
  }

  @Test func aPlanBeginsWithTheRoundThatIsDue() throws {
    let planned = try Self.planned(rounds: 4)
    let whole = PlanCalendar(
      of: planned, mostPerDay: 3, from: .init(time: Self.midnight + 10 * Self.hour))
    #expect(
      days(whole) == ["0: statistics/1 gram/1 ranker/1", "1: ranker/2 ranker/3 ranker/4"])
    #expect(whole.before.isEmpty && whole.days.last?.contributions[.ranker] == 4)
    #expect(whole.end == Self.midnight + 24 * Self.hour + 3 * Self.hour / 2)
    // Two rounds were before, one of them on this day.
    let rest = PlanCalendar(
      of: planned, mostPerDay: 3,
      from: .init(
        next: RoundID(task: .ranker, number: 1), time: Self.midnight + 10 * Self.hour,
        roundsToday: 1, roundSeconds: 60))
    #expect(days(rest) == ["0: ranker/1 ranker/2", "1: ranker/3 ranker/4"])
    #expect(rest.before == [.statistics: 1, .gram: 1])
    #expect(rest.days.last?.contributions == whole.days.last?.contributions)
    #expect(rest.end == Self.midnight + 24 * Self.hour + 120 && rest.roundsOnEndDay == 2)
    let done = PlanCalendar(of: planned, mostPerDay: 3, from: .init(next: nil, time: 5))
    #expect(done.days.isEmpty && done.before == whole.days.last?.contributions && done.end == 5)
  }

  /// Rounds take their time: what does not fit before midnight is the next day's, whatever devices allow.
  @Test func pausesAndRoundsTakeTime() throws {
    let planned = try Self.planned(rounds: 3, pause: "12 h")
    let calendar = PlanCalendar(
      of: planned, mostPerDay: 3, from: .init(time: Self.midnight + 6 * Self.hour))
    #expect(
      days(calendar) == ["0: statistics/1 gram/1", "1: ranker/1 ranker/2", "2: ranker/3"])
    #expect(calendar.end == Self.midnight + 56 * Self.hour + Self.hour / 2)
  }

  @Test func aDeviceThatIsInFewerRoundsIsDoneBeforeThePlan() throws {
    let planned = try Self.planned(rounds: 9, pause: "1 d", participations: "2")
    let calendar = PlanCalendar(of: planned, mostPerDay: 3, from: .init(time: Self.midnight))
    #expect(calendar.days.count == 4 && calendar.days.last?.contributions[.ranker] == 2)
    #expect(calendar.end > Self.midnight + 10 * 24 * Self.hour)
  }

  /// Forecast and life of a person who is always there differ by 15 % at most, in twenty populations in fast motion.
  ///
  /// There people come and go and drop out, rounds are aborted, and steps end early. What is compared is epsilon after
  /// half of the days and after all of them, and how many days it takes, to the day.
  @Test func forecastsAreWithinFifteenPercentOfWhatHappens() throws {
    var aborted = 0
    for seed in 0..<20 as Range<UInt64> {
      var randomness = RandomStream.seeded(seed, label: "population")
      let planned = try Self.planned(
        rounds: 20 + randomness.below(30), pause: "\(2 + randomness.below(9)) h",
        cohort: 40 + randomness.below(40))
      let start = Self.midnight + UInt64(randomness.below(Int(PlanCalendar.daySeconds)))
      let federation = FastFederation(planned, at: start, seed: seed)
      federation.run()
      aborted += federation.abortedRounds
      let calendar = PlanCalendar(of: planned, mostPerDay: 3, from: .init(time: start))
      let last = try #require(calendar.days.last)
      for share in [0.5, 1] {
        let day = Int(share * Double(last.number - 20_000)) + 20_000
        let forecast = try planned.epsilon(
          of: calendar.days.last { $0.number <= day }?.contributions ?? [:],
          against: .coordinatorWithColludingClients, delta: 1e-5)
        let spent = try federation.epsilon(ofThoseBefore: day + 1)
        #expect(abs(forecast / spent - 1) <= 0.15, "\(seed): \(forecast), and it was \(spent)")
      }
      let (foretold, lasted) = (last.number - 19_999, federation.lastDay - 19_999)
      let limit = max(1, 0.15 * Double(lasted))
      #expect(Double(abs(foretold - lasted)) <= limit, "\(seed): \(foretold), and it was \(lasted)")
    }
    // Without any trouble there is nothing to foretell.
    #expect(aborted > 5)
  }
}

extension RandomStream {
  fileprivate mutating func below(_ bound: Int) -> Int { Int(nextBelow(UInt64(bound))) }
}

/// A federation in fast motion, by the rules of coordinators and devices, and nothing of any calendar.
private final class FastFederation {
  private struct Person {
    /// How likely the person's device is within reach when a round opens, and leaves it before it has contributed.
    let presence: Double
    let dropout: Double
    var roundsOfDay: [Int: Int] = [:]
    var counts: [TaskKind: Int] = [:]
  }

  private let planned: PlannedTasks
  private var time: UInt64
  private var randomness: RandomStream
  private var people: [Person]
  /// Of the person who is always there: what was debited on which day.
  private var debits: [(task: TaskKind, day: Int)] = []
  private(set) var abortedRounds = 0

  var lastDay: Int { debits.last?.day ?? 0 }

  init(_ planned: PlannedTasks, at time: UInt64, seed: UInt64) {
    self.planned = planned
    self.time = time
    var source = RandomStream.seeded(seed, label: "federation")
    people = [Person(presence: 1, dropout: 0)]
    // Hardly more than a round takes: what one of them cannot do today, the others cannot do without them.
    for _ in 0..<(planned.plan.cohort.most * 11 / 10) {
      people.append(
        Person(presence: 0.85 + 0.15 * Self.uniform(&source), dropout: 0.03 * Self.uniform(&source))
      )
    }
    randomness = source
  }

  private static func uniform(_ source: inout RandomStream) -> Double {
    Double(source.below(1 << 30)) / Double(1 << 30)
  }

  func run() {
    for task in PlannedTasks.order {
      for _ in 0..<PlannedTasks.mostReleases(of: task, of: planned.plan) {
        while !holdRound(of: task) {
          abortedRounds += 1
          precondition(abortedRounds < 5_000, "nobody may contribute to \(task) any more")
        }
      }
    }
  }

  /// Holds a round, and says whether its sum could be opened.
  private func holdRound(of task: TaskKind) -> Bool {
    let times = planned.plan.times
    let day = Int(time / 86_400)
    var cohort: [Int] = []
    for index in people.indices where cohort.count < planned.plan.cohort.most {
      let person = people[index]
      guard person.roundsOfDay[day, default: 0] < 3,
        person.counts[task, default: 0] < planned.mostParticipations(in: task),
        Self.uniform(&randomness) < person.presence
      else { continue }
      cohort.append(index)
    }
    for index in cohort { people[index].roundsOfDay[day, default: 0] += 1 }
    guard cohort.count >= planned.leastCohort else {
      time += UInt64(times.advertise + times.pause)
      return false
    }
    var survivors = 0
    for index in cohort where Self.uniform(&randomness) >= people[index].dropout {
      survivors += 1
      people[index].counts[task, default: 0] += 1
      if index == 0 { debits.append((task, day)) }
    }
    for step in [times.advertise, times.shares, times.input, times.consistency, times.unmask] {
      time += UInt64(Double(step) * (0.2 + 0.8 * Self.uniform(&randomness)))
    }
    time += UInt64(times.pause)
    return survivors >= planned.assurance.leastSurvivors
  }

  /// By the accountant of the device's ledger.
  func epsilon(ofThoseBefore day: Int) throws -> Double {
    let elsewhere = VerificationKey(encoding: Bytes32())
    let accounts = debits.filter { $0.day < day }.reduce(into: [TaskAccount]()) {
      $0 = $0.adding(
        TaskAccount(charge: planned.charge(of: $1.task, at: elsewhere), count: 1, last: 0))
    }
    return try DeviceLedger.epsilon(
      of: accounts, against: .coordinatorWithColludingClients, delta: 1e-5)
  }
}
