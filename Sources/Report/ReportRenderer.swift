/// Turns the figures of a run into the files that people and programs read.
package struct ReportRenderer: Sendable {
  private init() {}

  /// The report as one self-contained HTML document.
  ///
  /// It needs no script and no other file, follows the reader's light or dark setting, and prints.
  /// Every text that comes from behavior or from the plan is escaped.
  package static func html(_ figures: RunFigures) -> String {
    let sections = sections(figures)
    let document: Markup = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HeadlineSection.title(figures))</title>
      <style>\(ReportStyle.sheet)</style></head>
      <body><main>
      \(HeadlineSection.render(figures))\(contents(sections))\
      \(Markup(joining: sections.map { $0.render() }))\
      <footer>\(footer(figures))</footer>
      </main></body></html>

      """
    return document.source
  }

  /// The sections that have something to show, in reading order.
  private static func sections(_ figures: RunFigures) -> [ReportSection] {
    [
      QualitySection.render(figures), MethodSection.render(figures),
      SequenceSection.render(figures),
      GuaranteeSection.render(figures), SignalSection.render(figures),
      ColdStartSection.render(figures), LongTailSection.render(figures),
      DecisionSection.render(figures), TagSection.render(figures),
      PrivateEvaluationSection.render(figures), ProfileSection.render(figures),
      DeviceCostSection.render(figures), PopulationSection.render(figures),
      ReproductionSection.render(figures),
    ].compactMap(\.self)
  }

  private static func contents(_ sections: [ReportSection]) -> Markup {
    let links = sections.map { section -> Markup in
      "<li><a href=\"#\(section.anchor)\">\(section.heading)</a></li>"
    }
    return """
      <nav aria-label="Contents"><ol>\(Markup(joining: links))</ol></nav>

      """
  }

  private static func footer(_ figures: RunFigures) -> Markup {
    """
    Made by silhouette \(figures.scenario.version) from scenario \(figures.scenario.name), \
    seed \(String(figures.scenario.seed)). The same figures are in report.json.
    """
  }
}
