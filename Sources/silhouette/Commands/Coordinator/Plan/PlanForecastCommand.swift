internal import ArgumentParser
internal import Report
internal import PlannedRounds

struct PlanForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract:
      "What a plan will cost: epsilon against every adversary, signal to noise, bytes and time.",
    discussion: """
      Signal to noise is that of contributions that all point one way, on an average coordinate. Times \
      are the longest: a step ends as soon as nobody is missing.

      Example:
        silhouette coordinator plan forecast plan.yaml --json
      """)

  @OptionGroup var file: PlanFileOptions

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() async throws {
    let forecast = try PlanForecast(try file.read())
    if json { return try ConsoleOutput.writeJSON(forecast) }
    let adversaries = forecast.guarantees.map {
      [$0.adversary, $0.epsilon.map(FigureText.upperBound) ?? "none", $0.summary]
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
        ResultTable.aligned([["adversary", "epsilon", "who that is"]] + adversaries),
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
        forecast.unmetSettings.isEmpty
          ? nil
          : "devices take part only where their owners allow it, for with standard settings "
            + forecast.unmetSettings.joined(separator: ", "),
      ].compactMap { $0 }.joined(separator: "\n\n"))
  }
}
