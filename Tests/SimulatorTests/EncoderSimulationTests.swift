import Behavior
import FederatedTasks
import ProfileModel
import Report
import RoundVocabulary
import Scenarios
import Testing

@testable import Simulator

/// The sequence encoder, trained centrally and across devices.
@Suite struct EncoderSimulationTests {
  private func population() throws -> Population {
    try SyntheticPopulation(
      configuration: .init(users: 120, items: 60, events: 3600, interests: 4, seed: 3)
    ).population()
  }

  private func scenario(_ overrides: [String]) throws -> Scenario {
    try ScenarioDecoder.decode(
      yaml: """
        name: small
        seed: 7
        threads: 2
        behavior:
          source: synthetic
          synthetic: { users: 120, items: 60, events: 3600, interests: 4, seed: 3 }
        privacy: { epsilon: 8 }
        tasks:
          gram: { headItems: 40, tailGroups: 5, maxRank: 8 }
          ranker: { rounds: 2, negatives: 20 }
          encoder: { shape: mean, items: projected, width: 4, rounds: 3, batch: 2, length: 8 }
        profile: { examples: 1 }
        evaluation: { sampledNegatives: 30, bootstrapResamples: 40, coldStart: [0] }
        """, file: "small.yaml", overrides: overrides
    ).scenario
  }

  private func run(_ scenario: Scenario) async throws -> RunFigures {
    try await Simulation(
      scenario: scenario, population: population(),
      plan: .init(yaml: "name: small\n", hash: "00"), command: "test", version: "0"
    ).run { _ in }
  }

  /// Full and sampled softmax, with training on the device's own history at the end.
  @Test(arguments: [
    ["tasks.encoder.shape=transformer", "tasks.encoder.items=own", "tasks.encoder.blocks=1"],
    ["tasks.encoder.shape=recurrent", "tasks.encoder.negatives=10", "tasks.encoder.cohort=40"],
    ["tasks.encoder.items=own", "tasks.encoder.negatives=5", "tasks.encoder.cohort=40"],
    ["tasks.encoder.algorithm=reptile", "tasks.encoder.personalEpochs=2"],
    [
      "tasks.encoder.shape=transformer", "tasks.encoder.blocks=1", "tasks.encoder.heads=2",
      "tasks.encoder.personal=reconstructed", "tasks.encoder.personalEpochs=2",
    ],
    ["tasks.encoder.shape=preference", "tasks.encoder.items=own", "tasks.encoder.cohort=40"],
    ["tasks.encoder.readout=interests", "tasks.encoder.interests=2", "tasks.encoder.fusion=gated"],
    [
      "tasks.encoder.shape=events", "tasks.encoder.readout=attention", "tasks.encoder.inner=4",
      "tasks.encoder.negatives=10", "tasks.encoder.loss=pairwise", "tasks.encoder.context=2",
    ],
    [
      "tasks.encoder.shape=recurrent", "tasks.encoder.readout=evolution", "tasks.encoder.inner=4",
      "tasks.encoder.negatives=10", "tasks.encoder.loss=logistic",
    ],
    [
      "tasks.encoder.shape=recurrent", "tasks.encoder.trained=adapters",
      "tasks.encoder.adapterRank=1",
    ],
  ]) func oneSeedGivesTheSameBytesOnAnyNumberOfThreads(overrides: [String]) async throws {
    var scenario = try scenario(["privacy.mechanism=none"] + overrides)
    scenario.threads = 1
    let first = try ReportRenderer.json(await run(scenario), includingTimings: false)
    scenario.threads = 3
    #expect(try await ReportRenderer.json(run(scenario), includingTimings: false) == first)
  }

  @Test func theEncoderIsChargedWithTheRest() async throws {
    let figures = try await run(
      scenario(["privacy.split.gram=0.58", "privacy.split.encoder=0.2"]))
    let rounds = figures.rounds.filter { $0.task == "encoder" }
    #expect(rounds.count == 3)
    #expect(rounds.allSatisfy { $0.noiseStandardDeviation > 0 })
    let spent = figures.rounds.compactMap(\.epsilonSoFar).max() ?? .infinity
    #expect(spent <= 8 && spent > 7.9)
    #expect(figures.methods.filter { $0.method == "encoder" }.count == 2)
    #expect(figures.deviceCost.contains { $0.task == "encoder" && $0.uploads == 3 })
  }

  /// A device of a sampled cohort is not in every round: what it computes, sends and gets is that of its
  /// own rounds, and of what nobody trains it gets one copy.
  @Test func costIsThatOfTheRoundsThatADeviceIsIn() async throws {
    let scenario = try scenario([
      "privacy.mechanism=none", "tasks.encoder.shape=recurrent", "tasks.encoder.trained=adapters",
      "tasks.encoder.rounds=6", "tasks.encoder.cohort=40",
    ])
    let figures = try await run(scenario)
    let cost = try #require(figures.deviceCost.first { $0.task == "encoder" })
    #expect(cost.uploads == 2)
    let plan = ScenarioPlan(scenario, users: 120, items: 60)
    let encoder = try plan.encoder(#require(scenario.encoder))
    let trained = try plan.shape(of: .encoder).dimension
    #expect(trained == 4 * (4 + 12) * 2)
    #expect(cost.downloadBytes == 4 * (encoder.layout.count + trained))
  }

  /// Whoever takes part in two of six rounds computes for two.
  @Test func computingIsCountedByContributions() {
    func milliseconds(_ cohort: Int, _ rounds: Int, _ participations: Int) -> Double {
      FigureCollector.deviceMilliseconds(
        [FigureCollector.Contributions](
          repeating: .init(count: cohort, seconds: Double(cohort)), count: rounds),
        participations: participations)
    }
    #expect(milliseconds(120, 3, 3) == 3000)
    #expect(milliseconds(40, 6, 2) == 2000)
  }

  /// What devices send and what it costs is stated before anything is released, and holds after.
  @Test(arguments: ["own", "projected", "both"]) func plansStateWhatReportsDo(
    items: String
  ) async throws {
    let scenario = try scenario([
      "privacy.split.gram=0.58", "privacy.split.encoder=0.2", "tasks.encoder.items=\(items)",
    ])
    let plan = ScenarioPlan(scenario, users: 120, items: 60)
    let figures = try await run(scenario)
    #expect(
      try plan.guarantees().map(\.epsilon) == figures.guarantees.map { $0.epsilon ?? .infinity })
    let dimension = try plan.shape(of: .encoder).dimension
    #expect(dimension > 0)
    #expect(figures.rounds.filter { $0.task == "encoder" }.allSatisfy { $0.dimension == dimension })
    let encodings = try plan.encodings(mostPerDay: 3)
    #expect(encodings.tasks.contains { $0.task == "encoder" && $0.dimension == dimension })
    #expect(encodings.epsilon <= 8)
  }

  /// What the encoder is worth without the order of events, or without a view of items, is shown at the
  /// plan's own epsilon and without privacy, and costs nothing more.
  @Test func ablationsStandInTheEncodersPlace() async throws {
    let split = ["privacy.split.gram=0.58", "privacy.split.encoder=0.2", "privacy.sweep=[4]"]
    let plain = try await run(scenario(split))
    let figures = try await run(scenario(split + ["tasks.encoder.ablations=true"]))
    #expect(figures.guarantees.map(\.epsilon) == plain.guarantees.map(\.epsilon))
    #expect(figures.rounds.count == plain.rounds.count)
    for name in ["order", "item basis", "content"] {
      let found = figures.methods.filter { $0.method == "encoder without \(name)" }
      #expect(found.map(\.epsilon) == [8, nil])
    }
    func rates(_ figures: RunFigures) -> [Double] {
      figures.methods.filter { $0.method == "encoder" }.map(\.full.meanReciprocalRank.value)
    }
    #expect(rates(figures) == rates(plain))
    #expect(figures.learningCurves.map(\.epsilon) == [4, 8, nil])
    #expect(figures.learningCurves.allSatisfy { $0.points.map(\.round) == [1, 2, 3] })
    // The last point is the released encoder itself, with the interval of the table.
    for curve in figures.learningCurves where curve.epsilon != 4 {
      let last = try #require(curve.points.last)
      let method = try #require(
        figures.methods.first { $0.method == "encoder" && $0.epsilon == curve.epsilon })
      #expect(last.hitRateAt10 == method.full.hitRateAt10 && last.ndcgAt10 == method.full.ndcgAt10)
      #expect(last.ndcgAt10.low < last.ndcgAt10.value && last.ndcgAt10.value < last.ndcgAt10.high)
    }
  }

  /// So is what the ranker is worth without something that it sees: without recency at every epsilon.
  @Test func theRankersAblationsStandInItsPlace() async throws {
    let figures = try await run(
      scenario(["privacy.split.gram=0.58", "privacy.split.encoder=0.2", "privacy.sweep=[4]"]))
    func found(_ name: String) -> [RunFigures.MethodFigures] {
      figures.methods.filter { $0.method == name }
    }
    #expect(found("ranker").map(\.epsilon) == [4, 8, nil])
    #expect(found("ranker without recency").map(\.epsilon) == [4, 8, nil])
    let names = ["ranker", "ranker without content", "ranker without item basis"]
    for name in names[1...] { #expect(found(name).map(\.epsilon) == [8, nil]) }
    // Each is another ranking.
    let ranks = names.compactMap { found($0).last?.full.meanReciprocalRank.value }
    #expect(Set(ranks).count == 3)
    #expect(figures.rounds.filter { $0.task == "ranker" }.count == 2)
  }

  /// The same plan with the coordinator's noise: set beside it, at every epsilon, and not charged.
  @Test func theOtherMechanismStandsBeside() async throws {
    let split = ["privacy.split.gram=0.58", "privacy.split.encoder=0.2", "privacy.sweep=[4]"]
    let plain = try await run(scenario(split))
    #expect(plain.otherMechanism == nil)
    let figures = try await run(scenario(split + ["tasks.encoder.bothMechanisms=true"]))
    let other = try #require(figures.otherMechanism)
    #expect(other.own == "distributed" && other.other == "central")
    #expect(other.methods.filter { $0.method == "encoder" }.map(\.epsilon) == [8, 4])
    #expect(other.methods.filter { $0.method == "ranker" }.map(\.epsilon) == [8, 4])
    func ranks(_ methods: [RunFigures.MethodFigures]) -> [Double] {
      methods.filter { $0.epsilon == 8 && $0.method == "ranker" }
        .map(\.full.meanReciprocalRank.value)
    }
    #expect(ranks(figures.methods) == ranks(plain.methods))
    #expect(ranks(other.methods) != ranks(figures.methods))
    #expect(figures.guarantees.map(\.epsilon) == plain.guarantees.map(\.epsilon))
    #expect(figures.rounds.count == plain.rounds.count)
  }

  /// A preference model goes the same path: charged, and the same to the bit when contributions are masked.
  @Test func preferencesTakeTheContributionPath() async throws {
    let settings = [
      "privacy.split.gram=0.58", "privacy.split.encoder=0.2", "tasks.encoder.shape=preference",
      "tasks.encoder.items=own", "tasks.encoder.inner=4", "tasks.encoder.algorithm=fed-avg",
      "tasks.encoder.serverRate=1", "privacy.sweep=[]", "simulation.deviceNoise=each",
    ]
    let figures = try await run(scenario(settings))
    let rounds = figures.rounds.filter { $0.task == "encoder" }
    let dimension = PreferenceModel(itemCount: 60, width: 4, hidden: 4).layout.count
    #expect(rounds.count == 3 && rounds.allSatisfy { $0.dimension == dimension })
    #expect(figures.methods.filter { $0.method == "preference" }.map(\.epsilon) == [8, nil])
    #expect(figures.learningCurves.count == 2)
    let masked = try await run(scenario(settings + ["simulation.secureAggregation=true"]))
    #expect(masked.rounds.map(\.signalToNoise) == figures.rounds.map(\.signalToNoise))
    #expect(
      masked.methods.map(\.full.meanReciprocalRank.value)
        == figures.methods.map(\.full.meanReciprocalRank.value))
  }

  /// What is trained of a few rows only is the same to the bit when contributions are masked.
  @Test func sparseUpdatesTakeTheContributionPath() async throws {
    let settings = [
      "privacy.split.gram=0.58", "privacy.split.encoder=0.2", "tasks.encoder.items=own",
      "tasks.encoder.negatives=5", "privacy.sweep=[]", "simulation.deviceNoise=each",
    ]
    let plain = try await run(scenario(settings))
    let masked = try await run(scenario(settings + ["simulation.secureAggregation=true"]))
    #expect(masked.rounds.map(\.signalToNoise) == plain.rounds.map(\.signalToNoise))
    #expect(
      masked.methods.map(\.full.meanReciprocalRank.value)
        == plain.methods.map(\.full.meanReciprocalRank.value))
  }

  @Test func itemsOfTheirOwnHaveNoViewsToMiss() async throws {
    let figures = try await run(
      scenario([
        "privacy.mechanism=none", "tasks.encoder.items=own", "tasks.encoder.ablations=true",
      ]))
    #expect(
      figures.methods.map(\.method).filter { $0.hasPrefix("encoder") }
        == ["encoder", "encoder without order"])
  }

  /// Without an encoder nothing is planned, and nothing charged, for one.
  @Test func withoutASectionThereIsNoTask() throws {
    let scenario = try Scenario.small()
    let plan = ScenarioPlan(scenario, users: 120, items: 60)
    #expect(!plan.tasks.contains(.encoder))
    #expect(try plan.encodings(mostPerDay: 3).tasks.count == 4)
  }

  @Test func oneItemIsNoCatalogue() throws {
    let scenario = try scenario(["privacy.mechanism=none"])
    #expect(throws: SimulationError.self) {
      try ScenarioPlan(scenario, users: 120, items: 1).guarantees()
    }
  }

  /// Of somebody with few events the encoder knows those alone, and trains further on no others.
  @Test func newPeopleAreRankedByWhatTheyHave() async throws {
    let scenario = try scenario([
      "privacy.mechanism=none", "tasks.encoder.algorithm=reptile",
      "tasks.encoder.personalEpochs=2", "evaluation.coldStart=[0, 2, 100000]",
    ])
    let figures = try await run(scenario)
    func cold(_ method: String, _ kept: Int?) throws -> RunFigures.Estimate {
      try #require(
        figures.coldStart.first { $0.method == method && $0.eventsKept == kept }?.ndcgAt10)
    }
    let whole = try #require(figures.methods.first { $0.method == "encoder" }).full.ndcgAt10
    #expect(try cold("encoder", nil) == whole)
    #expect(try cold("encoder", 100_000) == whole)
    #expect(try cold("encoder", 2) != whole)
    // What is popular stands in for those of whom nothing is known.
    #expect(try cold("encoder", 0) == cold("ranker", 0))
  }

  @Test func aRateThatDivergesIsNamed() async throws {
    let scenario = try scenario([
      "privacy.mechanism=none", "tasks.encoder.learningRate=1000", "tasks.encoder.localEpochs=50",
      "tasks.encoder.serverRate=1000", "tasks.encoder.clipNorm=1000000",
      "tasks.encoder.algorithm=fed-avg", "tasks.encoder.rounds=40",
    ])
    await #expect(throws: SimulationError.encoderDiverged(round: 1, learningRate: 1000)) {
      try await run(scenario)
    }
  }

  /// Of a round in which a device's model of likes diverges nothing is released.
  @Test func aModelOfLikesThatDivergesIsNamed() async throws {
    let scenario = try scenario([
      "privacy.mechanism=none", "tasks.encoder.shape=preference", "tasks.encoder.items=own",
      "tasks.encoder.algorithm=fed-avg", "tasks.encoder.learningRate=1000",
      "tasks.encoder.localEpochs=50",
    ])
    await #expect(throws: SimulationError.encoderDiverged(round: 1, learningRate: 1000)) {
      try await run(scenario)
    }
  }

  /// The coordinator's step can leave the numbers in the last round, after which nothing trains.
  @Test func aStepThatDivergesIsNamed() async throws {
    let scenario = try scenario([
      "privacy.mechanism=none", "tasks.encoder.serverRate=1000", "tasks.encoder.rounds=1",
      "tasks.encoder.personalEpochs=1", "tasks.encoder.learningRate=0.5",
    ])
    await #expect(throws: SimulationError.encoderDiverged(round: nil, learningRate: 0.5)) {
      try await run(scenario)
    }
  }

  /// Cyclic sequences, of which every next item is certain.
  private func cycles() throws -> [EventSequence] {
    try (0..<40).map { user in
      let items = (0..<12).map { Int32((user + $0) % 10) }
      return try EventSequence(
        items: items, kinds: items.map { _ in .view }, gaps: items.map { _ in 0 }, itemCount: 10)
    }
  }

  private func central(
    threads: Int, shape: SequenceEncoder.Shape = .transformer(blocks: 1, heads: 2, inner: 8),
    readout: SequenceEncoder.Readout = .state,
    _ change: (inout CentralEncoderTraining.Configuration) -> Void = { _ in }
  ) async throws -> (SequenceEncoder, [Float]) {
    var configuration = SequenceEncoder.Configuration(itemCount: 10)
    configuration.width = 8
    configuration.length = 12
    configuration.shape = shape
    configuration.readout = readout
    let encoder = try SequenceEncoder(configuration)
    var training = CentralEncoderTraining.Configuration()
    training.batch = 20
    training.dropout = 0.1
    training.epochs = 3
    change(&training)
    return (
      encoder,
      try await CentralEncoderTraining(
        encoder: encoder, configuration: training, threads: threads
      ).run(cycles())
    )
  }

  @Test(arguments: [false, true])
  func centralTrainingDoesNotDependOnThreads(recuts: Bool) async throws {
    let one = try await central(threads: 1) {
      $0.recutsWindows = recuts
      $0.averaging = 0.5
    }
    let three = try await central(threads: 3) {
      $0.recutsWindows = recuts
      $0.averaging = 0.5
    }
    #expect(one.1 == three.1)
  }

  /// By the newest state, and by what each candidate reads out for itself.
  @Test(arguments: [
    (
      SequenceEncoder.Shape.transformer(blocks: 1, heads: 2, inner: 8),
      SequenceEncoder.Readout.state
    ),
    (.recurrent, .interests(2)), (.recurrent, .attention(hidden: 8)),
  ])
  func centralTrainingLearnsACycle(
    shape: SequenceEncoder.Shape, readout: SequenceEncoder.Readout
  ) async throws {
    let (encoder, parameters) = try await central(threads: 2, shape: shape, readout: readout) {
      $0.epochs = readout == .state ? 80 : 40
      $0.peakRate = readout == .state ? 0.02 : 0.04
    }
    var scorer = try SequenceScorer(encoder, parameters: parameters)
    var scores = [Float](repeating: 0, count: 10)
    var found = 0
    for sequence in try cycles().prefix(10) {
      try scorer.score(sequence, into: &scores)
      let next = (Int(sequence.items[11]) + 1) % 10
      if scores.indices.max(by: { scores[$0] < scores[$1] }) == next { found += 1 }
    }
    // The order is all that there is to learn, and what pools all states blurs it; by chance it is one.
    #expect(found >= (readout == .state ? 10 : 4))
  }

  /// Telling people apart changes what is learned, and the same on any number of threads.
  @Test func contrastDoesNotDependOnThreads() async throws {
    let plain = try await central(threads: 2).1
    let one = try await central(threads: 1) { $0.contrast = 0.5 }.1
    let three = try await central(threads: 3) { $0.contrast = 0.5 }.1
    #expect(one == three && one != plain)
  }

  @Test func centralDivergenceIsNamed() async throws {
    await #expect(throws: EncoderError.self) {
      _ = try await central(threads: 2) { $0.peakRate = 1e38 }
    }
  }
}
