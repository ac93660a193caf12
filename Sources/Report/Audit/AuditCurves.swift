/// Epsilon at every delta, by both accountants, and how it grew.
enum AuditCurves {
  static func section(_ figures: AuditFigures) -> ReportSection {
    ReportSection(
      anchor: "epsilon", heading: "How much was spent",
      lead: """
        Two accountants that share no formula bound the same loss; the lower of the two is what this \
        page states. How far apart they are says how far off a bound may be.
        """,
      content: figures.plans.isEmpty
        ? "<p>There is no plan.</p>" : Markup(joining: figures.plans.map(plan)))
  }

  private static func plan(_ plan: AuditFigures.Plan) -> Markup {
    guard plan.promisedEpsilon != nil else {
      return "<h3>\(plan.name)</h3><p>The plan adds no noise. No ε holds.</p>\n"
    }
    guard !plan.spending.isEmpty else {
      return "<h3>\(plan.name)</h3><p>Nothing was charged yet.</p>\n" + accountants(plan)
    }
    return "<h3>\(plan.name)</h3>" + accountants(plan) + curves(plan) + spending(plan)
  }

  private static func accountants(_ plan: AuditFigures.Plan) -> Markup {
    let rows = plan.guarantees.map { guarantee -> HTMLTable.Row in
      func cell(_ value: Double?) -> Markup {
        "\(value.map(FigureText.upperBound) ?? FigureText.noBound)"
      }
      return HTMLTable.Row([
        "\(guarantee.adversary)", cell(guarantee.renyi), cell(guarantee.gaussian),
        cell(guarantee.epsilon),
      ])
    }
    return HTMLTable(
      caption: "ε at δ = \(FigureText.upperBound(plan.delta)), by two accountants",
      columns: [
        .text("Against"), .number("by Rényi divergences"), .number("by one Gaussian release"),
        .number("stated"),
      ], rows: rows
    ).render()
  }

  private static func curves(_ plan: AuditFigures.Plan) -> Markup {
    let figures = plan.curves.enumerated().compactMap { index, curve -> Markup? in
      let kinds: [(String, KeyPath<AuditFigures.Curve.Point, Double?>, ChartColor)] = [
        ("Gaussian", \.gaussian, .blue), ("Rényi", \.renyi, .orange),
      ]
      let series = kinds.compactMap { kind -> LineChart.Series? in
        let points = curve.points.compactMap { point in
          point[keyPath: kind.1].map { LineChart.Point(x: point.delta, y: $0) }
        }
        // A few points beside one end say nothing of a curve.
        guard points.count >= curve.points.count / 2 else { return nil }
        return LineChart.Series(
          name: kind.0, points: points, color: kind.2, isEmphasized: kind.2 == .blue,
          hasMarks: false)
      }
      guard !series.isEmpty else { return nil }
      var chart = LineChart(
        title: "Epsilon over delta against \(curve.adversaries)", xTitle: "δ",
        yTitle: "ε against \(curve.adversaries)", series: series)
      chart.xKind = .logarithmic
      chart.yFormat = .plain
      chart.height = 320
      if index == 0, let promised = plan.promisedEpsilon {
        chart.references = [LineChart.Reference(name: "promised", value: promised)]
      }
      return ReportSection.figure(
        chart.render(), narrow: chart.narrow.render(),
        note: """
          The whole trade-off against \(curve.adversaries): whoever wants a smaller δ reads off the ε \
          that goes with it. The plan’s own δ is \(FigureText.upperBound(plan.delta)).
          """)
    }
    return Markup(joining: figures)
  }

  private static func spending(_ plan: AuditFigures.Plan) -> Markup {
    let charged = plan.rounds.filter(\.isCharged)
    let steps = plan.spending.enumerated().map { index, epsilon in
      StepChart.Step(label: String(index + 1), value: epsilon)
    }
    let chart = StepChart(
      title: "Epsilon after each charged round", xTitle: "charged round",
      yTitle: "ε spent so far", name: "A1 to A4", steps: steps)
    let promise = plan.promisedEpsilon.map { "; \(FigureText.upperBound($0)) was promised" } ?? ""
    let shown =
      steps.count < charged.count
      ? " Shown are the first \(steps.count) of \(charged.count); no device contributes to the others once more."
      : ""
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(),
      note: """
        A round is charged before its sum can be opened, whether or not it is released. After the last \
        one it is \(FigureText.epsilon(plan.epsilon))\(promise).\(shown)
        """)
  }
}
