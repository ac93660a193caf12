import Foundation
import Report
import Testing

@Suite struct HTMLReportTests {
  @Test func textFromBehaviorIsHarmless() {
    let html = HTMLReport(.sample(itemTitle: "<script>alert('x')</script>")).html
    #expect(!html.contains("<script"))
    #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)"))
  }

  @Test func nothingIsLoadedFromElsewhere() {
    let html = HTMLReport(.sample()).html
    for marker in ["src=", "href=", "url(", "@import", "http://", "https://"] {
      #expect(!html.contains(marker), "\(marker) in the page")
    }
  }

  @Test func theHeadlineStatesQualityAndEpsilon() {
    let html = HTMLReport(.sample()).html
    #expect(html.contains("At epsilon 3, recommendations keep 80 %"))
    #expect(!html.contains("class='banner'"))
  }

  @Test func aRunWithoutPrivacySaysSoFirst() {
    let html = HTMLReport(.sample(isPrivate: false)).html
    #expect(html.contains("class='banner'>Nothing in this run is private"))
    #expect(!html.contains("At epsilon"))
  }

  @Test func generatedBehaviorIsCalledGenerated() {
    #expect(HTMLReport(.sample(isSynthetic: true)).html.contains("generated, not real"))
    #expect(!HTMLReport(.sample()).html.contains("generated, not real"))
  }

  @Test func adversariesWithoutGuaranteeGetNothing() {
    #expect(HTMLReport(.sample()).html.contains("<td>nothing</td>"))
  }

  @Test func emptyFiguresMakeAShorterPage() {
    var figures = RunFigures.sample()
    figures.methods = []
    figures.coldStart = []
    figures.longTail = []
    figures.decisions = []
    figures.tags = []
    figures.profiles = []
    figures.rounds = []
    let html = HTMLReport(figures).html
    #expect(!html.contains("New users"))
    #expect(!html.contains("Interest tags"))
    #expect(html.contains("No user could be evaluated."))
  }

  @Test func noNumberIsBroken() {
    var figures = RunFigures.sample()
    // One point, equal values and zeros: every axis has to cope.
    figures.methods = figures.methods.map {
      var method = $0
      method.full.hitRateAt10 = .init(value: 0, low: 0, high: 0)
      return method
    }
    let html = HTMLReport(figures).html.lowercased()
    #expect(!html.contains(">nan") && !html.contains("'nan") && !html.contains("inf'"))
  }

  @Test func jsonKeepsEveryFigureAndItsBytes() throws {
    let figures = RunFigures.sample()
    let bytes = try ReportJSON.encode(figures)
    let decoded = try JSONDecoder().decode(RunFigures.self, from: bytes)
    #expect(try ReportJSON.encode(decoded) == bytes)
    #expect(decoded.methods.count == figures.methods.count)
  }

  @Test func timingsCanBeLeftOut() throws {
    var figures = RunFigures.sample()
    let without = try ReportJSON.encode(figures, includingTimings: false)
    figures.timings.wallSeconds = 7
    #expect(try ReportJSON.encode(figures, includingTimings: false) == without)
    #expect(try ReportJSON.encode(figures) != without)
  }
}
