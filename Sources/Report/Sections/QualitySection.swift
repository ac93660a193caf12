/// Quality against epsilon: what privacy costs.
enum QualitySection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.methods.isEmpty else { return nil }
    let privateRuns = figures.methods.filter { $0.epsilon != nil }
    return ReportSection(
      anchor: "quality", heading: privateRuns.isEmpty ? "Quality" : "Quality against privacy",
      lead: lead(figures),
      content: privateRuns.isEmpty ? bars(figures) : lines(figures, privateRuns))
  }

  private static func lead(_ figures: RunFigures) -> Markup {
    let curve = figures.methods.filter {
      $0.method == figures.headline?.method && $0.epsilon != nil
    }.sorted { ($0.epsilon ?? 0) < ($1.epsilon ?? 0) }
    guard let first = curve.first, let last = curve.last else {
      return "How often the next item is among the first ten recommendations, per method."
    }
    let low = FigureText.percent(first.full.hitRateAt10.value)
    guard curve.count > 1 else {
      return """
        At \(FigureText.epsilon(first.epsilon)) the next item is among the first ten \
        recommendations for \(low) of all people.
        """
    }
    let high = FigureText.percent(last.full.hitRateAt10.value)
    let isCostly = first.full.hitRateAt10.value < last.full.hitRateAt10.value
    let remark = isCostly ? ": more privacy costs some quality." : "."
    return """
      The next item is among the first ten recommendations for \(low) of all people at \
      \(FigureText.epsilon(first.epsilon)) and for \(high) at \(FigureText.epsilon(last.epsilon))\(remark)
      """
  }

  private static func lines(
    _ figures: RunFigures, _ runs: [RunFigures.MethodFigures]
  ) -> Markup {
    let names = runs.map(\.method).reduce(into: [String]()) { names, name in
      if !names.contains(name), !RunFigures.isAblationAtOwnEpsilon(name) { names.append(name) }
    }
    // The run's own method comes first and so gets the first color; popularity is no model.
    let headline = figures.headline?.method
    let ordered =
      names.filter { $0 == headline } + names.filter { $0 != headline && $0 != "popularity" }
      + names.filter { $0 == "popularity" }
    let series = ordered.enumerated().map { index, name in
      LineChart.Series(
        name: RunFigures.displayName(ofMethod: name), points: points(of: name, in: runs),
        color: name == "popularity" ? .gray : .series(index), isEmphasized: name == headline)
    }
    let epsilons = Set(runs.compactMap(\.epsilon)).filter(\.isFinite).sorted()
    var chart = LineChart(
      title: "Hit rate at 10 against epsilon", xTitle: "epsilon (log scale; left is more private)",
      yTitle: "HR@10, all items ranked", series: series)
    chart.xKind = .logarithmic
    chart.xTicks = epsilons.map { AxisTick(value: $0, label: FigureText.upperBound($0)) }
    chart.references = references(figures)
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(),
      note: """
        Vertical strokes are 95 % intervals over users; marks at one epsilon are set side by \
        side. Dashed lines are not private.
        """)
  }

  private static func points(
    of method: String, in runs: [RunFigures.MethodFigures]
  ) -> [LineChart.Point] {
    runs.filter { $0.method == method }
      .sorted { ($0.epsilon ?? 0) < ($1.epsilon ?? 0) }
      .compactMap { run in
        run.epsilon.map {
          LineChart.Point(
            x: $0, y: run.full.hitRateAt10.value, interval: run.full.hitRateAt10.interval)
        }
      }
  }

  private static func references(_ figures: RunFigures) -> [LineChart.Reference] {
    var references: [LineChart.Reference] = []
    func add(_ name: String, _ method: RunFigures.MethodFigures) {
      let value = method.full.hitRateAt10.value
      references.append(.init(name: "\(name) \(FigureText.percent(value))", value: value))
    }
    if let method = figures.headlineWithoutPrivacy {
      add("\(method.displayName), no privacy", method)
    }
    for method in figures.centralReferences { add("\(method.displayName), central", method) }
    return references
  }

  private static func bars(_ figures: RunFigures) -> Markup {
    let groups = figures.methods.map { method in
      BarChart.Group(
        name: method.displayName + (method.isCentral ? " (central)" : ""),
        bars: [
          .init(
            name: "", value: method.full.hitRateAt10.value,
            interval: method.full.hitRateAt10.interval, color: method.isHeadline ? .blue : .gray)
        ])
    }
    let chart = BarChart(
      title: "Hit rate at 10 per method", valueTitle: "HR@10, all items ranked", groups: groups)
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(),
      note: "Thin strokes are 95 % intervals over users.")
  }
}
