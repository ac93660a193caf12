internal import Foundation
internal import PlannedRounds
internal import Report
internal import Scenarios
internal import SilhouetteClient
internal import Simulator

/// The encodings that a planner chooses for a scenario.
struct EncodingPlan: Encodable {
  let name: String
  let planHash: String
  /// What the run costs with these encodings, against those who see releases.
  let epsilon: Double
  let delta: Double
  let tasks: [PlannedEncoding]
  /// What a device with standard settings has spent by the end of its days, if it takes part as often as it may.
  let days: [Day]
  /// The last of all days: no round asks the device for anything after.
  let budgetEnd: String?
  /// Nil if no coordinator was asked.
  var cohorts: CohortFeasibility?
  private let heading: String

  struct Day: Encodable {
    /// In the proleptic Gregorian calendar, UTC.
    let date: String
    let contributions: Int
    let task: String
    let epsilon: Double

    init(_ spent: SpendingDay, from start: StartDay) {
      let time =
        start.date.timeIntervalSince1970 + Double(spent.day - 1) * Double(PlanCalendar.daySeconds)
      date = CalendarFigures.date(UInt64(time))
      contributions = spent.contributions
      task = spent.task
      epsilon = spent.epsilon
    }
  }

  init(_ planned: PlannedScenario, from start: StartDay) throws {
    heading = planned.heading
    name = planned.effective.scenario.name
    planHash = planned.effective.hash
    let planned = try planned.plan.encodings(
      mostPerDay: DeviceSettings.cautious.mostRoundsPerDay)
    days = planned.days.map { Day($0, from: start) }
    budgetEnd = days.last?.date
    (epsilon, delta, tasks) = (planned.epsilon, planned.delta, planned.tasks)
  }

  private enum CodingKeys: String, CodingKey {
    case name, planHash, epsilon, delta, tasks, days, budgetEnd, cohorts
  }

  var text: String {
    let header = [
      "task", "values", "devices", "rounds", "clip", "scale bits", "ring bits", "rotated",
      "noise z", "device noise", "signal/noise", "wraps", "upload", "as written",
    ]
    return heading + "\n\n" + ResultTable.aligned([header] + tasks.map(Self.row))
      + "\n\nTogether (epsilon, delta) = (\(CertifiedText.upward(epsilon)), "
      + "\(CertifiedText.upward(delta))) against those who see releases.\n\n" + spending
      + (cohorts.map { "\n\n" + $0.text } ?? "")
  }

  private var spending: String {
    let rows = days.map {
      [$0.date, "\($0.contributions)", $0.task, FigureText.upperBound($0.epsilon)]
    }
    return
      "A device with standard settings (\(DeviceSettings.cautious.mostRoundsPerDay) rounds a day) that takes part as often as it may:\n"
      + ResultTable.aligned([["day", "contributions", "last to", "epsilon spent"]] + rows)
      + "\nThe budget is spent on \(budgetEnd ?? "no day"): no round asks it for anything after."
  }

  private static func row(_ task: PlannedEncoding) -> [String] {
    [
      task.task, "\(task.dimension)", "\(task.cohort)", "\(task.participations)",
      FigureText.short(task.clipNorm), "\(task.scaleBits)", "\(task.ringBits)",
      task.isRotated ? "yes" : "no", FigureText.significant(task.noiseMultiplier),
      task.deviceNoiseDeviation == 0 ? "none" : FigureText.significant(task.deviceNoiseDeviation),
      FigureText.significant(task.signalToNoise),
      task.wrapProbability == 0 ? "never" : "< " + FigureText.scientific(task.wrapProbability),
      FigureText.bytes(task.uploadBytes), FigureText.bytes(task.writtenUploadBytes),
    ]
  }
}
