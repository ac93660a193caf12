import Testing

@testable import Report

@Suite struct ReportRendererTests {
  @Test(arguments: [SampleFigures.complete, SampleFigures.withoutPrivacy, SampleFigures.empty])
  func needsNoOtherFile(figures: RunFigures) {
    let html = ReportRenderer.html(figures)
    for match in html.matches(of: /(?:src|href|data|action)\s*=\s*["']?([^"'\s>]*)/) {
      #expect(match.1.hasPrefix("#"), "the page refers to \(match.1)")
    }
    #expect(!html.contains("@import"))
    #expect(!html.contains("<script"))
    #expect(!html.contains("<link"))
    for match in html.matches(of: /url\(([^)]*)\)/) {
      #expect(match.1.hasPrefix("#"), "the style refers to \(match.1)")
    }
  }

  @Test(arguments: [SampleFigures.complete, SampleFigures.withoutPrivacy, SampleFigures.empty])
  func writesOnlyNumbers(figures: RunFigures) {
    #expect(ReportRenderer.html(figures).firstMatch(of: /(?i)\b-?(nan|inf|infinity)\b/) == nil)
  }

  @Test(arguments: [SampleFigures.complete, SampleFigures.withoutPrivacy, SampleFigures.empty])
  func closesEveryElement(figures: RunFigures) {
    let unclosed = ["meta", "!DOCTYPE"]
    var open: [Substring] = []
    for match in ReportRenderer.html(figures).matches(of: /<(\/?)([A-Za-z!0-9]+)[^>]*?(\/?)>/) {
      guard match.3.isEmpty, !unclosed.contains(String(match.2)) else { continue }
      if match.1.isEmpty {
        open.append(match.2)
      } else {
        #expect(open.popLast() == match.2)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func comparesDecisionsWithThoseWithoutPrivacy() {
    let html = ReportRenderer.html(SampleFigures.complete)
    #expect(html.matches(of: /<h3>Candidates: one positive, 99 negatives/).count == 1)
    #expect(html.contains("The same decisions without privacy") && html.contains("0.871"))
    let alone = ReportRenderer.html(SampleFigures.withoutPrivacy)
    #expect(!alone.contains("The same decisions without privacy") && alone.contains("0.871"))
  }

  @Test func saysThatThePageItselfIsNotPrivate() {
    let html = ReportRenderer.html(SampleFigures.complete)
    // Under the headline, and beside the guarantees.
    #expect(html.matches(of: /This page itself is not private/).count == 2)
    #expect(html.contains("measured exactly</span>"))
    #expect(!html.contains("HR@10, private"))
    let open = ReportRenderer.html(SampleFigures.withoutPrivacy)
    #expect(!open.contains("What ε covers is"))
  }

  @Test func showsEverySectionThatHasFigures() {
    let anchors = [
      "quality", "methods", "guarantee", "signal", "cold-start", "long-tail", "decision", "tags",
      "self-evaluation", "profiles", "device", "population", "reproduce",
    ]
    let html = ReportRenderer.html(SampleFigures.complete)
    let shown = html.matches(of: /<section id="([^"]*)">/).map { String($0.1) }
    #expect(shown == anchors)
    for anchor in anchors { #expect(html.contains("href=\"#\(anchor)\"")) }
  }

  @Test func omitsSectionsWithoutFigures() {
    let html = ReportRenderer.html(SampleFigures.empty)
    let shown = html.matches(of: /<section id="([^"]*)">/).map { String($0.1) }
    #expect(shown == ["population", "reproduce"])
    #expect(html.contains("This run measured no recommendation quality."))
  }

  @Test(arguments: 0..<10)
  func omitsEachListOnItsOwn(list: Int) {
    var figures = SampleFigures.complete
    let anchor = SampleFigures.clear(list: list, of: &figures)
    let html = ReportRenderer.html(figures)
    #expect(!html.contains("<section id=\"\(anchor)\""))
    #expect(html.contains("<section id=\"reproduce\""))
  }

  @Test func warnsWhenNothingIsPrivate() {
    let warning = "NOTHING IN THIS RUN IS PRIVATE"
    let html = ReportRenderer.html(SampleFigures.withoutPrivacy)
    #expect(html.contains("<title>\(warning)"))
    #expect(html.contains("<p class=\"banner\" role=\"alert\"><strong>\(warning)</strong>"))
    #expect(html.contains("Nothing is guaranteed against anyone in this run."))
    #expect(!html.contains("measured privately"))
    #expect(!html.contains("private sums"))
    #expect(!ReportRenderer.html(SampleFigures.complete).contains(warning))
  }

  @Test func saysAtTheTopThatAPopulationIsSynthetic() throws {
    var figures = SampleFigures.complete
    figures.population.isSynthetic = true
    let html = ReportRenderer.html(figures)
    #expect(html.contains("<span class=\"tag\">synthetic population</span>"))
    #expect(HeadlineSection.sentence(figures).contains("recommendations for generated people"))
    #expect(!html.contains("IN PLACE OF"))
    figures.population.standsInFor = "movielens-100k"
    #expect(
      ReportRenderer.html(figures).contains("<strong>SYNTHETIC BEHAVIOR IN PLACE OF MOVIELENS-100K")
    )
    #expect(!ReportRenderer.html(SampleFigures.complete).contains("synthetic population"))
  }

  @Test func warnsAtTheTopOfWhatFiguresDoNotMean() {
    var figures = SampleFigures.complete
    #expect(!ReportRenderer.html(figures).contains("READ WITH CARE"))
    figures.warnings = ["Quality is measured on 1 user of 9 <b>."]
    #expect(
      ReportRenderer.html(figures).contains(
        "<strong>READ WITH CARE</strong> <span>Quality is measured on 1 user of 9 &lt;b&gt;.</span>"
      ))
    figures.population.evaluatedUsers = 1
    #expect(ReportRenderer.html(figures).contains("users, quality measured on 1"))
  }

  @Test func claimsNoGainFromNoise() {
    var figures = SampleFigures.complete
    for index in figures.methods.indices where figures.methods[index].isHeadline {
      figures.methods[index].full.hitRateAt10.value = 0.2
    }
    #expect(
      HeadlineSection.sentence(figures)
        .contains("recommendations are not below the same model without privacy, and are 2.3 times")
    )
    #expect(ReportRenderer.html(figures).contains("Noise improves no model"))
  }

  @Test func tellsTheResultInOneSentence() {
    #expect(
      HeadlineSection.sentence(SampleFigures.complete)
        == "At epsilon 3, recommendations keep 79\u{202F}% of the hit rate of the same model without "
        + "privacy, and are 1.5 times as good as showing everyone what is popular.")
    #expect(
      HeadlineSection.sentence(SampleFigures.withoutPrivacy).hasPrefix(
        "Without any privacy, recommendations"))
  }

  @Test func drawsPrivatePopularityAsACurveAndOnlyTheRestAsDashedLines() throws {
    let section = try #require(QualitySection.render(SampleFigures.complete)).render().source
    #expect(section.contains("Ranker, no privacy 16.1"))
    #expect(section.contains("EASE, central 14.9"))
    #expect(!section.contains("Popularity 8.6"))
    let wide = section.prefix(
      upTo: try #require(section.firstRange(of: "class=\"narrow\"")).lowerBound)
    #expect(wide.matches(of: /class="reference"/).count == 2)
    #expect(wide.matches(of: /<polyline class="line/).count == 4)
    #expect(ReportRenderer.html(SampleFigures.complete).contains("popularity, private"))
    #expect(!ReportRenderer.html(SampleFigures.withoutPrivacy).contains("popularity, private"))
  }

  @Test func leadsSayNoMoreThanTheirFigures() throws {
    var figures = SampleFigures.complete
    let decision = try #require(DecisionSection.render(figures)).lead.source
    #expect(
      decision
        == "With one positive, 99 negatives, a yes is right in 15.1\u{202F}% of the cases and finds "
        + "22.7\u{202F}% of what people really took.")
    let tags = try #require(TagSection.render(figures)).lead.source
    #expect(tags.contains("41\u{202F}% stand out in what the person did later."))
    #expect(
      tags.contains("29\u{202F}% of the cases, against 23\u{202F}% for the same three tags for"))
    #expect(
      try #require(SignalSection.render(figures)).lead.source
        .hasSuffix("; in gram (item basis) the noise is the stronger."))
    #expect(
      try #require(GuaranteeSection.render(figures)).lead.source
        .hasPrefix("Against A1 (someone who uses the released profile model), A2 ("))
    figures.profiles.removeAll { $0.heldOutRank <= 10 }
    #expect(try #require(ProfileSection.render(figures)).lead.source.contains("for none of them"))
    figures.timings.deviceCPUMilliseconds = [.init(task: "gram", milliseconds: 0.2)]
    #expect(
      try #require(DeviceCostSection.render(figures)).lead.source.contains("for under 1\u{202F}ms"))
  }

  @Test func showsReleasedRatesWithinTheirRange() throws {
    var figures = SampleFigures.complete
    #expect(!ReportRenderer.html(figures).contains("out of the range from 0 to 1"))
    figures.privateEvaluation[0].released = 1054.07
    figures.privateEvaluation[1].released = -2
    let section = try #require(PrivateEvaluationSection.render(figures)).render().source
    #expect(section.contains("<td class=\"n\">1.0000</td><td class=\"n\">0.1270</td>"))
    #expect(section.contains("miss the truth by 0.8730 at most"))
    #expect(section.contains("out of the range from 0 to 1"))
    #expect(!section.contains("1054") && !section.contains("-2"))
  }

  @Test func warnsOfTheSeedAndTellsTheBehaviorByItsDigest() {
    let html = ReportRenderer.html(SampleFigures.complete)
    #expect(html.contains(SampleFigures.complete.population.digest))
    #expect(html.contains("releases can subtract it"))
    #expect(!ReportRenderer.html(SampleFigures.withoutPrivacy).contains("releases can subtract it"))
  }

  @Test func tellsTheResultWithoutReferences() {
    var figures = SampleFigures.complete
    figures.methods.removeAll { !$0.isHeadline }
    #expect(
      HeadlineSection.sentence(figures)
        == "At epsilon 3, recommendations have a hit rate of 12.7\u{202F}%.")
  }

  @Test func saysNothingWhereNothingIsGuaranteed() {
    let html = ReportRenderer.html(SampleFigures.complete)
    #expect(html.matches(of: /<span class="open">no bound<\/span>/).count == 4)
    #expect(html.contains("no bound: A3, A4, A5 and A6"))
  }

  @Test func treatsAnInfiniteEpsilonAsNoGuarantee() {
    var figures = SampleFigures.complete
    figures.guarantees[0].epsilon = .infinity
    let html = ReportRenderer.html(figures)
    #expect(html.matches(of: /<span class="open">no bound<\/span>/).count == 5)
  }

  @Test func isTheSamePageForTheSameFigures() {
    #expect(
      ReportRenderer.html(SampleFigures.complete) == ReportRenderer.html(SampleFigures.complete))
  }
}

extension SampleFigures {
  /// Empties one list and returns the anchor of the section that shows it.
  static func clear(list: Int, of figures: inout RunFigures) -> String {
    switch list {
    case 0: figures.methods = []
    case 1: figures.guarantees = []
    case 2: figures.rounds = []
    case 3: figures.coldStart = []
    case 4: figures.longTail = []
    case 5: figures.decisions = []
    case 6: figures.tags = []
    case 7: figures.privateEvaluation = []
    case 8: figures.profiles = []
    default: figures.deviceCost = []
    }
    return [
      "quality", "guarantee", "signal", "cold-start", "long-tail", "decision", "tags",
      "self-evaluation", "profiles", "device",
    ][list]
  }
}
