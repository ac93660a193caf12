internal import ArgumentParser
internal import CoordinatorNode
internal import FederatedRounds
internal import Foundation
internal import Report
internal import PlannedRounds
internal import Storage

struct PlanForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract:
      "What a plan will cost: epsilon against every adversary, signal to noise, bytes and time.",
    discussion: """
      Signal to noise is that of contributions that all point one way, on an average coordinate. Times \
      are the longest: a step ends as soon as nobody is missing. Days begin with the next round that is due: with --dir \
      those of a plan that runs there go on from its last round, those of one that waits begin after the plans before \
      it; otherwise it is published today, or on --start. With --dir it also says whether as many devices \
      check in there as a round needs.

      Examples:
        silhouette coordinator plan forecast plan.yaml --json
        silhouette coordinator plan forecast plan.yaml --dir state
        silhouette coordinator plan forecast plan.yaml --start 2027-03-01
      """)

  @OptionGroup var file: PlanFileOptions

  @Option(help: "The folder of the coordinator that is to run the plan.")
  var dir: String?

  @Option(
    help: "The day (UTC) from which on the plan may run, such as 2027-03-01; today unless given.",
    transform: StartDay.init(argument:))
  var start: StartDay?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() async throws {
    let forecast = try await forecast(try file.read())
    if json { return try ConsoleOutput.writeJSON(forecast) }
    let adversaries = forecast.guarantees.map {
      [$0.adversary, $0.epsilon.map(FigureText.upperBound) ?? FigureText.noBound, $0.summary]
    }
    let tasks = forecast.tasks.map {
      [
        $0.task, "\($0.rounds)", "\($0.contributions)", FigureText.count($0.coordinates),
        FigureText.bytes($0.uploadBytes), $0.noiseMultiplier.map { FigureText.short($0) } ?? "none",
        $0.signalToNoise.map { FigureText.short($0) } ?? "-",
      ]
    }
    try ConsoleOutput.write(
      [
        ResultTable.aligned([["adversary", "epsilon", "who that is"]] + adversaries)
          + "\n\nno bound against A5: " + NoBound.deviates,
        ResultTable.aligned(
          [
            [
              "task", "rounds", "of one device", "coordinates", "upload", "noise / clip",
              "signal / noise",
            ]
          ] + tasks),
        "delta \(forecast.delta); a round ends after \(forecast.longestRoundSeconds) s at the latest, "
          + "with \(forecast.leastSurvivors) to \(forecast.mostCohort) contributions; one device "
          + "uploads \(FigureText.bytes(forecast.uploadBytes)) over the whole plan at most"
          + (forecast.witness.map { "; \($0)" } ?? ""),
        days(of: forecast),
        forecast.cohorts?.text,
        forecast.unmetSettings.isEmpty
          ? nil
          : "devices take part only where their owners allow it, for with standard settings "
            + forecast.unmetSettings.joined(separator: ", "),
      ].compactMap { $0 }.joined(separator: "\n\n"))
  }

  private func forecast(_ planned: PlannedTasks) async throws -> PlanForecast {
    let time = UInt64((start ?? .today).date.timeIntervalSince1970)
    guard let dir else {
      return try PlanForecast(planned, standing: PlanStanding(publishedAt: time), cohorts: nil)
    }
    let folder = CoordinatorFolder(path: dir)
    let configuration = try folder.configuration()
    let pacing = Pacing(shortest: configuration.shortestWait, longest: configuration.longestWait)
    return try await folder.withStore { store in
      try PlanForecast(
        planned,
        standing: try await PlanStanding(
          of: planned, in: store, mostPerDay: PlanForecast.mostPerDay, at: time),
        cohorts: CohortFeasibility(
          try await store.attendance(limit: CohortFeasibility.mostDays), for: planned,
          pacing: pacing))
    }
  }

  private func days(of forecast: PlanForecast) -> String {
    let calendar = forecast.calendar
    let rows = calendar.days.map { day in
      [
        day.date, day.modelUserEpsilon.map(FigureText.upperBound) ?? "none",
        day.coordinatorEpsilon.map(FigureText.upperBound) ?? "none",
        day.rounds.joined(separator: " "),
      ]
    }
    let sofar = calendar.before.map { spent in
      "So far the plan has cost a device that was in all its rounds epsilon "
        + "\(spent.modelUserEpsilon.map(FigureText.upperBound) ?? "none") against A1 and "
        + "\(spent.coordinatorEpsilon.map(FigureText.upperBound) ?? "none") against A4.\n"
    }
    guard let end = calendar.budgetEnd, let planEnd = calendar.planEnd else {
      return (sofar ?? "") + "The plan asks no device for anything any more."
    }
    return (sofar ?? "") + beginning(of: forecast)
      + "a device with standard settings has spent epsilon by the end of a day:\n"
      + ResultTable.aligned([["day", "A1", "A4", "after its rounds"]] + rows)
      + "\nIts part of the budget is spent on \(end): no round asks it for anything after."
      + (planEnd > end ? " The plan's last round is on \(planEnd)." : "")
  }

  /// From when on the days are.
  private func beginning(of forecast: PlanForecast) -> String {
    if !forecast.ahead.isEmpty { return "After \(forecast.ahead.joined(separator: ", ")), " }
    return switch forecast.state.flatMap(PlanState.init) {
    case .running: "It is running; "
    case .published: "It is published; "
    case .paused, .failed: "Resumed \(start?.text.map { "on \($0)" } ?? "today"), "
    case .signed, .done, .canceled, nil: "Published \(start?.text.map { "on \($0)" } ?? "today"), "
    }
  }
}
