internal import CryptoPrimitives
internal import PlannedRounds
internal import RoundVocabulary
internal import Scenarios
internal import Storage

/// How far a plan is at the coordinator that is to run it, and when its next round is due.
struct PlanStanding {
  /// Nil where it was not signed.
  let state: PlanState?
  /// The names of the plans that the coordinator runs before this one.
  let ahead: [String]
  /// Of the rounds that are to come.
  let start: PlanCalendar.Start

  /// Of a plan that no coordinator was asked about, or that it does not have.
  init(publishedAt time: UInt64) {
    (state, ahead, start) = (nil, [], PlanCalendar.Start(time: time))
  }

  /// - Parameters:
  ///   - mostPerDay: rounds of one day (UTC) that a device is in.
  ///   - time: Unix seconds; before it no round that is to come opens.
  init(
    of planned: PlannedTasks, in store: some CoordinatorStore, mostPerDay: Int, at time: UInt64
  ) async throws {
    let records = try await store.plans()
    let place = records.lastIndex { Self.isSame($0, planned.plan) }
    let record = place.map { records[$0] }
    var start = PlanCalendar.Start(
      time: time, roundsToday: try await Self.roundsToday(in: store, at: time))
    var ahead: [String] = []
    for (index, other) in records.enumerated() where index != place {
      guard Self.goes(other, index, before: record, place) else { continue }
      let tasks = try Self.tasks(of: other)
      // A device is in the rounds of that plan, too.
      let calendar = PlanCalendar(
        of: tasks, mostPerDay: mostPerDay,
        from: try await Self.start(of: tasks, other, in: store, notBefore: start))
      (start.time, start.roundsToday) = (calendar.end, calendar.roundsOnEndDay)
      ahead.append(tasks.plan.name)
    }
    if let record {
      start = try await Self.start(of: planned, record, in: store, notBefore: start)
    }
    (state, self.ahead, self.start) = (record?.state, ahead, start)
  }

  /// Whether the coordinator comes to a plan before another: those that run, then those that wait, in their order.
  private static func goes(
    _ other: PlanRecord, _ index: Int, before record: PlanRecord?, _ place: Int?
  ) -> Bool {
    guard record?.state.successors.isEmpty != true else { return false }
    return switch other.state {
    case .running: record?.state != .running || index < place ?? .max
    case .published:
      record?.state != .running && (record?.state != .published || index < place ?? .max)
    case .signed, .paused, .done, .failed, .canceled: false
    }
  }

  /// Where the rounds of a plan go on that a coordinator has.
  private static func start(
    of planned: PlannedTasks, _ record: PlanRecord, in store: some CoordinatorStore,
    notBefore earliest: PlanCalendar.Start
  ) async throws -> PlanCalendar.Start {
    var start = earliest
    if let model = try await store.currentModel(plan: record.hash) {
      start.next = planned.next(after: try ModelState(decoding: try await store.blob(model.hash)))
    }
    if record.state == .done || record.state == .canceled { start.next = nil }
    let rounds = try await store.rounds(limit: recentRounds).filter { $0.plan == record.hash }
    if let last = rounds.first, let ended = last.endedAt {
      let due = UInt64(max(0, ended)) + UInt64(planned.plan.times.pause)
      if due > start.time {
        if due / PlanCalendar.daySeconds > start.time / PlanCalendar.daySeconds {
          start.roundsToday = 0
        }
        start.time = due
      }
    }
    let lengths: [Int64] = rounds.compactMap { round in
      guard case .committed = round.outcome, let ended = round.endedAt else { return nil }
      return max(1, ended - round.openedAt)
    }
    if !lengths.isEmpty {
      start.roundSeconds = Int((Double(lengths.reduce(0, +)) / Double(lengths.count)).rounded(.up))
    }
    return start
  }

  private static let recentRounds = 1_000

  /// In how many rounds of a day a device has been that was in all.
  private static func roundsToday(
    in store: some CoordinatorStore, at time: UInt64
  ) async throws -> Int {
    try await store.rounds(limit: recentRounds).count { round in
      guard case .committed = round.outcome else { return false }
      return UInt64(max(0, round.openedAt)) / PlanCalendar.daySeconds
        == time / PlanCalendar.daySeconds
    }
  }

  private static func tasks(of record: PlanRecord) throws -> PlannedTasks {
    try PlannedTasks(decoded(record), hash: record.hash)
  }

  private static func decoded(_ record: PlanRecord) throws(ScenarioError) -> FederationPlan {
    try PlanDecoder.decode(
      yaml: String(decoding: record.document, as: UTF8.self), file: "plan \(record.hash)")
  }

  /// Whether a plan was signed from this one: signing fills the catalogue's hash in.
  private static func isSame(_ record: PlanRecord, _ plan: FederationPlan) -> Bool {
    do throws(ScenarioError) {
      var signed = try decoded(record)
      if plan.catalogue.hash == nil { signed.catalogue.hash = nil }
      return signed == plan
    } catch {
      // A plan of another version is none that this one can read from a file.
      return false
    }
  }
}
