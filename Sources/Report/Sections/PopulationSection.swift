/// Whose behavior it was, and what cleaning did to it.
enum PopulationSection {
  static func render(_ figures: RunFigures) -> ReportSection {
    let population = figures.population
    return ReportSection(
      anchor: "population", heading: "The behavior",
      lead: """
        \(FigureText.count(population.events, "event", "events")) of \
        \(FigureText.count(population.users, "person", "people")) with \
        \(FigureText.count(population.items, "item", "items")) remain of \
        \(FigureText.count(population.rowsRead, "row", "rows")) read\(kind(population)).
        """, content: source(population) + cleaning(population) + badRows(population))
  }

  private static func kind(_ population: RunFigures.PopulationFigures) -> String {
    population.isSynthetic ? "; all of them are generated, nobody did this" : ""
  }

  private static func source(_ population: RunFigures.PopulationFigures) -> Markup {
    var pairs: [(String, Markup)] = [
      ("Source", "\(population.name)\(population.isSynthetic ? " (synthetic population)" : "")"),
      ("Bad rows", "\(FigureText.count(population.badRowCount))"),
    ]
    if let licence = population.licence { pairs.append(("License", "\(licence)")) }
    if population.users > 0 {
      let mean = Double(population.events) / Double(population.users)
      pairs.append(("Events per person", "\(FigureText.significant(mean))"))
    }
    if population.users > 0 && population.items > 0 {
      let cells = Double(population.users) * Double(population.items)
      pairs.append(
        (
          "Events per possible pair",
          "\(FigureText.percent(Double(population.events) / cells, digits: 2))"
        ))
    }
    if population.tiedUsers > 0 {
      pairs.append(
        (
          "Held out by order of the file",
          """
          \(FigureText.count(population.tiedUsers)) of \(FigureText.count(population.evaluatedUsers)): \
          their last two items have the same time
          """
        ))
    }
    return ReportSection.definitions(pairs)
  }

  private static func cleaning(_ population: RunFigures.PopulationFigures) -> Markup {
    guard !population.cleaning.isEmpty else { return "" }
    let rows = population.cleaning.map { finding in
      HTMLTable.Row([
        "\(finding.step)", "\(FigureText.count(finding.count))", "\(finding.action)",
      ])
    }
    return HTMLTable(
      caption: "Cleaning", columns: [.text("Finding"), .number("Count"), .text("What was done")],
      rows: rows
    ).render()
  }

  private static func badRows(_ population: RunFigures.PopulationFigures) -> Markup {
    guard !population.badRows.isEmpty else { return "" }
    let rows = population.badRows.map { row in
      HTMLTable.Row(["<code>\(row.file)</code>", "\(FigureText.count(row.line))", "\(row.reason)"])
    }
    let shown = population.badRows.count
    let caption =
      shown < population.badRowCount
      ? "First \(shown) of \(FigureText.count(population.badRowCount)) bad rows" : "Bad rows"
    return HTMLTable(
      caption: caption, columns: [.text("File"), .number("Line"), .text("Reason")], rows: rows
    ).render()
  }
}
