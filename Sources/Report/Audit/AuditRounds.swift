/// Every round, with those that came to nothing.
enum AuditRounds {
  /// Rows of a table; the rest is in report.json.
  private static let mostRows = 40

  static func section(_ figures: AuditFigures) -> ReportSection {
    let rounds = figures.plans.flatMap(\.rounds)
    let lost = rounds.filter { !$0.isReleased }
    let charged = lost.count(where: \.isCharged)
    let lead: Markup
    if rounds.isEmpty {
      lead = "No round has begun."
    } else if lost.isEmpty {
      lead =
        "Every one of the \(FigureText.count(rounds.count, "round", "rounds")) ended with a release."
    } else {
      lead = """
        Of \(FigureText.count(rounds.count, "round", "rounds")), \(FigureText.count(lost.count)) \
        ended without a release or go on. Of these, \(FigureText.count(charged)) had been charged; a charged \
        round counts as if it had been published.
        """
    }
    return ReportSection(
      anchor: "rounds", heading: "Rounds, and what lost ones cost", lead: lead,
      content: Markup(joining: figures.plans.filter { !$0.rounds.isEmpty }.map(plan)))
  }

  private static func plan(_ plan: AuditFigures.Plan) -> Markup {
    let lost = plan.rounds.filter { !$0.isReleased }
    var content: Markup = "<h3>\(plan.name)</h3>"
    if let epsilon = plan.epsilon, let released = plan.epsilonOfReleases, epsilon > released {
      content += """
        <p>Without the rounds that were charged and not released, ε would be \(FigureText.upperBound(released)) in place \
        of \(FigureText.upperBound(epsilon)).</p>
        """
    }
    if lost.count > 0, plan.rounds.count > mostRows {
      content += table(lost, caption: "Rounds without a release")
    }
    return content + table(plan.rounds, caption: "Rounds in the order of the log")
  }

  private static func table(_ rounds: [AuditFigures.Round], caption: String) -> Markup {
    let rows = rounds.prefix(mostRows).map { round -> HTMLTable.Row in
      HTMLTable.Row(
        [
          "\(RunFigures.displayName(ofTask: round.task)) \(round.number)",
          "\(round.members.map { FigureText.count($0) } ?? FigureText.missing)",
          "\(round.survivors.map { FigureText.count($0) } ?? FigureText.missing)",
          round.isCharged ? "charged" : "not charged", outcome(of: round),
        ])
    }
    let rest = rounds.count - rows.count
    let note: Markup =
      rest > 0
      ? "<p class=\"note\">\(FigureText.count(rest)) more are in report.json.</p>" : ""
    return HTMLTable(
      caption: caption,
      columns: [
        .text("Round"), .number("People who joined"), .number("In the sum"), .text("Charge"),
        .text("End"),
      ], rows: rows
    ).render() + note
  }

  private static func outcome(of round: AuditFigures.Round) -> Markup {
    if round.isReleased { return "<span class=\"good\">released</span>" }
    guard let code = round.abortCode else { return "<span class=\"open\">open</span>" }
    return "<span class=\"open\">aborted, code \(code)</span>"
  }
}
