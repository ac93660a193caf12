import Testing

@testable import Report

@Suite struct SequenceSectionTests {
  private func method(
    _ name: String, ndcg: Double, reach: Double, epsilon: Double? = 3
  ) -> RunFigures.MethodFigures {
    var figures = SampleFigures.complete.methods[0]
    figures.method = name
    figures.epsilon = epsilon
    figures.isCentral = false
    figures.full.ndcgAt10 = RunFigures.Estimate(value: ndcg, low: ndcg - reach, high: ndcg + reach)
    return figures
  }

  @Test func thereIsNoneWithoutAnEncoder() {
    #expect(SequenceSection.render(SampleFigures.complete) == nil)
  }

  /// A model of likes has its learning curve on the page, too.
  @Test func likesHaveACurve() throws {
    var figures = SampleFigures.complete
    figures.methods = [method("preference", ndcg: 0.04, reach: 0.005)]
    figures.learningCurves = []
    #expect(SequenceSection.render(figures) == nil)
    figures.learningCurves = [
      .init(
        epsilon: figures.ownEpsilon,
        points: (1...3).map {
          .init(
            round: $0, hitRateAt10: .init(value: 0.1, low: 0.08, high: 0.12),
            ndcgAt10: .init(value: 0.05, low: 0.04, high: 0.06))
        })
    ]
    let section = try #require(SequenceSection.render(figures))
    #expect(section.content.source.contains("<svg"))
    // Each of the three points has its interval, in the wide and in the narrow drawing.
    #expect(section.content.source.ranges(of: "class=\"interval").count == 6)
  }

  @Test func theEncoderHasToBeSurelyBetter() {
    let others = [
      method("popularity", ndcg: 0.04, reach: 0.005), method("gram", ndcg: 0.06, reach: 0.005),
      method("ranker", ndcg: 0.08, reach: 0.006),
    ]
    func plan(_ ndcg: Double, _ reach: Double) -> String? {
      (others + [method("encoder", ndcg: ndcg, reach: reach)]).recommended
    }
    #expect(plan(0.10, 0.01) == "encoder")
    #expect(plan(0.085, 0.01) == "ranker")
    #expect(plan(0.03, 0.01) == "ranker")
    #expect([RunFigures.MethodFigures]().recommended == nil)
  }

  /// What commands recommend by is the plan's own, whatever other epsilons say.
  @Test func theRecommendedMethodIsThatOfTheOwnEpsilon() {
    var figures = SampleFigures.complete
    let own = figures.ownEpsilon
    figures.methods = [
      method("popularity", ndcg: 0.04, reach: 0.005, epsilon: own),
      method("gram", ndcg: 0.06, reach: 0.005, epsilon: own),
      method("ranker", ndcg: 0.5, reach: 0.005, epsilon: 1000),
    ]
    #expect(figures.recommendedMethod == "gram")
    figures.methods.remove(at: 1)
    #expect(figures.recommendedMethod == "popularity")
  }

  @Test func anEncoderBelowPopularityIsSaidToFallBack() throws {
    var figures = SampleFigures.complete
    figures.methods = [
      method("popularity", ndcg: 0.04, reach: 0.005), method("encoder", ndcg: 0.02, reach: 0.005),
    ]
    let section = try #require(SequenceSection.render(figures))
    #expect("\(section.lead)".contains("fall back"))
    figures.methods[1].full.ndcgAt10 = RunFigures.Estimate(value: 0.09, low: 0.08, high: 0.1)
    let better = try #require(SequenceSection.render(figures))
    #expect(!"\(better.lead)".contains("fall back"))
    #expect("\(better.lead)".contains("Sequence encoder"))
  }

  /// Mechanisms stand side by side at one epsilon, and have no column where there is one only.
  @Test func mechanismsHaveAColumn() throws {
    var figures = SampleFigures.complete
    figures.methods = [
      method("popularity", ndcg: 0.04, reach: 0.005), method("encoder", ndcg: 0.06, reach: 0.005),
    ]
    let plain = try #require(SequenceSection.render(figures)).content.source
    #expect(!plain.contains("Mechanism"))
    figures.otherMechanism = .init(
      own: "distributed", other: "central",
      methods: [method("popularity", ndcg: 0.04, reach: 0.005)])
    let both = try #require(SequenceSection.render(figures)).content.source
    #expect(both.contains("Mechanism"))
    let own = try #require(both.firstRange(of: "distributed")).lowerBound
    #expect(own < (try #require(both.firstRange(of: "central")).lowerBound))
  }

  /// By what it is decided that devices fall back, and that it is not charged, is on the page.
  @Test func theFallbackIsSaidToBeUncharged() throws {
    var figures = SampleFigures.complete
    let note = "\(try #require(MethodSection.render(figures)).content)"
    #expect(note.contains("exact quality on held-out items") && note.contains("no ε covers"))
    figures.scenario.isPrivate = false
    #expect(!"\(try #require(MethodSection.render(figures)).content)".contains("no ε covers"))
  }

  /// Whatever devices train together is marked where it ranks worse than what is popular.
  @Test(arguments: ["gram", "ranker", "encoder", "preference"])
  func everyTrainedMethodCanFallBack(method: String) throws {
    var figures = SampleFigures.complete
    var worse = try #require(figures.methods.first { $0.method == "ranker" && $0.epsilon == 3 })
    worse.method = method
    worse.full.ndcgAt10.value = 0
    figures.methods.removeAll { $0.method == method }
    figures.methods.append(worse)
    #expect(figures.methodsThatFallBack == [method])
    let page = "\(try #require(MethodSection.render(figures)).content)"
    #expect(page.contains("below popularity: devices fall back"))
  }

  /// The report and what it tells devices go by the same figure.
  @Test func whatIsWorseThanPopularityIsSaid() throws {
    var figures = SampleFigures.complete
    #expect(figures.methodsThatFallBack.isEmpty)
    #expect(!"\(try #require(MethodSection.render(figures)).content)".contains("fall back"))
    let sound = HeadlineSection.sentence(figures)
    for index in figures.methods.indices
    where figures.methods[index].method == "ranker" && figures.methods[index].epsilon == 3 {
      figures.methods[index].full.ndcgAt10.value = 0
    }
    #expect(figures.methodsThatFallBack == ["ranker"])
    #expect(!figures.methods.fallsBack("ranker", epsilon: nil))
    #expect(!figures.methods.fallsBack("no such method", epsilon: 3))
    #expect("\(try #require(MethodSection.render(figures)).content)".contains("fall back"))
    let sentence = HeadlineSection.sentence(figures)
    #expect(sentence != sound && sentence.contains("worse than popularity"))
    figures.profiles[0].fallsBack = true
    #expect("\(try #require(ProfileSection.render(figures)).content)".contains("what is popular"))
  }

  /// What speaks for a recommendation and what against it go to different sides, and the greatest part
  /// takes a whole half.
  @Test func reasonsOfASequenceHaveSides() throws {
    var figures = SampleFigures.complete
    let plain = try #require(ProfileSection.render(figures)).content.source
    #expect(!plain.contains("By the order of events"))
    figures.profiles[0].sequence = .init(
      title: "Alien",
      events: [.init(title: "Aliens", part: 0.5), .init(title: "Heidi", part: -0.25)])
    let shown = try #require(ProfileSection.render(figures)).content.source
    #expect(shown.contains("First comes <b>Alien</b>"))
    #expect(shown.contains("margin-left:50.0%;width:50.0%") && shown.contains("<em>+0.50</em>"))
    #expect(shown.contains("class=\"against\"") && shown.contains("margin-left:25.0%;width:25.0%"))
    #expect(
      FigureText.signed(0.001, digits: 2) == "0.00" && FigureText.signed(-0.4, digits: 1) == "-0.4")
  }
}
