internal import Scenarios
internal import ReleasedParts
internal import Behavior
internal import FederatedTasks
internal import NumericalMethods
internal import ProfileModel
internal import Report
internal import RoundVocabulary

/// Gathers the figures of a run, training by training.
struct FigureCollector {
  let simulation: Simulation
  let devices: [DeviceSplit]
  let evaluation: QualityEvaluation
  private var bootstrap: BootstrapPlan { evaluation.bootstrap }
  private var methods: [RunFigures.MethodFigures] = []
  private var learningCurves: [RunFigures.LearningCurveFigures] = []
  private var otherMechanism: RunFigures.OtherMechanismFigures?
  private var coldStart: [RunFigures.ColdStartFigures] = []
  private var longTail: [RunFigures.LongTailFigures] = []
  private var decisions: [RunFigures.DecisionFigures] = []
  private var tags: [RunFigures.TagFigures] = []
  private var profiles: [RunFigures.ProfileFigures] = []
  private var privateEvaluation: [RunFigures.PrivateMetricFigures] = []
  private var headline: TrainedModel?
  /// Why something that a reader expects is not there.
  private var notes: [String] = []
  /// For each evaluated user whether the held-out item belongs to the head of the catalogue.
  private let targetIsHead: [Bool]
  private let headBootstrap: BootstrapPlan
  private let tailBootstrap: BootstrapPlan

  init(simulation: Simulation, devices: [DeviceSplit], evaluation: QualityEvaluation) {
    self.simulation = simulation
    self.devices = devices
    self.evaluation = evaluation
    var counts = [Int](repeating: 0, count: evaluation.itemCount)
    for device in devices { for item in device.history.items { counts[Int(item)] += 1 } }
    let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    let headCount = Int(simulation.scenario.evaluation.headShare * Double(counts.count))
    let head = Set(order.prefix(headCount).map { Int32($0) })
    let isHead = evaluation.evaluated.map { head.contains(devices[$0].target ?? -1) }
    func plan(_ users: Int) -> BootstrapPlan {
      BootstrapPlan(
        users: users, resamples: simulation.scenario.evaluation.bootstrapResamples,
        seed: simulation.scenario.seed)
    }
    targetIsHead = isHead
    headBootstrap = plan(isHead.filter { $0 }.count)
    tailBootstrap = plan(isHead.filter { !$0 }.count)
  }

  var deviceCPU: [RunFigures.DeviceCPU] {
    TaskKind.allCases.compactMap { task in
      let records = headline?.releases.filter { $0.round.task == task } ?? []
      guard !records.isEmpty else { return nil }
      let contributions = records.map {
        Contributions(count: $0.contributors, seconds: $0.cpuSeconds)
      }
      return RunFigures.DeviceCPU(
        task: task.rawValue,
        milliseconds: Self.deviceMilliseconds(
          contributions, participations: records.last?.participations ?? 0))
    }
  }

  /// What the devices of one round computed.
  struct Contributions {
    let count: Int
    /// CPU time of all of them together.
    let seconds: Double
  }

  /// What one device computes for a task: the mean of a contribution, as often as it contributes, which in
  /// a sampled cohort is not in every round.
  static func deviceMilliseconds(_ rounds: [Contributions], participations: Int) -> Double {
    let count = rounds.reduce(0) { $0 + $1.count }
    let seconds = rounds.reduce(0) { $0 + $1.seconds } / Double(max(count, 1))
    return 1000 * seconds * Double(participations)
  }

  /// Measures what one training is worth.
  mutating func add(
    _ model: TrainedModel, of training: FederatedTraining, isHeadline: Bool
  ) async throws {
    let outcomes = try await evaluation.outcomes(model)
    for (index, method) in QualityEvaluation.federatedMethods(of: model).enumerated() {
      add(
        MethodOutcomes(
          method: method, epsilon: model.target?.epsilon,
          users: outcomes.map { $0.byMethod[index] }),
        isHeadline: isHeadline && method == .ranker)
    }
    if let encoders = model.encoders { try await add(encoders, of: model) }
    if let preference = model.preference {
      add(
        MethodOutcomes(
          method: .preference, epsilon: model.target?.epsilon,
          users: try await evaluation.outcomes(preference)), isHeadline: false)
      add(preference.curve, of: model)
    }
    guard isHeadline || model.target == nil else { return }
    try await addColdStart(model)
    let scenario = simulation.scenario
    decisions += DecisionEvaluation.figures(
      outcomes.map(\.logOdds), threshold: scenario.evaluation.decisionThreshold,
      epsilon: model.target?.epsilon, bootstrap)
    let shares = CategoryShares(
      popularity: model.parts.popularity, catalogue: simulation.population.catalogue)
    tags += TagEvaluation.figures(
      devices, catalogue: simulation.population.catalogue, population: shares,
      epsilon: model.target?.epsilon, resamples: scenario.evaluation.bootstrapResamples,
      seed: scenario.seed)
    guard isHeadline else { return }
    profiles = try ProfileExamples(
      simulation: simulation, devices: devices, evaluation: evaluation, shares: shares,
      fallsBack: fallbacks(of: model)
    ).figures(model)
    var charged = model
    privateEvaluation = try await PrivateEvaluation(
      training: training, evaluation: evaluation, outcomes: outcomes
    ).figures(&charged.releases)
    headline = charged
  }

  /// What ranks held-out items worse than popularity in one training.
  private func fallbacks(of model: TrainedModel) -> Set<KeptProfiles.Ranking> {
    Set(
      KeptProfiles.Ranking.allCases.filter {
        methods.fallsBack($0.rawValue, epsilon: model.target?.epsilon)
      })
  }

  /// Measures a training with the other mechanism, for the table that sets them side by side.
  mutating func addComparison(
    _ model: TrainedModel, mechanism: Scenario.Privacy.Mechanism
  ) async throws {
    let outcomes = try await evaluation.outcomes(model)
    var found = QualityEvaluation.federatedMethods(of: model).enumerated().map { index, method in
      MethodOutcomes(
        method: method, epsilon: model.target?.epsilon, users: outcomes.map { $0.byMethod[index] })
    }
    if let encoder = model.encoders?.whole {
      found.append(
        MethodOutcomes(
          method: .encoder, epsilon: model.target?.epsilon,
          users: try await evaluation.outcomes(encoder)))
    }
    let figures = found.map {
      $0.figures(bootstrap, itemCount: evaluation.itemCount, isHeadline: false)
    }
    otherMechanism = RunFigures.OtherMechanismFigures(
      own: simulation.scenario.privacy.mechanism.rawValue, other: mechanism.rawValue,
      methods: (otherMechanism?.methods ?? []) + figures)
  }

  private mutating func add(_ encoders: TrainedEncoders, of model: TrainedModel) async throws {
    let ablations = EncoderAblation.allCases.compactMap { ablation in
      encoders.ablations[ablation].map { (ablation.method, $0) }
    }
    for (method, encoder) in [(RankingMethod.encoder, encoders.whole)] + ablations {
      add(
        MethodOutcomes(
          method: method, epsilon: model.target?.epsilon,
          users: try await evaluation.outcomes(encoder)), isHeadline: false)
    }
    add(encoders.whole.curve, of: model)
  }

  private mutating func add(_ curve: [EncoderCheckpoint.CurvePoint], of model: TrainedModel) {
    learningCurves.append(
      RunFigures.LearningCurveFigures(
        epsilon: model.target?.epsilon,
        points: curve.map {
          RunFigures.LearningCurvePoint(
            round: $0.round, hitRateAt10: RunFigures.Estimate($0.hitRateAt10),
            ndcgAt10: RunFigures.Estimate($0.ndcgAt10))
        }))
  }

  /// Beyond this the reference, which holds a number for each pair of items, takes gigabytes.
  private static let mostItemsOfReference = 10_000

  static func reasonForNoReference(itemCount: Int) -> String? {
    guard itemCount > mostItemsOfReference else { return nil }
    return "EASE, the central reference, is left out: it holds a number for each pair of items, "
      + "which is too much beyond \(FigureText.count(mostItemsOfReference)) items."
  }

  /// Measures central references on the same users, or notes why one is missing.
  mutating func addReferences() async throws {
    try await addEASE()
    try await addReferencesOfEncoder()
  }

  private mutating func addEASE() async throws {
    if let reason = Self.reasonForNoReference(itemCount: evaluation.itemCount) {
      notes.append(reason)
      return
    }
    do {
      let reference = try EASE(
        histories: devices.map(\.history.items), itemCount: evaluation.itemCount,
        regularization: simulation.scenario.evaluation.easeRegularization)
      let devices = devices
      add(
        try await evaluation.outcomes(.ease) {
          reference.scores(of: devices[$0].history.items, into: &$1)
        }, isHeadline: false)
    } catch let error as NumericalError {
      notes.append(
        "EASE, the central reference, is left out: \(error). Raise evaluation.easeRegularization.")
    }
  }

  /// Measures further central references where an encoder is to be compared with them.
  ///
  /// Their settings are those that validation items chose on MovieLens 100K.
  private mutating func addReferencesOfEncoder() async throws {
    guard simulation.scenario.encoder != nil else { return }
    let (devices, itemCount) = (devices, evaluation.itemCount)
    let histories = devices.map(\.history.items)
    let neighbors = ItemNeighbors(histories: histories, itemCount: itemCount, neighbors: 200)
    add(
      try await evaluation.outcomes(.itemNeighbors) {
        neighbors.scores(of: devices[$0].history.items, into: &$1)
      }, isHeadline: false)
    let implicit = try ImplicitFactors(histories: histories, itemCount: itemCount)
    add(
      try await evaluation.outcomes(.implicitFactors) { implicit.scores(ofUser: $0, into: &$1) },
      isHeadline: false)
    let pairwise = PairwiseFactors(histories: histories, itemCount: itemCount)
    add(
      try await evaluation.outcomes(.pairwiseFactors) { pairwise.scores(ofUser: $0, into: &$1) },
      isHeadline: false)
  }

  private mutating func add(_ outcomes: MethodOutcomes, isHeadline: Bool) {
    methods.append(
      outcomes.figures(bootstrap, itemCount: evaluation.itemCount, isHeadline: isHeadline))
    let auc = outcomes.users.map { RankingMetrics.auc($0.full) }
    let recall = outcomes.users.map { RankingMetrics.hitRate($0.full, at: 50) }
    longTail.append(
      RunFigures.LongTailFigures(
        method: outcomes.method.rawValue, epsilon: outcomes.epsilon,
        tailShareOfTargets: Double(targetIsHead.filter { !$0 }.count)
          / Double(targetIsHead.count),
        headRecallAt50: estimate(recall, inHead: true),
        tailRecallAt50: estimate(recall, inHead: false), headAUC: estimate(auc, inHead: true),
        tailAUC: estimate(auc, inHead: false)))
  }

  private func estimate(_ values: [Float], inHead: Bool) -> RunFigures.Estimate {
    let chosen = zip(values, targetIsHead).filter { $0.1 == inHead }.map(\.0)
    return RunFigures.Estimate((inHead ? headBootstrap : tailBootstrap).interval(of: chosen))
  }

  private mutating func addColdStart(_ model: TrainedModel) async throws {
    for kept in simulation.scenario.evaluation.coldStart.map(Optional.some) + [nil] {
      try await addColdStart(.ranker, kept, evaluation.coldStart(model, kept: kept), of: model)
      guard let encoder = model.encoders?.whole else { continue }
      let outcomes = try await evaluation.coldStart(
        encoder, popularity: model.parts.popularity, clock: simulation.population.log.clock,
        kept: kept)
      addColdStart(.encoder, kept, outcomes, of: model)
    }
  }

  private mutating func addColdStart(
    _ method: RankingMethod, _ kept: Int?, _ outcomes: [RankOutcome], of model: TrainedModel
  ) {
    coldStart.append(
      RunFigures.ColdStartFigures(
        method: method.rawValue, epsilon: model.target?.epsilon, eventsKept: kept,
        hitRateAt10: RunFigures.Estimate(
          bootstrap.interval(of: outcomes.map { RankingMetrics.hitRate($0, at: 10) })),
        ndcgAt10: RunFigures.Estimate(
          bootstrap.interval(of: outcomes.map { RankingMetrics.ndcg($0, at: 10) }))))
  }

  /// In order of epsilon, none last; in the order of the run where they are equal.
  private static func sorted<Figure>(
    _ figures: [Figure], _ epsilon: KeyPath<Figure, Double?>
  ) -> [Figure] {
    func rank(_ figure: Figure) -> Double { figure[keyPath: epsilon] ?? .infinity }
    return figures.enumerated().sorted {
      (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
    }.map(\.element)
  }

  /// Everything but the timings.
  func figures() throws -> RunFigures {
    let budget = try PrivacyFigures(scenario: simulation.scenario, model: headline)
    var figures = RunFigures(
      title: simulation.title,
      warnings: RunWarnings(
        scenario: simulation.scenario, devices: devices, evaluated: evaluation.evaluated,
        itemCount: evaluation.itemCount,
        hasPublicCatalogue: simulation.population.catalogue.isPublic
      ).sentences + notes,
      scenario: simulation.scenarioFigures,
      population: simulation.populationFigures(evaluation.evaluated.map { devices[$0] }),
      guarantees: simulation.qualified(budget.guarantees),
      rounds: budget.rounds,
      methods: Self.sorted(methods, \.epsilon), coldStart: coldStart,
      longTail: Self.sorted(longTail, \.epsilon),
      decisions: decisions, tags: tags, privateEvaluation: privateEvaluation, profiles: profiles,
      deviceCost: budget.deviceCost(itemCount: evaluation.itemCount),
      timings: .init(
        startedAt: "", wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0, threads: 0, phases: [],
        deviceCPUMilliseconds: []))
    figures.otherMechanism = otherMechanism
    figures.learningCurves = Self.sorted(learningCurves, \.epsilon)
    return figures
  }
}
