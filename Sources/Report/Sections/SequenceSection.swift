/// What a model of the order of events is worth beside the others, and which plan to take.
enum SequenceSection {
  /// Nothing for runs that train neither a sequence encoder nor a model of likes.
  static func render(_ figures: RunFigures) -> ReportSection? {
    if figures.methods.contains(where: { $0.method == "preference" }) { return likes(figures) }
    let competitors = [RunFigures.MethodFigures].competitors
    let methods = figures.methods.filter { !$0.isCentral && competitors.contains($0.method) }
    guard methods.contains(where: { $0.method == "encoder" }) else { return nil }
    let epsilons = methods.map(\.epsilon).reduce(into: [Double?]()) { found, epsilon in
      if !found.contains(epsilon) { found.append(epsilon) }
    }
    let other = figures.otherMechanism
    let rows = epsilons.flatMap { epsilon -> [HTMLTable.Row] in
      let own = row(
        epsilon, other.map { epsilon == nil ? "none" : $0.own },
        methods.filter { $0.epsilon == epsilon })
      let others = other?.methods.filter { $0.epsilon == epsilon } ?? []
      return others.isEmpty ? [own] : [own, row(epsilon, other?.other, others)]
    }
    let table = HTMLTable(
      caption: "HR@10 in % among all items, and the plan to take, by privacy",
      columns: [.number("ε")] + (other == nil ? [] : [.text("Mechanism")])
        + competitors.map { .number(RunFigures.displayName(ofMethod: $0)) }
        + [.text("Plan to take")],
      rows: rows)
    return ReportSection(
      anchor: "sequence", heading: "Sequence encoder", lead: lead(figures, methods),
      content: table.render() + curves(figures)
        + """
        <p class="note">The plan to take is the method with the best NDCG@10; a more complex one \
        only if its 95 % interval lies above the mean of the simpler one. An encoder that ranks \
        worse than popularity is not to be used: its devices recommend what is popular.</p>

        """)
  }

  /// A model of likes has no sequence, and a learning curve as well.
  private static func likes(_ figures: RunFigures) -> ReportSection? {
    let curves = curves(figures)
    guard !curves.source.isEmpty else { return nil }
    return ReportSection(
      anchor: "likes", heading: "Model of likes",
      lead: """
        Item vectors and one hidden layer, trained across devices; each person’s own vector never left \
        the device.
        """, content: curves)
  }

  /// How a model got there, a line for each epsilon.
  private static func curves(_ figures: RunFigures) -> Markup {
    let shown = figures.learningCurves.filter { $0.points.count > 1 }
    guard !shown.isEmpty else { return "" }
    let own = shown.filter { $0.epsilon == figures.ownEpsilon }
    let others = shown.filter { $0.epsilon != figures.ownEpsilon }
    var chart = LineChart(
      title: "Hit rate at 10 against rounds", xTitle: "rounds",
      yTitle: "HR@10, all items ranked",
      series: (own + others).enumerated().map { index, curve in
        LineChart.Series(
          name: RunFigures.displayName(ofEpsilon: curve.epsilon),
          points: curve.points.map {
            LineChart.Point(
              x: Double($0.round), y: $0.hitRateAt10.value, interval: $0.hitRateAt10.interval)
          },
          color: .series(index), isEmphasized: curve.epsilon == figures.ownEpsilon)
      })
    chart.height = 300
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(),
      note: """
        Measured on held-out items, which only the simulator knows; nothing was chosen by it. \
        Vertical strokes are 95 % intervals over users; marks of one round are set side by side.
        """)
  }

  private static func row(
    _ epsilon: Double?, _ mechanism: String?, _ methods: [RunFigures.MethodFigures]
  ) -> HTMLTable.Row {
    HTMLTable.Row(
      ["\(epsilon.map(FigureText.upperBound) ?? "none")"] + (mechanism.map { ["\($0)"] } ?? [])
        + [RunFigures.MethodFigures].competitors.map { name -> Markup in
          methods.first { $0.method == name }?.full.hitRateAt10.percentCell ?? "–"
        } + ["\(methods.recommended.map(RunFigures.displayName(ofMethod:)) ?? "none")"])
  }

  private static func lead(
    _ figures: RunFigures, _ methods: [RunFigures.MethodFigures]
  ) -> Markup {
    let own = methods.filter { $0.epsilon == figures.ownEpsilon }
    guard let encoder = own.first(where: { $0.method == "encoder" }),
      let popularity = own.first(where: { $0.method == "popularity" })
    else { return "How well the order of events foretells the next one." }
    let rate = FigureText.percent(encoder.full.hitRateAt10.value)
    let base = FigureText.percent(popularity.full.hitRateAt10.value)
    let chosen = own.recommended.map(RunFigures.displayName(ofMethod:)) ?? "none"
    if figures.methods.fallsBack("encoder", epsilon: figures.ownEpsilon) {
      return """
        The encoder did not reach popularity (\(rate) against \(base)): devices fall back. For \
        this population the plan to take is: \(chosen).
        """
    }
    return """
      The encoder has the next item among the first ten for \(rate) of all people, popularity for \
      \(base). For this population the plan to take is: \(chosen).
      """
  }
}
