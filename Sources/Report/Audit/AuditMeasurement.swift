/// What canaries have shown of the mechanism.
enum AuditMeasurement {
  static func section(_ figures: AuditFigures) -> ReportSection {
    guard let empirical = figures.empirical else {
      return ReportSection(
        anchor: "measured", heading: "Measured from outside",
        lead:
          "Nothing was measured for this report: every figure above is computed, none observed.",
        content: """
          <p>Made-up contributions, some put in and some left out by the toss of a coin, can be searched for in what is \
          published. If more are found than the claim allows, the claim is false. \
          <code>silhouette audit empirical SCENARIO --json</code> does so in the simulator, and \
          <code>audit report --empirical FILE</code> shows it here.</p>

          """)
    }
    let failed = empirical.tasks.count { $0.verdict == "fail" }
    let lead: Markup =
      failed > 0
      ? "A measurement contradicts the claim: the program, the claim or an assumption is false."
      : """
      Canaries were searched for in what the program publishes; what was found does not contradict \
      what is claimed. That proves nothing for the claim, it is what a fault would have shown up in.
      """
    return ReportSection(
      anchor: "measured", heading: "Measured from outside", lead: lead, content: table(empirical))
  }

  private static func table(_ empirical: EmpiricalFigures) -> Markup {
    let rows = empirical.tasks.map { task -> HTMLTable.Row in
      HTMLTable.Row([
        "\(RunFigures.displayName(ofTask: task.task))",
        "\(FigureText.count(task.correct)) of \(FigureText.count(task.guesses))",
        "\(FigureText.short(task.lowerBound, digits: 2))",
        "\(FigureText.short(task.ceiling, digits: 2))",
        "\(task.claimedEpsilon.map(FigureText.upperBound) ?? "nothing")",
        task.verdict == "fail"
          ? "<span class=\"open\">fails</span>"
          : task.ceiling > (task.claimedEpsilon ?? .infinity)
            ? "<span class=\"good\">holds</span>" : "could not have failed",
      ])
    }
    let alpha = empirical.tasks.first?.alpha ?? 0
    return HTMLTable(
      caption: "Canaries in \(empirical.scenario)",
      columns: [
        .text("Task"), .number("Right guesses"), .number("ε at least"),
        .number("Most it could show"),
        .number("ε claimed"), .text("Verdict"),
      ], rows: rows
    ).render()
      + """
      <p class="note">“ε at least” holds with probability \(FigureText.percent(1 - alpha, digits: 0)): an honest program fails \
      with probability at most \(FigureText.short(alpha)). The gap to the claim is no reserve: canaries disturb each other, and the \
      attack is not the best there is. Scenario seed \(String(empirical.seed)).</p>

      """
  }
}
