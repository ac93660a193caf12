/// What is done to every contribution, and how many people each sum has at least.
enum AuditMechanisms {
  static func section(_ figures: AuditFigures) -> ReportSection {
    ReportSection(
      anchor: "mechanisms", heading: "What protects a contribution",
      lead: """
        Each device clips what it has learned, rounds it, adds noise of its own and masks it; only the sum \
        over all of a round can be read. Clip and noise are fixed by the plan before the first round, and no charge \
        of a task may differ from its first (rule other-mechanism): each line holds for every round of its task.
        """,
      content: Markup(joining: figures.plans.map(plan)))
  }

  private static func plan(_ plan: AuditFigures.Plan) -> Markup {
    let rows = plan.tasks.map { task -> HTMLTable.Row in
      HTMLTable.Row([
        "\(RunFigures.displayName(ofTask: task.name))",
        "\(task.law ?? "not in the log before the first charge")",
        "\(FigureText.count(task.coordinates))", "\(FigureText.short(task.clipNorm))",
        "\(task.noiseMultiplier.map { FigureText.significant($0) } ?? FigureText.missing)",
        "\(FigureText.count(task.debits))",
        "\(FigureText.count(task.releases)) of \(FigureText.count(task.mostReleases))",
        "\(FigureText.count(task.mostContributions))",
      ])
    }
    return "<h3>\(plan.name)</h3>"
      + ReportSection.definitions([
        (
          "People in a round",
          plan.leastCohort == plan.mostCohort
            ? "\(FigureText.count(plan.mostCohort))"
            : "\(FigureText.count(plan.leastCohort)) to \(FigureText.count(plan.mostCohort))"
        ),
        ("In every sum at least", "\(plan.leastSurvivors)"),
        (
          "Of whom may work with the coordinator",
          plan.mostColluding == 0 ? "nobody" : "\(FigureText.count(plan.mostColluding))"
        ),
      ])
      + HTMLTable(
        caption: "Tasks and their noise",
        columns: [
          .text("Task"), .text("Noise of each device"), .number("Numbers"), .number("Clip norm"),
          .number("Noise over clip norm"), .number("Charged"), .number("Released"),
          .number("Of one person at most"),
        ], rows: rows
      ).render()
        + """
        <p class="note">“Noise over clip norm” is the standard deviation of the noise that is certain to be in a sum, \
        that of the honest people alone, over the largest contribution of one person.</p>

        """
  }
}
