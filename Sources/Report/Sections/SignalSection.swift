/// How much of each release is signal.
enum SignalSection {
  /// More bars than this are thinned out evenly; the figures stay in the JSON file.
  private static let mostBars = 40

  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.rounds.isEmpty else { return nil }
    let measured = figures.rounds.filter { $0.signalToNoise != nil }
    return ReportSection(
      anchor: "signal", heading: "Signal and noise", lead: lead(measured),
      content: chart(measured) + table(figures.rounds))
  }

  private static func lead(_ measured: [RunFigures.RoundFigures]) -> Markup {
    guard !measured.isEmpty else {
      return "Every release is exact: no noise was added to anything."
    }
    let strong = measured.count { ($0.signalToNoise ?? 0) >= 1 }
    let weak = tasks(of: measured.filter { ($0.signalToNoise ?? 0) < 1 })
      .map(RunFigures.displayName(ofTask:))
    let rest: Markup =
      weak.isEmpty ? "." : "; in \(weak.joined(separator: " and ")) the noise is the stronger."
    return """
      In \(strong) of \(FigureText.count(measured.count, "release", "releases")) what people have in \
      common is stronger than the noise that hides each of them\(rest)
      """
  }

  /// Each task once, in the order of the run.
  private static func tasks(of rounds: [RunFigures.RoundFigures]) -> [String] {
    rounds.reduce(into: []) { tasks, round in
      if !tasks.contains(round.task) { tasks.append(round.task) }
    }
  }

  private static func thinned<Element>(_ all: [Element]) -> [Element] {
    guard all.count > mostBars else { return all }
    return (0..<mostBars).map { all[$0 * (all.count - 1) / (mostBars - 1)] }
  }

  private static func chart(_ measured: [RunFigures.RoundFigures]) -> Markup {
    guard !measured.isEmpty else { return "" }
    let tasks = tasks(of: measured)
    let groups = thinned(measured).map { round in
      BarChart.Group(
        name: "\(round.task) \(round.round)",
        bars: [
          .init(
            name: "", value: round.signalToNoise ?? 0,
            color: .series(tasks.firstIndex(of: round.task) ?? 0))
        ])
    }
    var chart = BarChart(
      title: "Signal over noise of each release",
      valueTitle: "signal ÷ noise (log scale)", groups: groups)
    chart.kind = .logarithmic
    chart.baseline = 1
    chart.format = .plain
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(),
      note: """
        Signal: the norm of the sum without noise; noise: the norm of what was added. To the right of 1 the signal is larger, to the left the noise. A release below 1 can still \
        be useful: what is taken from it are a few directions in which the signal gathers. Only a \
        simulation can draw this, since it alone knows both.
        """)
  }

  private static func table(_ rounds: [RunFigures.RoundFigures]) -> Markup {
    let rows = thinned(rounds).map { round -> HTMLTable.Row in
      HTMLTable.Row([
        "\(RunFigures.displayName(ofTask: round.task))", "\(round.round)",
        "\(FigureText.count(round.dimension))",
        "\(FigureText.count(round.cohort))", "\(FigureText.short(round.clipNorm))",
        "\(FigureText.significant(round.noiseStandardDeviation))",
        "\(round.signalToNoise.map(FigureText.significant) ?? FigureText.missing)",
        "\(round.epsilonSoFar.map(FigureText.upperBound) ?? FigureText.missing)",
      ])
    }
    let caption =
      rounds.count > mostBars ? "Releases (\(mostBars) of \(rounds.count), evenly)" : "Releases"
    return HTMLTable(
      caption: caption,
      columns: [
        .text("Task"), .number("Round"), .number("Numbers released"), .number("People"),
        .number("Clip norm"), .number("Noise, standard deviation"), .number("Signal ÷ noise"),
        .number("ε so far"),
      ], rows: rows
    ).render()
  }
}
