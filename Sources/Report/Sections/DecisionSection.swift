/// The yes-or-no decision "will this person take this item?".
enum DecisionSection {
  /// Points of a curve beyond which no eye sees a difference.
  private static let mostPoints = 200

  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.decisions.isEmpty else { return nil }
    let own = figures.decisions.filter { $0.epsilon == figures.scenario.epsilon }
    let blocks = own.enumerated().map { block($1, color: .series($0)) }
    return ReportSection(
      anchor: "decision", heading: "Will this person take this item?",
      lead: Markup(joining: own.map(sentence), separator: " "),
      content: """
        \(Markup(joining: blocks))\(comparison(figures))<p class="note">How often a yes is right depends on the mix of \
        candidates more than on the model: in life there are thousands of items for each that is \
        taken.</p>

        """)
  }

  /// The same decisions with and without privacy; nothing where there is only one of them.
  private static func comparison(_ figures: RunFigures) -> Markup {
    guard Set(figures.decisions.map(\.epsilon)).count > 1 else { return "" }
    let rows = figures.decisions.map { decision in
      HTMLTable.Row(
        [
          "\(decision.candidates)", "\(decision.epsilon.map(FigureText.upperBound) ?? "none")",
          decision.accuracy.percentCell, "\(FigureText.fixed(decision.precision * 100, digits: 1))",
          decision.recall.percentCell, "\(FigureText.fixed(decision.f1, digits: 3))",
          "\(FigureText.fixed(decision.auc, digits: 3))",
        ], isEmphasized: decision.epsilon == figures.scenario.epsilon)
    }
    return HTMLTable(
      caption: "The same decisions without privacy",
      columns: [
        .text("Candidates"), .number("ε"), .number("Accuracy,\u{202F}%"),
        .number("Precision,\u{202F}%"), .number("Recall,\u{202F}%"), .number("F1"),
        .number("ROC AUC"),
      ], rows: rows
    ).render()
  }

  /// What holds for one mix of candidates, and for no other.
  private static func sentence(_ decision: RunFigures.DecisionFigures) -> Markup {
    """
    With \(decision.candidates), a yes is right in \(FigureText.percent(decision.precision)) of the \
    cases and finds \(FigureText.percent(decision.recall.value)) of what people really took.
    """
  }

  private static func block(_ decision: RunFigures.DecisionFigures, color: ChartColor) -> Markup {
    let threshold = FigureText.short(decision.threshold)
    let figures = ReportSection.definitions([
      ("Accuracy, %", decision.accuracy.percentCell),
      ("Precision", "\(FigureText.percent(decision.precision))"),
      ("Recall, %", decision.recall.percentCell),
      ("F1", "\(FigureText.fixed(decision.f1, digits: 3))"),
      ("ROC AUC", "\(FigureText.fixed(decision.auc, digits: 3))"),
    ])
    return """
      <h3>Candidates: \(decision.candidates)</h3>
      <div class="pair"><div>\(matrix(decision))\(figures)<p class="note">The answer is yes from \
      a predicted probability of \(threshold). Accuracy depends on the mix of candidates: where \
      most of them are negatives, always saying no already looks accurate.</p></div>
      \(curve(decision, color: color))</div>

      """
  }

  private static func matrix(_ decision: RunFigures.DecisionFigures) -> Markup {
    func cell(_ count: Int, _ name: String, isRight: Bool) -> Markup {
      """
      <td class="\(isRight ? "right" : "wrong")"><b>\(FigureText.count(count))</b>\
      <small>\(name)</small></td>
      """
    }
    return """
      <table class="matrix"><caption>Confusion matrix</caption><thead><tr><td></td>\
      <th scope="col">model says yes</th><th scope="col">model says no</th></tr></thead><tbody><tr>\
      <th scope="row">took it</th>\
      \(cell(decision.truePositives, "found", isRight: true))\
      \(cell(decision.falseNegatives, "missed", isRight: false))</tr><tr>\
      <th scope="row">did not</th>\
      \(cell(decision.falsePositives, "false alarm", isRight: false))\
      \(cell(decision.trueNegatives, "rightly passed", isRight: true))</tr></tbody></table>

      """
  }

  private static func curve(_ decision: RunFigures.DecisionFigures, color: ChartColor) -> Markup {
    guard !decision.roc.isEmpty else { return "" }
    let all = decision.roc
    let shown =
      all.count <= mostPoints
      ? all : (0..<mostPoints).map { all[$0 * (all.count - 1) / (mostPoints - 1)] }
    let line = LineChart.Series(
      name: "", points: shown.map { .init(x: $0.falsePositiveRate, y: $0.truePositiveRate) },
      color: color, isEmphasized: true, hasMarks: false)
    var chart = LineChart(
      title: "Receiver operating characteristic, area \(FigureText.fixed(decision.auc, digits: 3))",
      xTitle: "false alarms among what was not taken", yTitle: "found among what was taken",
      series: [line])
    chart.xFormat = .percent
    chart.hasDiagonal = true
    chart.width = 420
    chart.height = 400
    return ReportSection.figure(
      chart.render(), note: "ROC curve over all thresholds; dashed: guessing.")
  }
}
