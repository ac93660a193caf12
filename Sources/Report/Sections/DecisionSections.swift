extension HTMLReport {
  /// The yes/no decision.
  var decisionSection: String {
    guard let first = figures.decisions.first else { return "" }
    let rows = figures.decisions.map { row in
      [
        Markup.escaped(row.candidates), Markup.short(row.threshold), Markup.number(row.accuracy),
        Markup.number(row.precision), Markup.number(row.recall), Markup.number(row.f1),
        Markup.number(row.auc),
      ]
    }
    let table = Markup.table(
      ["candidates", "threshold", "accuracy", "precision", "recall", "F1", "AUC"], rows)
    let confusion = Markup.table(
      ["", "decided yes", "decided no"],
      [
        ["did interact", Markup.count(first.truePositives), Markup.count(first.falseNegatives)],
        ["did not", Markup.count(first.falsePositives), Markup.count(first.trueNegatives)],
      ])
    let roc = LineChart(
      title: "ROC curve", xLabel: "share of other items decided yes",
      yLabel: "share of chosen items decided yes",
      series: [
        LineChart.Series(
          name: "AUC \(Markup.number(first.auc))",
          points: first.roc.map {
            LineChart.Point(x: $0.falsePositiveRate, y: $0.truePositiveRate)
          }, color: 0),
        LineChart.Series(
          name: "chance", points: [.init(x: 0, y: 0), .init(x: 1, y: 1)], color: 4),
      ])
    return Markup.section(
      "Will this user interact with this item?",
      "The ranker's scores read as a probability. With 99 negatives per positive, accuracy is high "
        + "for a decision that always says no: look at precision and recall.",
      table
        + "<div class='pair'><div>\(Markup.figure(confusion, "One positive and one negative per user, at the threshold."))</div>"
        + "<div>\(Markup.figure(roc.svg, Markup.escaped(first.candidates)))</div></div>")
  }

  /// Interest tags.
  var tagSection: String {
    let explanations = [
      "lift": "stands out against the population", "share": "most frequent for the user",
      "global": "the population's top three for everybody",
    ]
    let rows = figures.tags.map { row in
      [
        "\(Markup.escaped(row.rule)) <small>\(explanations[row.rule] ?? "")</small>",
        Markup.number(row.precisionAt3), Markup.number(row.recall), Markup.percent(row.coverage),
        Markup.count(row.users),
      ]
    }
    return Markup.section(
      "Interest tags",
      "Do three tags from the first 80 % of a history hold for the rest? By plain share, the "
        + "population's favorites do nearly as well, so profiles show tags by lift.",
      Markup.table(["rule", "precision@3", "recall", "tags ever used", "users"], rows))
  }

  /// The federation's own view.
  var selfEvaluationSection: String {
    let rows = figures.privateEvaluation.map { row in
      [
        Markup.escaped(row.metric), Markup.number(row.released),
        row.noiseStandardDeviation > 0
          ? "&plusmn; \(Markup.number(row.noiseStandardDeviation))" : "none",
        Markup.number(row.exact),
      ]
    }
    return Markup.section(
      "What the federation can know about itself",
      "The same metrics, measured on the devices and released through the contribution path. In a "
        + "deployment only the released column exists.",
      Markup.table(["metric", "released", "noise", "exact"], rows))
  }
}
