internal import ArgumentParser
internal import CoordinatorNode
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
      are the longest: a step ends as soon as nobody is missing. With --dir it also says whether as many devices \
      check in there as a round needs.

      Examples:
        silhouette coordinator plan forecast plan.yaml --json
        silhouette coordinator plan forecast plan.yaml --dir state
      """)

  @OptionGroup var file: PlanFileOptions

  @Option(help: "The folder of the coordinator that is to run the plan.")
  var dir: String?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() async throws {
    let forecast = try PlanForecast(
      try file.read(), attendance: try await attendance(), now: .now)
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
        days(of: forecast.calendar),
        forecast.cohorts?.text,
        forecast.unmetSettings.isEmpty
          ? nil
          : "devices take part only where their owners allow it, for with standard settings "
            + forecast.unmetSettings.joined(separator: ", "),
      ].compactMap { $0 }.joined(separator: "\n\n"))
  }

  private func attendance() async throws -> [AttendanceRecord]? {
    guard let dir else { return nil }
    return try await CoordinatorFolder(path: dir).withStore {
      try await $0.attendance(limit: CohortFeasibility.mostDays)
    }
  }

  private func days(of calendar: PlanCalendar) -> String {
    let rows = calendar.days.map { day in
      [
        day.date, day.modelUserEpsilon.map(FigureText.upperBound) ?? "none",
        day.coordinatorEpsilon.map(FigureText.upperBound) ?? "none",
        day.rounds.joined(separator: " "),
      ]
    }
    return
      "Published today, the plan has cost a device with standard settings epsilon by the end of a day:\n"
      + ResultTable.aligned([["day", "A1", "A4", "after its rounds"]] + rows)
      + (calendar.end.map { "\nNo round asks it for anything after \($0)." } ?? "")
  }
}
