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
      "the device’s own noise only"
    ),
    "A6": ("every single contribution", "the device’s own noise only"),
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
            "Protected", "all that one person’s device contributes to a plan, over its whole course"
          ),
          ("Hidden is the difference of", "that contribution, replaced by nothing (zero-out)"),
          ("Not counted on", "that nobody knows who took part: no amplification by sampling"),
        ]))
  }

  private static func table(_ figures: AuditFigures) -> Markup {
    let adversaries = figures.plans.first?.guarantees ?? []
    let rows = adversaries.enumerated().map { index, adversary -> HTMLTable.Row in
      let view = views[adversary.adversary]
      var cells: [Markup] = [
        "<strong>\(adversary.adversary)</strong> \(adversary.summary)", "\(view?.sees ?? "")",
      ]
      for plan in figures.plans {
        let epsilon = plan.guarantees[index].epsilon
        cells.append(
          epsilon == nil
            ? "<span class=\"open\">nothing</span>"
            : "<span class=\"good\">\(FigureText.epsilon(epsilon))</span>")
      }
      return HTMLTable.Row(cells + ["\(view?.assumed ?? "")"])
    }
    let plans = figures.plans.map { plan -> HTMLTable.Column in
      .text("\(plan.name), δ = \(FigureText.upperBound(plan.delta))")
    }
    return HTMLTable(
      caption: "What is guaranteed against whom",
      columns: [.text("Who looks"), .text("Sees")] + plans + [.text("If")], rows: rows,
      isProse: true
    ).render()
  }
}
