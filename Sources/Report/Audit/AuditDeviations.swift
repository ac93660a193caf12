/// What the rules allow and a reader should still know.
enum AuditDeviations {
  static func section(_ figures: AuditFigures) -> ReportSection {
    let rows = figures.deviations.map { deviation -> HTMLTable.Row in
      HTMLTable.Row(["\(FigureText.count(deviation.entry))", "\(deviation.what)"])
    }
    guard !rows.isEmpty else {
      return ReportSection(
        anchor: "deviations", heading: "Deviations",
        lead:
          "None: no key was replaced, no task was paused, every plan is closed and no round is open.",
        content: "")
    }
    return ReportSection(
      anchor: "deviations", heading: "Deviations",
      lead: "Nothing here breaks a rule; each is a reason to ask.",
      content: HTMLTable(
        caption: "By place in the log", columns: [.number("Entry"), .text("What happened")],
        rows: rows
      ).render())
  }
}
