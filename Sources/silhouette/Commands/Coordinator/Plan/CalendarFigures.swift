internal import Foundation
internal import PlannedRounds
internal import RoundVocabulary
internal import Scenarios

/// The days of a plan, for a device that is in as many rounds as it may be and has standard settings.
struct CalendarFigures: Encodable {
  struct Spent: Encodable {
    /// Against whoever uses the released model; nil where nothing is guaranteed.
    let modelUserEpsilon: Double?
    /// Against the coordinator together with some of the clients.
    let coordinatorEpsilon: Double?
  }

  struct Day: Encodable {
    /// In the proleptic Gregorian calendar, UTC.
    let date: String
    let rounds: [String]
    /// Spent until its end, as in `Spent`.
    let modelUserEpsilon: Double?
    let coordinatorEpsilon: Double?
  }

  /// What rounds that were have cost; nil before the first.
  let before: Spent?
  let days: [Day]
  /// The day on which the plan's last round is over, at the latest.
  let planEnd: String?
  /// The last day of `days`, on which what the plan spends of a device's budget is spent.
  let budgetEnd: String?

  init(_ calendar: PlanCalendar, of planned: PlannedTasks) throws(PlanningFault) {
    func spent(_ counts: [TaskKind: Int]) throws(PlanningFault) -> Spent {
      func epsilon(_ adversary: Adversary) throws(PlanningFault) -> Double? {
        let epsilon = try planned.epsilon(
          of: counts, against: adversary, delta: planned.plan.privacy.delta)
        return epsilon.isFinite ? epsilon : nil
      }
      return Spent(
        modelUserEpsilon: try epsilon(.modelUser),
        coordinatorEpsilon: try epsilon(.coordinatorWithColludingClients))
    }
    before = calendar.before.isEmpty ? nil : try spent(calendar.before)
    var days: [Day] = []
    for day in calendar.days {
      let spent = try spent(day.contributions)
      days.append(
        Day(
          date: Self.date(UInt64(day.number) * PlanCalendar.daySeconds),
          rounds: day.rounds.map(\.description), modelUserEpsilon: spent.modelUserEpsilon,
          coordinatorEpsilon: spent.coordinatorEpsilon))
    }
    self.days = days
    budgetEnd = days.last?.date
    planEnd = days.isEmpty ? nil : Self.date(calendar.end)
  }

  static func date(_ time: UInt64) -> String {
    Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601.year().month().day())
  }
}
