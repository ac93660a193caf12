import Testing

@testable import Report

/// What the document for a data protection officer says, and what it must not say.
@Suite struct AuditReportTests {
  private static let single = SampleAudit.plan(
    "nodes", epsilon: 5.47, rounds: [SampleAudit.round(1)])

  @Test func theHeadlineIsThatOfAllPlansTogether() {
    let figures = SampleAudit.figures(
      [Self.single, SampleAudit.plan("cheap", epsilon: 1.69, rounds: [SampleAudit.round(1)])],
      total: 5.86)
    let html = AuditReport.html(figures)
    #expect(html.contains("whichever of the plans they took part in, than ε = 5.86 allows"))
    #expect(html.contains("ε spent over all 2 plans together, at most"))
    // Each plan by itself is below, with its own promise, and no promise stands for all.
    #expect(html.contains("Each plan by itself") && html.contains("5.47") && html.contains("1.69"))
    #expect(!html.contains("<span>ε promised</span>"))
    #expect(html.contains("all plans together, δ = 10⁻⁵"))
  }

  @Test func onePlanHasItsOwnPromise() {
    let html = AuditReport.html(SampleAudit.figures([Self.single], total: 5.47))
    #expect(
      html.contains(
        "Every rule was kept: nobody who sees what was published learns more about any one person than ε = 5.47 allows"
      ))
    #expect(html.contains("<b>8</b><span>ε promised</span>"))
    #expect(!html.contains("plans together"))
    #expect(html.contains("<b>1</b><span>sum released</span>"))
  }

  /// An infinite epsilon is no small one: it has no figure, and a reason.
  @Test func noBoundIsNeverCalledNothing() {
    let open = SampleAudit.plan(
      "open", epsilon: nil, promised: nil, rounds: [SampleAudit.round(1)],
      reason: "it adds no noise")
    let html = AuditReport.html(
      SampleAudit.figures([Self.single, open], total: nil, reason: "plan open: it adds no noise"))
    #expect(
      html.contains(
        "there is no bound on what was published about one person: plan open: it adds no noise"))
    #expect(html.contains("<b>no bound</b>"))
    #expect(html.contains("Against A6: plan open: it adds no noise."))
    #expect(!html.contains(">nothing</span>") && !html.contains("<b>none</b>"))
    #expect(html.contains("as much as everything may have been learned"))
  }

  @Test func openRoundsAreCountedAndListed() {
    let rounds = [
      SampleAudit.round(1), SampleAudit.round(2, isReleased: false, abortCode: 801),
      SampleAudit.round(3, isCharged: false, isReleased: false),
    ]
    let plan = SampleAudit.plan("nodes", epsilon: 4.95, rounds: rounds)
    let html = AuditReport.html(
      SampleAudit.figures(
        [plan], total: 4.95,
        deviations: [
          .init(entry: 20, what: "Round 3 of ranker of plan nodes is open: not charged.")
        ]))
    #expect(
      html.contains("Of 3 rounds, 1 ended with a release, 1 was given up and 1 is still open."))
    #expect(html.contains("Of those without a release 1 was charged"))
    #expect(html.contains("given up: fewClients, code 801"))
    #expect(html.contains("Round 3 of ranker of plan nodes is open"))
    #expect(!html.contains("no round is open"))
  }

  @Test(
    arguments: [
      ([(true, true)], "The only round ended with a release."),
      ([(true, true), (true, true)], "Every one of the 2 rounds ended with a release."),
      (
        [(false, false)],
        "Of 1 round, none ended with a release and 1 is still open. Nothing was charged for the one"
      ),
      (
        [(true, false), (true, false)],
        "Of 2 rounds, none ended with a release and 2 are still open. Of those without a release 2 were charged"
      ),
    ] as [([(Bool, Bool)], String)])
  func numbersAgreeWithTheirWords(rounds: [(Bool, Bool)], sentence: String) {
    let rounds = rounds.enumerated().map {
      SampleAudit.round($0 + 1, isCharged: $1.0, isReleased: $1.1)
    }
    let html = AuditReport.html(
      SampleAudit.figures([SampleAudit.plan("p", epsilon: 1, rounds: rounds)], total: 1))
    #expect(html.contains(sentence))
  }

  @Test func aGuaranteeSaysHowManyMayCollude() {
    func html(_ colluding: Int) -> String {
      let plan = SampleAudit.plan("p", epsilon: 1, rounds: [], mostColluding: colluding)
      return AuditReport.html(SampleAudit.figures([plan], total: 1))
    }
    #expect(html(0).contains("with none of them") && html(0).contains("nobody"))
    #expect(html(3).contains("with at most 3 of them"))
  }

  @Test func aCohortOfOneSizeIsNoRange() {
    let plan = SampleAudit.plan("p", epsilon: 1, rounds: [], leastCohort: 64)
    let html = AuditReport.html(SampleAudit.figures([plan], total: 1))
    #expect(!html.contains("64 to 64") && html.contains("not in the log before the first charge"))
  }

  /// A bare epsilon says nothing: for whom, against whom, if what.
  @Test func anEpsilonIsSaidWithAllThatItRestsOn() throws {
    let figures = SampleAudit.figures([Self.single], total: 5.47)
    let html = AuditReport.html(figures)
    for words in [
      "what A3 sees", "one thing; another, of A3", "all of one device", "replaced by nothing",
    ] {
      #expect(html.contains(words), "\(words)")
    }
    #expect(html.contains("rule other-mechanism"))
  }

  /// The page tells how to check it, with the key that has signed it.
  @Test func thePageNamesItsSigner() {
    let html = AuditReport.html(SampleAudit.figures([Self.single], total: 5.47))
    #expect(html.contains("silhouette audit check audit --key 5167 --bundle log.bundle"))
    #expect(html.contains("--out again --key your.key"))
    #expect(
      html.contains("report.sig has the signature of both, by <code class=\"hash\">5167</code>"))
  }

  @Test func aLogWithoutPlansIsSaidToHaveNone() throws {
    let figures = SampleAudit.figures([], total: nil)
    #expect(
      AuditReport.html(figures).contains("This log has no plan: nothing was asked of anybody."))
    let json = String(decoding: try AuditReport.json(figures), as: UTF8.self)
    #expect(json.contains("\"signer\" : \"5167\"") && !json.contains("\"total\""))
  }
}
