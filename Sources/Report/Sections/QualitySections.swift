extension HTMLReport {
  /// Quality against epsilon, beside what needs no privacy or no learning.
  var qualitySection: String {
    let finite = figures.methods.compactMap(\.epsilon)
    guard !finite.isEmpty else { return "" }
    let names = ["ranker", "ranker without recency", "gram", "popularity"]
    let series = names.enumerated().map { index, name in
      LineChart.Series(
        name: name,
        points: figures.methods.filter { $0.method == name }.compactMap { method in
          method.epsilon.map { epsilon in
            let rate = method.full.hitRateAt10
            return LineChart.Point(x: epsilon, y: rate.value, interval: (rate.low, rate.high))
          }
        }.sorted { $0.x < $1.x }, color: index)
    }
    var references: [LineChart.Reference] = []
    if let free = reference("ranker") {
      references.append(
        .init(name: "ranker, no privacy", value: free.full.hitRateAt10.value))
    }
    if let ease = reference("EASE") {
      references.append(.init(name: "EASE, central", value: ease.full.hitRateAt10.value))
    }
    let ticks = Set(finite).sorted().map { (place: $0, label: Markup.short($0)) }
    let chart = LineChart(
      title: "HR@10 against epsilon", xLabel: "epsilon (smaller is more private)",
      yLabel: "HR@10, full ranking", xIsLogarithmic: true, xTicks: ticks, series: series,
      references: references)
    return Markup.section(
      "What privacy costs",
      "The higher a line, the more often the item that a user really chose next is among the first "
        + "ten of all items. Dashed lines are not private.",
      Markup.figure(
        chart.svg,
        "Bars are 95 % intervals over users. On MovieLens the gain by recency follows the site's "
          + "list order in part: read the line without it too."))
  }

  /// All methods under both protocols.
  var methodsSection: String {
    let header = [
      "method", "HR@10", "NDCG@10", "R@20", "R@50", "MRR", "AUC", "S HR@10", "S NDCG@10",
      "coverage@10", "Gini",
    ].map { "<th>\($0)</th>" }.joined()
    let rows = figures.methods.map { method in
      let cells =
        [
          "\(Markup.escaped(method.method)) <small>\(label(method))</small>",
          Markup.estimate(method.full.hitRateAt10), Markup.estimate(method.full.ndcgAt10),
          Markup.number(method.full.recallAt20.value), Markup.number(method.full.recallAt50.value),
          Markup.number(method.full.meanReciprocalRank.value),
          Markup.number(method.full.auc.value), Markup.number(method.sampled.hitRateAt10.value),
          Markup.number(method.sampled.ndcgAt10.value), Markup.percent(method.coverageAt10),
          Markup.number(method.gini, 2),
        ].map { "<td>\($0)</td>" }.joined()
      return "<tr\(method.isHeadline ? " class='mine'" : "")>\(cells)</tr>"
    }.joined(separator: "\n")
    return Markup.section(
      "Every method, both protocols",
      "The marked row is this plan. The first columns rank among all items (protocol F); columns "
        + "with S rank among sampled negatives and serve only to compare with the literature.",
      "<div class='scroll'><table><thead><tr>\(header)</tr></thead><tbody>\(rows)</tbody>"
        + "</table></div>")
  }

  private func label(_ method: RunFigures.MethodFigures) -> String {
    method.isCentral ? "central reference" : Markup.epsilon(method.epsilon)
  }

  /// Short histories.
  var coldStartSection: String {
    guard !figures.coldStart.isEmpty else { return "" }
    let places = figures.coldStart.compactMap(\.eventsKept).max().map { Double($0) * 1.5 } ?? 1
    var epsilons: [Double?] = []
    for row in figures.coldStart where !epsilons.contains(row.epsilon) {
      epsilons.append(row.epsilon)
    }
    let series = epsilons.enumerated().map { index, epsilon in
      LineChart.Series(
        name: epsilon.map { "epsilon \(Markup.short($0))" } ?? "no privacy",
        points: figures.coldStart.filter { $0.epsilon == epsilon }.map {
          LineChart.Point(
            x: $0.eventsKept.map(Double.init) ?? places, y: $0.hitRateAt10.value,
            interval: ($0.hitRateAt10.low, $0.hitRateAt10.high))
        }, color: index)
    }
    let ticks =
      Set(figures.coldStart.compactMap(\.eventsKept)).sorted().map {
        (place: Double($0), label: "\($0)")
      } + [(place: places, label: "all")]
    let chart = LineChart(
      title: "HR@10 by number of events kept", xLabel: "events kept on the device",
      yLabel: "HR@10, full ranking", xTicks: ticks, series: series)
    return Markup.section(
      "New users", "How many events a device needs before its recommendations are worth having.",
      Markup.figure(chart.svg, "Without any event a device can only show what is popular."))
  }

  /// Popular and rare targets.
  var longTailSection: String {
    let chosen = figures.longTail.filter {
      $0.epsilon == figures.scenario.epsilon || $0.epsilon == nil
    }
    let rows = chosen.map { row in
      let name =
        row.method == "EASE" ? "central reference" : Markup.epsilon(row.epsilon)
      return [
        "\(Markup.escaped(row.method)) <small>\(name)</small>",
        Markup.estimate(row.headRecallAt50), Markup.estimate(row.tailRecallAt50),
        Markup.number(row.headAUC.value), Markup.number(row.tailAUC.value),
      ]
    }
    let share = figures.longTail.first?.tailShareOfTargets ?? 0
    return Markup.section(
      "The long tail",
      "\(Markup.percent(share)) of the items to find are rare ones. Noise hides them first.",
      Markup.table(["method", "R@50 popular", "R@50 rare", "AUC popular", "AUC rare"], rows))
  }
}
