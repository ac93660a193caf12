/// The plan and how to make the same report again.
enum ReproductionSection {
  static func render(_ figures: RunFigures) -> ReportSection {
    let scenario = figures.scenario
    return ReportSection(
      anchor: "reproduce", heading: "How to make this report again",
      lead: """
        On the same behavior this command gives the same figures again; only the timings differ. \
        Whether it is the same is told by the digest.
        """,
      content: """
        <pre><code>\(scenario.command)</code></pre>
        \(identity(scenario, figures.population))\(secrecy(scenario))<h3>Plan</h3>
        <pre><code>\(scenario.plan)</code></pre>
        \(timings(figures.timings))
        """)
  }

  private static func secrecy(_ scenario: RunFigures.ScenarioFigures) -> Markup {
    guard scenario.isPrivate else { return "" }
    return """
      <p class="note">The noise of a simulation follows from its seed: who has this page and the \
      releases can subtract it. Where the behavior is that of real people, keep the seed to \
      yourself, or do not publish both.</p>

      """
  }

  private static func identity(
    _ scenario: RunFigures.ScenarioFigures, _ population: RunFigures.PopulationFigures
  ) -> Markup {
    var pairs: [(String, Markup)] = [
      ("Scenario", "\(scenario.name)"),
      ("Seed", "\(String(scenario.seed))"),
    ]
    if scenario.isPrivate {
      if let epsilon = scenario.epsilon { pairs.append(("ε", "\(FigureText.upperBound(epsilon))")) }
      if let delta = scenario.delta { pairs.append(("δ", "\(FigureText.upperBound(delta))")) }
    }
    pairs.append(("Version", "\(scenario.version)"))
    let source = population.standsInFor.map { "\(population.name), in place of \($0)" }
    pairs.append(("Behavior", "\(source ?? population.name)"))
    pairs.append(
      ("BLAKE2b-256 of the behavior", "<code class=\"hash\">\(population.digest)</code>"))
    pairs.append(("BLAKE2b-256 of the plan", "<code class=\"hash\">\(scenario.planHash)</code>"))
    return ReportSection.definitions(pairs)
  }

  private static func timings(_ timings: RunFigures.TimingFigures) -> Markup {
    let summary = ReportSection.definitions([
      ("Started", "\(timings.startedAt)"),
      ("Wall time", "\(FigureText.seconds(timings.wallSeconds))"),
      ("CPU time", "\(FigureText.seconds(timings.cpuSeconds))"),
      ("Peak memory", "\(FigureText.bytes(timings.peakMemoryBytes))"),
      ("Threads", "\(FigureText.count(timings.threads))"),
    ])
    guard !timings.phases.isEmpty else { return "<h3>Timings</h3>" + summary }
    let rows = timings.phases.map {
      HTMLTable.Row(["\($0.phase)", "\(FigureText.seconds($0.seconds))"])
    }
    let table = HTMLTable(
      caption: "Wall time per phase", columns: [.text("Phase"), .number("Time")], rows: rows)
    return "<h3>Timings</h3>" + summary + table.render()
  }
}
