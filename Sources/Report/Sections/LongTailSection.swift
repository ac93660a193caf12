/// Rare items, and how widely recommendations spread.
enum LongTailSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.longTail.isEmpty else { return nil }
    return ReportSection(
      anchor: "long-tail", heading: "Rare items", lead: lead(figures),
      content: chart(figures) + table(figures))
  }

  private static func name(_ figure: RunFigures.LongTailFigures) -> String {
    let method = RunFigures.displayName(ofMethod: figure.method)
    return method + ", " + RunFigures.displayName(ofEpsilon: figure.epsilon)
  }

  private static func lead(_ figures: RunFigures) -> Markup {
    let headline = figures.longTail.first {
      $0.method == figures.headline?.method && $0.epsilon == figures.headline?.epsilon
    }
    guard let shown = headline ?? figures.longTail.first else { return "" }
    return """
      \(FigureText.percent(shown.tailShareOfTargets, digits: 0)) of what people took next is rare; \
      of that, \(FigureText.percent(shown.tailRecallAt50.value)) is found among the first 50, \
      against \(FigureText.percent(shown.headRecallAt50.value)) of what is popular.
      """
  }

  private static func chart(_ figures: RunFigures) -> Markup {
    let shown = figures.longTail.filter { !RunFigures.isAblationAtOwnEpsilon($0.method) }
    let groups = shown.map { figure in
      BarChart.Group(
        name: name(figure),
        bars: [
          .init(
            name: "popular", value: figure.headRecallAt50.value,
            interval: figure.headRecallAt50.interval, color: .blue),
          .init(
            name: "rare", value: figure.tailRecallAt50.value,
            interval: figure.tailRecallAt50.interval, color: .orange),
        ])
    }
    let chart = BarChart(
      title: "Recall at 50 for popular and for rare items",
      valueTitle: "Recall@50, all items ranked",
      groups: groups)
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(), note: "Thin strokes are 95 % intervals.")
  }

  private static func table(_ figures: RunFigures) -> Markup {
    let rows = figures.longTail.map { figure -> HTMLTable.Row in
      let method = figures.methods.first {
        $0.method == figure.method && $0.epsilon == figure.epsilon
      }
      return HTMLTable.Row(
        [
          "\(RunFigures.displayName(ofMethod: figure.method))",
          "\(figure.epsilon.map(FigureText.upperBound) ?? "none")",
          figure.headAUC.decimalCell, figure.tailAUC.decimalCell,
          "\(method.map { FigureText.percent($0.coverageAt10) } ?? FigureText.missing)",
          "\(method.map { FigureText.fixed($0.gini, digits: 2) } ?? FigureText.missing)",
        ], isEmphasized: method?.isHeadline == true)
    }
    return HTMLTable(
      caption: "Ranking of popular and rare items, and spread of what is recommended",
      columns: [
        .text("Method"), .number("ε"), .number("AUC, popular"), .number("AUC, rare"),
        .number("Coverage@10"), .number("Gini"),
      ], rows: rows
    ).render()
      + """
      <p class="note">Coverage@10 is the share of the catalogue that appears in anyone’s first ten. \
      Gini is 0 when all items are recommended equally often and 1 when it is always the same.</p>

      """
  }
}
