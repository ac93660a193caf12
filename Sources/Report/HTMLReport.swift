/// The report as one page: no script, nothing loaded from elsewhere, light and dark, print.
package struct HTMLReport: Sendable {
  let figures: RunFigures

  package init(_ figures: RunFigures) {
    self.figures = figures
  }

  /// The whole page.
  package var html: String {
    let sections = [
      qualitySection, methodsSection, privacySection, signalSection, coldStartSection,
      longTailSection, decisionSection, tagSection, selfEvaluationSection, profileSection,
      costSection, populationSection, reproductionSection,
    ]
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Markup.escaped(figures.title))</title>
      <style>\(ReportStyle.css)</style>
      </head>
      <body><main>
      \(headline)
      \(sections.joined())
      </main></body>
      </html>

      """
  }

  /// The method that the run's plan would ship.
  var shipped: RunFigures.MethodFigures? { figures.methods.first(where: \.isHeadline) }

  /// A method trained without privacy.
  func reference(_ method: String) -> RunFigures.MethodFigures? {
    figures.methods.first { $0.method == method && $0.epsilon == nil }
  }

  /// What one sees in a moment: the promise, what it costs, what it is worth.
  private var headline: String {
    var numbers: [(String, String)] = []
    if let shipped {
      numbers.append((Markup.number(shipped.full.hitRateAt10.value), "HR@10 of this plan"))
    }
    if figures.scenario.isPrivate, let free = reference("ranker") {
      numbers.append((Markup.number(free.full.hitRateAt10.value), "HR@10 without privacy"))
    }
    if let popular = reference("popularity") {
      numbers.append((Markup.number(popular.full.hitRateAt10.value), "HR@10 of popularity"))
    }
    if let epsilon = figures.scenario.epsilon, let delta = figures.scenario.delta {
      numbers.append(
        ("\(Markup.short(epsilon))", "epsilon per user, at delta \(Self.scientific(delta))"))
    }
    numbers.append((Markup.count(figures.population.users), "simulated devices"))
    let tiles = numbers.map { "<div><b>\($0.0)</b><span>\($0.1)</span></div>" }.joined()
    let banner =
      figures.scenario.isPrivate
      ? "" : "<p class='banner'>Nothing in this run is private: its mechanism is none.</p>"
    return """
      <header><h1>\(Markup.escaped(figures.title))</h1>\(banner)
      <p class="headline">\(sentence)</p></header>
      <div class="numbers">\(tiles)</div>
      """
  }

  private var sentence: String {
    guard let shipped, let popular = reference("popularity") else {
      return "No user could be evaluated."
    }
    let quality = shipped.full.hitRateAt10.value
    let overPopular = quality / max(popular.full.hitRateAt10.value, 1e-9)
    let comparison = "\(Markup.number(overPopular, 1)) times the hit rate of popularity alone"
    guard let epsilon = figures.scenario.epsilon, let free = reference("ranker") else {
      return "Without privacy, recommendations reach \(comparison)."
    }
    let kept = quality / max(free.full.hitRateAt10.value, 1e-9)
    return "At epsilon \(Markup.short(epsilon)), recommendations keep \(Markup.percent(kept)) of "
      + "what the same model reaches without privacy, and \(comparison)."
  }

  /// A small number as a power of ten where it is one.
  static func scientific(_ value: Double) -> String {
    "\(value)".replacing("e-0", with: "e-")
  }
}
