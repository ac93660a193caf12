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
          <code>silhouette audit empirical --plan FILE --json</code> does so in the simulator, and \
          <code>audit report --empirical FILE</code> shows it here.</p>

          """)
    }
    let failed = empirical.tasks.count { $0.verdict == "fail" }
    let lead: Markup =
      failed > 0
      ? "A measurement contradicts the claim: the program, the claim or an assumption is false."
      : """
      Canaries were searched for in what the program makes of contributions; what was found does not contradict \
      what is claimed of the measured mechanism. That proves nothing for the claim, it is what a fault would have \
      shown up in.
      """
    return ReportSection(
      anchor: "measured", heading: "Measured from outside", lead: lead,
      content: subject(empirical, figures) + table(empirical, figures))
  }

  /// Of what the measurement is: a plan of this page, or something else.
  private static func subject(
    _ empirical: EmpiricalFigures, _ figures: AuditFigures
  ) -> Markup {
    if let plan = figures.plans.first(where: { $0.hash == empirical.plan }) {
      return "<p>Measured were the mechanisms of the plan \(plan.name), by its hash.</p>\n"
    }
    let kind = empirical.plan == nil ? "the scenario" : "the plan"
    return """
      <div class="banner"><strong>Not measured of any plan of this page</strong><span>This is of \(kind) \(empirical.scenario), with \
      noise, cohorts and claims of its own. It says something of the program, and nothing of these plans; \
      <code>silhouette audit empirical --plan FILE --json</code> measures one of them.</span></div>

      """
  }

  /// Whether clip norm and noise are those of a task of the measured plan, as it is in the log.
  private static func differs(
    _ task: EmpiricalFigures.Task, _ empirical: EmpiricalFigures, _ figures: AuditFigures
  ) -> Bool {
    guard let plan = figures.plans.first(where: { $0.hash == empirical.plan }),
      let logged = plan.tasks.first(where: { $0.name == task.task }), logged.law != nil
    else { return false }
    func isClose(_ found: Double?, _ expected: Double?) -> Bool {
      guard let found, let expected else { return found == nil && expected == nil }
      return abs(found - expected) <= 1e-6 * expected
    }
    return !isClose(task.clipNorm, logged.clipNorm)
      || !isClose(task.noiseMultiplier, logged.noiseMultiplier)
  }

  private static func verdict(
    _ task: EmpiricalFigures.Task, differs: Bool
  ) -> Markup {
    if differs { return "<span class=\"open\">of other clip norm or noise than the log has</span>" }
    if task.verdict == "fail" { return "<span class=\"open\">fails</span>" }
    guard let claimed = task.claimedEpsilon else { return "nothing is claimed" }
    return task.ceiling > claimed
      ? "<span class=\"good\">holds</span>" : "could not have failed"
  }

  private static func table(_ empirical: EmpiricalFigures, _ figures: AuditFigures) -> Markup {
    let rows = empirical.tasks.map { task -> HTMLTable.Row in
      HTMLTable.Row([
        "\(RunFigures.displayName(ofTask: task.task))",
        "\(FigureText.count(task.correct)) of \(FigureText.count(task.guesses))",
        "\(FigureText.short(task.lowerBound, digits: 2))",
        "\(FigureText.short(task.ceiling, digits: 2))",
        "\(task.estimate.map { FigureText.short($0, digits: 2) } ?? FigureText.missing)",
        "\(task.claimedEpsilon.map(FigureText.upperBound) ?? FigureText.noBound)",
        verdict(task, differs: differs(task, empirical, figures)),
      ])
    }
    let alpha = empirical.tasks.first?.alpha ?? 0
    return HTMLTable(
      caption: "Canaries in \(empirical.scenario)",
      columns: [
        .text("Task"), .number("Right guesses"), .number("ε at least"),
        .number("Most it could show"), .number("Estimate, no bound"),
        .number("ε claimed"), .text("Verdict"),
      ], rows: rows
    ).render()
      + """
      <p class="note">“ε at least” holds with probability \(FigureText.percent(1 - alpha, digits: 0)): an honest program fails \
      with probability at most \(FigureText.short(alpha)). The gap to the claim is no reserve: canaries disturb each other, and the \
      attack is not the best there is. The estimate is of average canaries, has no confidence, and may lie on either side of the truth. Seed \(String(empirical.seed)).</p>

      """
  }
}
