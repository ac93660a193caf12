/// What is guaranteed against whom, and how the loss grows over the releases.
enum GuaranteeSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.guarantees.isEmpty else { return nil }
    return ReportSection(
      anchor: "guarantee", heading: "What is guaranteed, against whom", lead: lead(figures),
      content: table(figures) + HeadlineSection.limit(figures) + steps(figures))
  }

  private static func protected(_ figures: RunFigures) -> [RunFigures.GuaranteeFigures] {
    figures.guarantees.filter { $0.epsilon?.isFinite == true }
  }

  private static func names(_ guarantees: [RunFigures.GuaranteeFigures]) -> String {
    let names = guarantees.map(\.adversary)
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// `A1 (who that is), A2 (who that is)`, for the place where they are met first.
  private static func described(_ guarantees: [RunFigures.GuaranteeFigures]) -> String {
    guarantees.map { "\($0.adversary) (\($0.summary))" }.joined(separator: ", ")
  }

  private static func lead(_ figures: RunFigures) -> Markup {
    let protected = protected(figures)
    guard let weakest = protected.compactMap(\.epsilon).max() else {
      return "Nothing is guaranteed against anyone in this run."
    }
    let open = figures.guarantees.filter { $0.epsilon?.isFinite != true }
    let rest: Markup =
      open.isEmpty
      ? "." : "; against all others (\(names(open)) below) this run guarantees nothing."
    return """
      Against \(described(protected)), everything that one person contributes is protected with at \
      most \(FigureText.epsilon(weakest))\(rest)
      """
  }

  /// One row per adversary.
  ///
  /// Conditions that a guarantee needs stand in one numbered list below and
  /// are named by number; where nothing is guaranteed, the row says why.
  private static func table(_ figures: RunFigures) -> Markup {
    let protected = protected(figures)
    let conditions = distinct(protected.flatMap(\.assumptions))
    let rows = figures.guarantees.map { guarantee -> HTMLTable.Row in
      let who: Markup = "<b>\(guarantee.adversary)</b> \(guarantee.summary)"
      guard let epsilon = guarantee.epsilon, epsilon.isFinite else {
        return HTMLTable.Row([
          who, "<span class=\"open\">\(FigureText.noBound)</span>", "\(FigureText.missing)",
          "\(guarantee.assumptions.joined(separator: " "))",
        ])
      }
      let numbers = conditions.indices.filter { guarantee.assumptions.contains(conditions[$0]) }
      return HTMLTable.Row([
        who, "<b>\(EpsilonReading.markup(epsilon))</b>",
        "\(FigureText.upperBound(guarantee.delta))",
        "\(numbers.map { String($0 + 1) }.joined(separator: ", "))",
      ])
    }
    let table = HTMLTable(
      caption: "Guarantees per adversary",
      columns: [.text("Who looks"), .text("Guarantee"), .text("δ"), .text("Conditions")],
      rows: rows, isProse: true
    ).render()
    return table + scope(protected) + list(conditions)
  }

  /// What neighboring runs differ in, and what of a person is covered.
  private static func scope(_ protected: [RunFigures.GuaranteeFigures]) -> Markup {
    guard !protected.isEmpty else { return "" }
    let relations = distinct(protected.map { adjacency($0.neighboringRelation) })
    let units = distinct(protected.map { unit($0.privacyUnit) })
    return """
      <dl><div><dt>Protected</dt><dd>\(units.joined(separator: "; "))</dd></div>\
      <div><dt>Hidden is the difference of</dt><dd>\(relations.joined(separator: "; "))</dd></div></dl>

      """
  }

  private static func list(_ conditions: [String]) -> Markup {
    guard !conditions.isEmpty else { return "" }
    let items = conditions.map { sentence -> Markup in "<li>\(sentence)</li>" }
    return "<h3>Conditions</h3><ol class=\"conditions\">\(Markup(joining: items))</ol>"
  }

  /// The texts in their order, each once.
  private static func distinct(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  private static func adjacency(_ relation: String) -> String {
    switch relation {
    case "zeroOut": "one person’s contribution, replaced by nothing"
    case "addOrRemoveOne": "one person more or less"
    case "replaceOne": "one person exchanged for another"
    default: relation
    }
  }

  private static func unit(_ unit: String) -> String {
    unit == "user" ? "all that one person ever contributes" : unit
  }

  private static func steps(_ figures: RunFigures) -> Markup {
    let releases = figures.rounds.enumerated().compactMap { index, round in
      round.epsilonSoFar.map { StepChart.Step(label: String(index + 1), value: $0) }
    }
    guard let last = releases.last else { return "" }
    let open = figures.guarantees.filter { $0.epsilon?.isFinite != true }
    var chart = StepChart(
      title: "Epsilon after each release", xTitle: "release, in order of publication",
      yTitle: "epsilon spent so far", name: "\(names(protected(figures)))", steps: releases)
    chart.unbounded = open.isEmpty ? nil : "no bound: \(names(open))"
    let spans = spans(of: figures.rounds)
    return ReportSection.figure(
      chart.render(), narrow: chart.narrow.render(),
      note: """
        Privacy loss of everything published up to each release, ending at \
        \(FigureText.epsilon(last.value)). \(spans)
        """)
  }

  /// Which releases belong to which task: `1: statistics, 2: gram, 3–14: ranker`.
  private static func spans(of rounds: [RunFigures.RoundFigures]) -> String {
    var spans: [(task: String, first: Int, last: Int)] = []
    for (index, round) in rounds.enumerated() {
      if let last = spans.last, last.task == round.task {
        spans[spans.count - 1].last = index + 1
      } else {
        spans.append((round.task, index + 1, index + 1))
      }
    }
    let texts = spans.map { span in
      let numbers =
        span.first == span.last ? "\(span.first)" : "\(span.first)\u{2060}–\u{2060}\(span.last)"
      return numbers + ": " + RunFigures.displayName(ofTask: span.task)
    }
    return texts.isEmpty ? "" : texts.joined(separator: ", ") + "."
  }
}
