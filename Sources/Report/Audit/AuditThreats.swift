/// Who may have learned what: one row for each adversary, one column for each plan.
enum AuditThreats {
  /// What each sees, and what has to be true for a guarantee against it.
  private static let views: [String: (sees: String, assumed: String)] = [
    "A1": ("the last model", "at least the planned number of honest people is in every sum"),
    "A2": (
      "every release of every round", "at least the planned number of honest people is in every sum"
    ),
    "A3": (
      "the sum of every round, and who took part",
      "sums are opened only whole, which the masks of secure aggregation see to"
    ),
    "A4": (
      "the same, and the noise of the people who work with it",
      "no more work with it than the plan allows for"
    ),
    "A5": (
      "in the worst case a single contribution: it may invent people, and drop others",
      "nothing is promised; what one device’s own noise hides is the figure for A6"
    ),
    "A6": (
      "every single contribution, and keeps to the protocol otherwise",
      "the device’s own noise is drawn as planned, and cohorts are those that the log names"
    ),
  ]

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
            "all that one person’s device contributes to a plan, over its whole course"
              + (figures.plans.count > 1 ? "; in the first column, to all plans" : "")
          ),
          ("Hidden is the difference of", "that contribution, replaced by nothing (zero-out)"),
          ("Not counted on", "that nobody knows who took part: no amplification by sampling"),
        ]))
  }

  private static func table(_ figures: AuditFigures) -> Markup {
    guard let total = figures.total else { return "<p>There is no plan.</p>\n" }
    let isSingle = figures.plans.count == 1
    let rows = total.guarantees.enumerated().map { index, guarantee -> HTMLTable.Row in
      let view = views[guarantee.adversary]
      var cells: [Markup] = [
        "<strong>\(guarantee.adversary)</strong> \(guarantee.summary)", "\(view?.sees ?? "")",
      ]
      if !isSingle { cells.append(cell(guarantee, in: figures.plans)) }
      for plan in figures.plans { cells.append(cell(plan.guarantees[index], in: [plan])) }
      cells.append("\(view?.assumed ?? "")")
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
