import Behavior
import PrivacyMechanisms
import Report
import RoundVocabulary
import Scenarios
import Testing

@testable import Simulator

@Suite struct SimulationTests {
  private func population() throws -> Population {
    try SyntheticPopulation(
      configuration: .init(users: 200, items: 120, events: 8000, interests: 6, seed: 3)
    ).population()
  }

  private func run(_ scenario: Scenario) async throws -> RunFigures {
    try await Simulation(
      scenario: scenario, population: population(),
      plan: .init(yaml: "name: small\n", hash: "00"), command: "test", version: "0"
    ).run { _ in }
  }

  private func bytes(_ figures: RunFigures) throws -> [UInt8] {
    try ReportRenderer.json(figures, includingTimings: false)
  }

  @Test func oneSeedGivesTheSameBytesOnAnyNumberOfThreads() async throws {
    var scenario = try Scenario.small()
    scenario.threads = 1
    let first = try bytes(try await run(scenario))
    scenario.threads = 3
    #expect(first == (try bytes(try await run(scenario))))
    scenario.seed += 1
    #expect(first != (try bytes(try await run(scenario))))
  }

  @Test func theReportedEpsilonKeepsThePromise() async throws {
    let figures = try await run(.small())
    let spent = try #require(figures.rounds.last?.epsilonSoFar)
    #expect(spent <= 8)
    #expect(spent > 7.9)
    let sofar = figures.rounds.compactMap(\.epsilonSoFar)
    #expect(sofar == sofar.sorted())
    // Statistics, gram, four rounds of the ranker, evaluation.
    #expect(figures.rounds.count == 7)
  }

  @Test func noiseOfDevicesProtectsFromWhoeverSeesSumsOnly() async throws {
    let figures = try await run(.small())
    let claimed = figures.guarantees.filter { $0.epsilon != nil }
    #expect(claimed.map(\.adversary) == ["A1", "A2", "A3", "A4"])
    #expect(claimed.allSatisfy { ($0.epsilon ?? .infinity) <= 8 })
    #expect(figures.guarantees.count == 6)
  }

  @Test func noiseOfTheCoordinatorClaimsNothingAgainstThoseWhoSeeSums() async throws {
    var scenario = try Scenario.small()
    scenario.privacy.mechanism = .central
    let figures = try await run(scenario)
    let claimed = figures.guarantees.filter { $0.epsilon != nil }.map(\.adversary)
    #expect(claimed == ["A1", "A2"])
  }

  @Test func clippingFollowsTheUpdatesAndIsCharged() async throws {
    for mechanism in [Scenario.Privacy.Mechanism.distributed, .central] {
      var scenario = try Scenario.small()
      scenario.privacy.mechanism = mechanism
      scenario.ranker.clipping = .adaptive
      scenario.ranker.clipNorm = 20
      let figures = try await run(scenario)
      let ranker = figures.rounds.filter { $0.task == "ranker" }
      // One value more than the seven weights: who was clipped.
      #expect(ranker.map(\.dimension) == [8, 8, 8, 8])
      let clips = ranker.map(\.clipNorm)
      #expect(clips[0] == 20 && clips == clips.sorted(by: >) && Set(clips).count == 4)
      let spent = try #require(figures.rounds.last?.epsilonSoFar)
      #expect(spent <= 8 && spent > 7.9)
      let claimed = figures.guarantees.filter { $0.epsilon != nil }.map(\.adversary)
      #expect(claimed == (mechanism == .central ? ["A1", "A2"] : ["A1", "A2", "A3", "A4"]))
    }
  }

  @Test(arguments: [Scenario.Privacy.Noise.tree, .banded])
  func correlatedNoiseIsOneReleaseAgainstThoseWhoSeeReleasesOnly(
    noise: Scenario.Privacy.Noise
  ) async throws {
    var scenario = try Scenario.small()
    scenario.privacy.mechanism = .central
    scenario.privacy.noise = noise
    scenario.ranker.rounds = 8
    // A device comes back after four rounds.
    scenario.ranker.cohort = 50
    let figures = try await run(scenario)
    let claimed = figures.guarantees.filter { $0.epsilon != nil }
    #expect(claimed.map(\.adversary) == ["A1", "A2"])
    #expect(
      claimed.allSatisfy {
        $0.assumptions.contains { $0.contains("correlated (\(noise.rawValue))") }
      })
    let spent = try #require(figures.rounds.last?.epsilonSoFar)
    #expect(spent <= 8 && spent > 7.9)
    // The whole run is charged at its first round.
    let ranker = figures.rounds.filter { $0.task == "ranker" }
    #expect(ranker.count == 8 && Set(ranker.map(\.epsilonSoFar)).count == 1)
    #expect(ranker.allSatisfy { $0.noiseStandardDeviation > 0 && $0.dimension == 7 })
    // Correlation changes the noise from round to round; that of independent rounds is one width.
    if noise == .tree { #expect(Set(ranker.map(\.noiseStandardDeviation)).count == 4) }
    scenario.privacy.noise = .skellam
    let independent = try await run(scenario)
    #expect(
      Set(independent.rounds.filter { $0.task == "ranker" }.map(\.noiseStandardDeviation)).count
        == 1)
  }

  /// Plans and reports agree, and what cannot be planned is refused with the keys to change.
  @Test func plansOfCorrelatedNoiseStateWhatReportsDo() async throws {
    var scenario = try Scenario.small()
    scenario.privacy.mechanism = .central
    scenario.privacy.noise = .tree
    scenario.ranker.rounds = 5
    scenario.ranker.cohort = 60
    let planned = try ScenarioPlan(scenario, users: 200, items: 120).guarantees()
    let reported = try await run(scenario).guarantees
    #expect(planned.map { $0.epsilon.isFinite ? $0.epsilon : nil } == reported.map(\.epsilon))
    #expect(throws: SimulationError.nothingToPlan) {
      try ScenarioPlan(scenario, users: 200, items: 120).encodings(mostPerDay: 3)
    }
    scenario.ranker.rounds = 100_000
    let long = scenario
    let error = #expect(throws: SimulationError.self) {
      try ScenarioPlan(long, users: 200, items: 120).guarantees()
    }
    #expect(error?.description.contains("privacy.noise cannot be correlated") == true)
    scenario.ranker.rounds = 5
    scenario.encoding.ringBits = 16
    scenario.encoding.scaleBits = 12
    scenario.privacy.split.gram = 0.88
    let narrow = scenario
    let refusal = #expect(throws: SimulationError.self) {
      try ScenarioPlan(narrow, users: 200, items: 120).guarantees()
    }
    #expect(refusal?.description.contains("encoding.ringBits") == true)
  }

  @Test func withoutPrivacyTheTitleSaysSoAndNothingIsClaimed() async throws {
    var scenario = try Scenario.small()
    scenario.privacy.mechanism = .none
    let figures = try await run(scenario)
    #expect(figures.title.contains("Nothing in this run is private"))
    #expect(figures.guarantees.allSatisfy { $0.epsilon == nil })
    #expect(figures.rounds.allSatisfy { $0.epsilonSoFar == nil && $0.noiseStandardDeviation == 0 })
  }

  @Test func sampledCohortsChargeOnlyWhatADeviceTakesPartIn() async throws {
    var scenario = try Scenario.small()
    scenario.ranker.cohort = 50
    let figures = try await run(scenario)
    let ranker = try #require(figures.deviceCost.first { $0.task == "ranker" })
    #expect(ranker.uploads == 1)
    let spent = try #require(figures.rounds.last?.epsilonSoFar)
    #expect(spent <= 8 && spent > 7.9)
  }

  @Test func rotationPadsUploadsAndKeepsThePromise() async throws {
    var scenario = try Scenario.small()
    let plain = try await run(scenario)
    scenario.encoding.rotation = true
    let rotated = try await run(scenario)
    // 120 items are padded to 128.
    #expect(plain.rounds.first?.uploadBytes == 480 && rotated.rounds.first?.uploadBytes == 512)
    #expect(zip(rotated.rounds, plain.rounds).allSatisfy { $0.dimension == $1.dimension })
    let spent = try #require(rotated.rounds.last?.epsilonSoFar)
    #expect(spent <= 8 && spent > 7.9)
  }

  @Test func theDigestTellsOneBehaviorFromAnother() throws {
    let first = BehaviorDigest.hexadecimal(of: try population())
    #expect(first == BehaviorDigest.hexadecimal(of: try population()))
    let other = try SyntheticPopulation(
      configuration: .init(users: 200, items: 120, events: 8000, interests: 6, seed: 4)
    ).population()
    #expect(first.count == 64 && first != BehaviorDigest.hexadecimal(of: other))
  }

  @Test func methodsStandInOrderOfEpsilon() async throws {
    var scenario = try Scenario.small()
    scenario.privacy.sweep = [2]
    let figures = try await run(scenario)
    let epsilons = figures.methods.map { $0.epsilon ?? .infinity }
    #expect(epsilons == epsilons.sorted())
    #expect(figures.methods.first { $0.isHeadline }?.epsilon == 8)
  }

  @Test func learningWithoutNoiseBeatsPopularity() async throws {
    let figures = try await run(.small())
    func quality(_ method: String) throws -> Double {
      try #require(
        figures.methods.first { $0.method == method && $0.epsilon == nil }
      ).full.ndcgAt10.value
    }
    #expect(try quality("ranker") > (try quality("popularity")))
  }

  @Test func aReferenceThatCannotBeComputedIsLeftOutAndSaid() async throws {
    var scenario = try Scenario.small()
    // No user took the last items, so that without a penalty nothing can be inverted.
    scenario.evaluation.easeRegularization = 0
    let figures = try await Simulation(
      scenario: scenario, population: try withUnseenItems(), plan: .init(yaml: "", hash: ""),
      command: "", version: ""
    ).run { _ in }
    #expect(!figures.methods.contains { $0.isCentral })
    #expect(figures.methods.contains { $0.isHeadline })
    #expect(figures.warnings.contains { $0.contains("evaluation.easeRegularization") })
    #expect(FigureCollector.reasonForNoReference(itemCount: 10_000) == nil)
    #expect(FigureCollector.reasonForNoReference(itemCount: 10_001)?.contains("EASE") == true)
  }

  @Test func decisionsAndTagsAreMeasuredWithAndWithoutPrivacy() async throws {
    let figures = try await run(.small())
    #expect(figures.decisions.map(\.epsilon) == [8, 8, nil, nil])
    #expect(figures.tags.map(\.epsilon) == [8, 8, 8, nil, nil, nil])
    let evaluated = Double(figures.population.evaluatedUsers)
    for decision in figures.decisions {
      // One positive for each person: recall is a mean over people, and so has an interval.
      #expect(abs(decision.recall.value - Double(decision.truePositives) / evaluated) < 1e-9)
      let right = Double(decision.truePositives + decision.trueNegatives)
      let all = right + Double(decision.falsePositives + decision.falseNegatives)
      #expect(abs(decision.accuracy.value - right / all) < 1e-6)
      #expect(decision.accuracy.low < decision.accuracy.high)
    }
    for tag in figures.tags { #expect(tag.precisionAt3.low <= tag.precisionAt3.value) }
  }

  @Test func aListOfItemsFromTheBehaviorQualifiesTheGuarantee() async throws {
    func assumptions(isPublic: Bool) async throws -> [RunFigures.GuaranteeFigures] {
      try await Simulation(
        scenario: .small(), population: withUnseenItems(isPublic: isPublic),
        plan: .init(yaml: "", hash: ""), command: "", version: ""
      ).run { _ in }.guarantees
    }
    for guarantee in try await assumptions(isPublic: false) {
      let isSaid = guarantee.assumptions.contains { $0.contains("read from the behavior itself") }
      #expect(isSaid == (guarantee.epsilon != nil))
    }
    let plain = try await assumptions(isPublic: true)
    #expect(!plain.contains { $0.assumptions.contains { $0.contains("from the behavior itself") } })
  }

  /// The population with three more items, which nobody took.
  private func withUnseenItems(isPublic: Bool = true) throws -> Population {
    let base = try population()
    let more = (0..<3).map { Catalogue.Item(id: "unseen-\($0)", title: "Unseen") }
    return Population(
      source: base.source,
      catalogue: Catalogue(
        items: base.catalogue.items + more, categoryNames: base.catalogue.categoryNames,
        isPublic: isPublic),
      log: base.log, cleaning: base.cleaning)
  }

  @Test func aModulusThatCanWrapIsRefused() async throws {
    var scenario = try Scenario.small()
    scenario.encoding.ringBits = 16
    scenario.encoding.scaleBits = 14
    let refused = scenario
    // 200 devices at 2^14 ring units each, and noise, take 23 bits.
    let expected = SimulationError.impossibleMechanism(
      .modulusCanWrap(ringBits: 16, maximumCohort: 200, scaleBits: 14, neededBits: 23))
    await #expect(throws: expected) { try await run(refused) }
    #expect(expected.description.contains("write encoding.ringBits 23 or more"))
    #expect(!expected.description.contains("maximumCohort"))
  }
}
