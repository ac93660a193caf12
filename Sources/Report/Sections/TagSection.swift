/// How well interest tags foretell what comes later.
enum TagSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.tags.isEmpty else { return nil }
    let rows = figures.tags.map { tag in
      HTMLTable.Row([
        "\(description(tag.rule))", "\(tag.epsilon.map(FigureText.upperBound) ?? "none")",
        tag.precisionAt3.percentCell, tag.recall.percentCell,
        "\(FigureText.percent(tag.coverage))", "\(FigureText.count(tag.users))",
      ])
    }
    let table = HTMLTable(
      caption: "Interest tags from the first 80 % of a history against the rest",
      columns: [
        .text("Rule"), .number("ε"), .number("Precision@3,\u{202F}%"),
        .number("Recall,\u{202F}%"), .number("Tags ever given"), .number("People"),
      ], rows: rows)
    return ReportSection(
      anchor: "tags", heading: "Interest tags",
      lead: lead(figures.tags.filter { $0.epsilon == figures.scenario.epsilon }),
      content: table.render()
        + """
        <p class="note">Giving everyone the same three common tags is often right and says nothing \
        about anyone. Tags by lift have the harder task: to say where a person differs from others, \
        and to find that difference again later. Look also at how many tags a rule ever gives.</p>

        """)
  }

  private static func lead(_ tags: [RunFigures.TagFigures]) -> Markup {
    func fit(_ rule: String) -> Markup? {
      tags.first { $0.rule == rule }.map {
        "\(FigureText.percent($0.precisionAt3.value, digits: 0))"
      }
    }
    var sentences: [Markup] = []
    if let lift = fit("lift") {
      sentences.append(
        """
        Of the three tags that a profile shows, those in which a person stands out, \(lift) stand \
        out in what the person did later.
        """)
    }
    if let share = fit("share"), let global = fit("global") {
      sentences.append(
        """
        Tags by plain share are still among the three largest in \(share) of the cases, against \
        \(global) for the same three tags for everyone.
        """)
    }
    return Markup(joining: sentences, separator: " ")
  }

  private static func description(_ rule: String) -> String {
    switch rule {
    case "lift": "lift: more than people in general"
    case "share": "share: most of one’s own events"
    case "global": "global: the same tags for everyone"
    default: rule
    }
  }
}
