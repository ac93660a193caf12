/// How well interest tags foretell what comes later.
enum TagSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard let best = figures.tags.max(by: { $0.precisionAt3 < $1.precisionAt3 }) else { return nil }
    let rows = figures.tags.map { tag in
      HTMLTable.Row([
        "\(description(tag.rule))", "\(FigureText.percent(tag.precisionAt3))",
        "\(FigureText.percent(tag.recall))", "\(FigureText.percent(tag.coverage))",
        "\(FigureText.count(tag.users))",
      ])
    }
    let table = HTMLTable(
      caption: "Interest tags from the first 80 % of a history against the rest",
      columns: [
        .text("Rule"), .number("Precision@3"), .number("Recall"), .number("Tags ever given"),
        .number("People"),
      ], rows: rows)
    return ReportSection(
      anchor: "tags", heading: "Interest tags",
      lead: """
        Of three tags given for what a person did earlier, \
        \(FigureText.percent(best.precisionAt3, digits: 0)) still fit what the person did later, by \
        the rule that does best.
        """,
      content: table.render()
        + """
        <p class="note">Giving everyone the same three common tags is often right and says nothing \
        about anyone: compare each rule with that line, and look at how many tags it ever gives.</p>

        """)
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
