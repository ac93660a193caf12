internal import Foundation
internal import PlannedRounds
internal import RoundVocabulary
internal import Scenarios

/// The days of a plan, for a device that is in as many rounds as it may be and has standard settings.
struct PlanCalendar: Encodable {
  struct Day: Encodable {
    /// In the proleptic Gregorian calendar, UTC.
    let date: String
    let rounds: [String]
    /// Spent until its end against whoever uses the released model; nil where nothing is guaranteed.
    let modelUserEpsilon: Double?
    /// The same against the coordinator together with some of the clients.
    let coordinatorEpsilon: Double?
  }

  let days: [Day]

  /// The last day, on which what the plan spends of a device's budget is spent.
  var end: String? { days.last?.date }

  /// - Parameters:
  ///   - mostPerDay: rounds of one day (UTC) that a device is in.
  ///   - start: the plan's first day.
  init(
    of planned: PlannedTasks, mostPerDay: Int, from start: Date
  ) throws(PlanningFault) {
    let delta = planned.plan.privacy.delta
    var rounds: [(task: TaskKind, number: Int)] = [(.statistics, 1), (.gram, 1)]
    let ranker = min(planned.plan.ranker.participations, planned.plan.ranker.rounds)
    rounds += (0..<ranker).map { (.ranker, $0 + 1) }
    var counts: [TaskKind: Int] = [:]
    var days: [Day] = []
    for first in stride(from: 0, to: rounds.count, by: max(1, mostPerDay)) {
      let today = rounds[first..<min(first + max(1, mostPerDay), rounds.count)]
      for round in today { counts[round.task, default: 0] += 1 }
      func spent(_ adversary: Adversary) throws(PlanningFault) -> Double? {
        let epsilon = try planned.epsilon(of: counts, against: adversary, delta: delta)
        return epsilon.isFinite ? epsilon : nil
      }
      days.append(
        Day(
          date: Self.date(start.addingTimeInterval(Self.daySeconds * Double(days.count))),
          rounds: today.map { "\($0.task.rawValue)/\($0.number)" },
          modelUserEpsilon: try spent(.modelUser),
          coordinatorEpsilon: try spent(.coordinatorWithColludingClients)))
    }
    self.days = days
  }

  private static let daySeconds: TimeInterval = 86_400

  private static func date(_ moment: Date) -> String {
    moment.formatted(.iso8601.year().month().day())
  }
}
