/// Who may have learned what: one row for each adversary, one column for each plan.
enum AuditThreats {
  static func section(_ figures: AuditFigures) -> ReportSection {
    ReportSection(
      anchor: "threats", heading: "Who is kept from learning what",
      lead: """
        A guarantee holds against somebody who sees certain things, and says nothing about others. \
        These are all of them.
        """,
      content: table(figures)
        + ReportSection.definitions([
          (
            "Protected",
            "\(figures.terms.protects)"
              + (figures.plans.count > 1 ? "; in the first column, to all plans" : "")
          ),
          ("Hidden is the difference of", "\(figures.terms.difference)"),
          ("Apart from the log", "\(figures.terms.apart)"),
          ("Not counted on", "that nobody knows who took part: no amplification by sampling"),
        ]))
  }

  private static func table(_ figures: AuditFigures) -> Markup {
    guard let total = figures.total else { return "<p>There is no plan.</p>\n" }
    let isSingle = figures.plans.count == 1
    let rows = total.guarantees.enumerated().map { index, guarantee -> HTMLTable.Row in
      var cells: [Markup] = [
        "<strong>\(guarantee.adversary)</strong> \(guarantee.summary)", "\(guarantee.sees)",
      ]
      if !isSingle { cells.append(cell(guarantee, in: figures.plans)) }
      for plan in figures.plans { cells.append(cell(plan.guarantees[index], in: [plan])) }
      cells.append("\(guarantee.assumptions.joined(separator: "; "))")
      return HTMLTable.Row(cells)
    }
    func column(_ name: String, _ delta: Double) -> HTMLTable.Column {
      .text("\(name), δ = \(FigureText.upperBound(delta))")
    }
    var columns: [HTMLTable.Column] = [.text("Who looks"), .text("Sees")]
    if !isSingle { columns.append(column("all plans together", total.delta)) }
    columns += figures.plans.map { column($0.name, $0.delta) }
    columns.append(.text("If"))
    return HTMLTable(
      caption: "What is guaranteed against whom", columns: columns, rows: rows, isProse: true
    ).render() + reasons(total)
  }

  private static func cell(
    _ guarantee: AuditFigures.Guarantee, in plans: [AuditFigures.Plan]
  ) -> Markup {
    guard let epsilon = guarantee.epsilon else {
      return "<span class=\"open\">\(FigureText.noBound)</span>"
    }
    var text = EpsilonReading.markup(epsilon)
    if guarantee.adversary == "A4", let most = plans.map(\.mostColluding).min() {
      text += most == 0 ? ", with none of them" : ", with at most \(FigureText.count(most)) of them"
    }
    return text
  }

  /// Why there is no bound where there is none, each reason once.
  private static func reasons(_ total: AuditFigures.Total) -> Markup {
    let open = total.guarantees.filter { $0.epsilon == nil }
    let items = open.map { guarantee -> Markup in
      "<li>Against \(guarantee.adversary): \(guarantee.reason ?? "no accountant has one").</li>"
    }
    guard !items.isEmpty else { return "" }
    return """
      <p>“No bound” means that as much as everything may have been learned, not that nothing was:</p>
      <ul class="conditions">\(Markup(joining: items))</ul>

      """
  }
}
