import Testing

@testable import Report

@Suite struct MarkupTests {
  @Test func escapesInterpolatedText() {
    let text = "<script>alert(\"x\" + 'y')</script> & more"
    let markup: Markup = "<b>\(text)</b>"
    #expect(
      markup.source
        == "<b>&lt;script&gt;alert(&quot;x&quot; + &#39;y&#39;)&lt;/script&gt; &amp; more</b>")
  }

  @Test func doesNotEscapeTwice() {
    let inner: Markup = "<i>\("a & b")</i>"
    let outer: Markup = "<b>\(inner)</b>"
    #expect(outer.source == "<b><i>a &amp; b</i></b>")
  }

  @Test func keepsTextOfOtherScripts() {
    let markup: Markup = "\("Amélie 天気 👩🏽‍🚀")"
    #expect(markup.source == "Amélie 天気 👩🏽‍🚀")
  }

  /// Every text field of the figures carries an attack at once; none may reach the page unescaped.
  @Test func escapesEveryTextOfARun() {
    let attack = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&"
    let html = ReportRenderer.html(attacked(with: attack))
    #expect(!html.contains("<script"))
    #expect(!html.contains("<img"))
    #expect(!html.contains("\"'>"))
    #expect(html.matches(of: /&lt;script&gt;/).count >= 30)
  }

  private func attacked(with text: String) -> RunFigures {
    var figures = SampleFigures.complete
    figures.title = text
    figures.scenario.name = text
    figures.scenario.plan = text
    figures.scenario.planHash = text
    figures.scenario.command = text
    figures.scenario.version = text
    figures.population.name = text
    figures.population.licence = text
    figures.population.cleaning = [.init(step: text, count: 1, action: text)]
    figures.population.badRows = [.init(file: text, line: 1, reason: text)]
    figures.timings.startedAt = text
    figures.timings.phases = [.init(phase: text, seconds: 1)]
    for index in figures.guarantees.indices {
      figures.guarantees[index].adversary = text
      figures.guarantees[index].summary = text
      figures.guarantees[index].neighboringRelation = text
      figures.guarantees[index].privacyUnit = text
      figures.guarantees[index].assumptions = [text]
    }
    for index in figures.rounds.indices { figures.rounds[index].task = text }
    for index in figures.methods.indices { figures.methods[index].method = text }
    for index in figures.longTail.indices { figures.longTail[index].method = text }
    for index in figures.decisions.indices { figures.decisions[index].candidates = text }
    for index in figures.tags.indices { figures.tags[index].rule = text }
    for index in figures.privateEvaluation.indices {
      figures.privateEvaluation[index].metric = text
    }
    for index in figures.deviceCost.indices { figures.deviceCost[index].task = text }
    figures.profiles = figures.profiles.map { profile in
      var profile = profile
      profile.label = text
      profile.heldOut = text
      profile.sequence = .init(title: text, events: [.init(title: text, part: 1)])
      profile.tags = [.init(name: text, score: 1)]
      profile.categories = [.init(name: text, score: 1)]
      profile.recommendations = [
        .init(title: text, categories: [text], score: 1, reasons: [text])
      ]
      return profile
    }
    return figures
  }
}
