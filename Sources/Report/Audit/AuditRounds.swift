/// Every round, with those that came to nothing.
enum AuditRounds {
  /// Rows of a table; the rest is in report.json.
  private static let mostRows = 40

  static func section(_ figures: AuditFigures) -> ReportSection {
    let rounds = figures.plans.flatMap(\.rounds)
    let lost = rounds.filter { !$0.isReleased }
    let lead: Markup
    if rounds.isEmpty {
      lead = "No round has begun."
    } else if lost.isEmpty {
      lead =
        rounds.count == 1
        ? "The only round ended with a release."
        : "Every one of the \(FigureText.count(rounds.count)) rounds ended with a release."
    } else {
      lead = "\(course(of: rounds)) \(charges(of: lost))"
    }
    return ReportSection(
      anchor: "rounds", heading: "Rounds, and what lost ones cost", lead: lead,
      content: Markup(joining: figures.plans.filter { !$0.rounds.isEmpty }.map(plan)))
  }

  /// How many rounds ended how, in a sentence.
  private static func course(of rounds: [AuditFigures.Round]) -> String {
    let released = rounds.count(where: \.isReleased)
    let open = rounds.count(where: \.isOpen)
    let lost = rounds.count - released - open
    var parts = ["\(released == 0 ? "none" : FigureText.count(released)) ended with a release"]
    if lost > 0 { parts.append("\(FigureText.count(lost)) \(lost == 1 ? "was" : "were") given up") }
    if open > 0 { parts.append("\(FigureText.count(open)) \(open == 1 ? "is" : "are") still open") }
    return "Of \(FigureText.count(rounds.count, "round", "rounds")), "
      + parts.dropLast().joined(separator: ", ") + " and \(parts.last ?? "")."
  }

  private static func charges(of lost: [AuditFigures.Round]) -> String {
    let charged = lost.count(where: \.isCharged)
    let which = lost.count == 1 ? "The one without a release" : "Of those without a release"
    switch (lost.count, charged) {
    case (_, 0):
      return "Nothing was charged for \(lost.count == 1 ? "the one" : "those") without a release."
    case (1, _): return "\(which) was charged, and counts as if it had been published."
    default:
      return
        "\(which) \(FigureText.count(charged)) \(charged == 1 ? "was" : "were") charged; a charged "
        + "round counts as if it had been published."
    }
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
          "\(round.isCharged ? round.survivors.map { FigureText.count($0) } ?? FigureText.missing : FigureText.missing)",
          "\(round.mechanism.map(noise(of:)) ?? FigureText.missing)",
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
        .text("Round"), .number("People who joined"), .number("In the sum"),
        .text("Noise over clip norm"), .text("Charge"),
        .text("End"),
      ], rows: rows
    ).render() + note
  }

  private static func noise(of mechanism: AuditFigures.Mechanism) -> String {
    mechanism.noiseMultiplier.map { "\(mechanism.law), \(FigureText.significant($0))" }
      ?? mechanism.law
  }

  private static func outcome(of round: AuditFigures.Round) -> Markup {
    if round.isReleased { return "<span class=\"good\">released</span>" }
    guard let code = round.abortCode else { return "<span class=\"open\">open</span>" }
    return "<span class=\"open\">given up: \(round.abortReason ?? "code \(code)")</span>"
  }
}
