/// Quality for people of whom little is known.
enum ColdStartSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.coldStart.isEmpty else { return nil }
    return ReportSection(
      anchor: "cold-start", heading: "New people", lead: lead(figures), content: chart(figures))
  }

  private static func lead(_ figures: RunFigures) -> Markup {
    let own = figures.coldStart.filter {
      $0.epsilon == figures.ownEpsilon && $0.method == figures.coldStart.first?.method
    }
    let events = own.compactMap(\.eventsKept).filter { $0 > 0 }
    guard let least = own.first(where: { $0.eventsKept == events.min() && $0.eventsKept != nil }),
      let whole = own.first(where: { $0.eventsKept == nil })
    else { return "How good recommendations are when only the last few events are known." }
    return """
      With only \(FigureText.count(least.eventsKept ?? 0, "event", "events")) known, the ranker\u{2019}s hit rate is \
      \(FigureText.percent(least.hitRateAt10.value)); with the whole history it is \
      \(FigureText.percent(whole.hitRateAt10.value)).
      """
  }

  private static func chart(_ figures: RunFigures) -> Markup {
    let kept = Set(figures.coldStart.compactMap(\.eventsKept)).sorted()
    let hasWhole = figures.coldStart.contains { $0.eventsKept == nil }
    // Counts of events are set side by side with equal distance: 0, 1, 3, 5, 10, all.
    var ticks = kept.enumerated().map {
      AxisTick(value: Double($0.offset), label: String($0.element))
    }
    if hasWhole { ticks.append(AxisTick(value: Double(kept.count), label: "all")) }
    // The run's own epsilon comes first and so gets the first color.
    let own = figures.coldStart.map(\.epsilon).filter { $0 == figures.ownEpsilon }
    var epsilons: [Double?] = Array(own.prefix(1))
    var methods: [String] = []
    for figure in figures.coldStart {
      if !epsilons.contains(figure.epsilon) { epsilons.append(figure.epsilon) }
      if !methods.contains(figure.method) { methods.append(figure.method) }
    }
    let curves = methods.flatMap { method in epsilons.map { (method, $0) } }
    let series = curves.enumerated().map { index, curve in
      let (method, epsilon) = curve
      let points = figures.coldStart.filter { $0.epsilon == epsilon && $0.method == method }.map {
        (position: $0.eventsKept.flatMap(kept.firstIndex) ?? kept.count, $0.hitRateAt10)
      }
      let name = RunFigures.displayName(ofEpsilon: epsilon)
      return LineChart.Series(
        // Names stand beside their lines, where there is little room.
        name: methods.count == 1
          ? name
          : (method == "encoder" ? "Encoder" : RunFigures.displayName(ofMethod: method))
            + ", " + name,
        points: points.sorted { $0.position < $1.position }.map {
          LineChart.Point(x: Double($0.position), y: $0.1.value, interval: $0.1.interval)
        }, color: .series(index), isEmphasized: epsilon == figures.ownEpsilon)
    }
    var chart = LineChart(
      title: "Hit rate at 10 against events kept",
      xTitle: "last events of the history that are kept",
      yTitle: "HR@10, all items ranked", series: series)
    chart.xTicks = ticks
    chart.height = 320
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(), note: "Vertical strokes are 95 % intervals.")
  }
}
