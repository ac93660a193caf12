internal import Behavior
internal import DeviceTasks
internal import FederatedTasks
internal import NumericalMethods
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ProfileModel
internal import ReleasedParts
internal import RoundVocabulary
internal import Scenarios

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A sequence encoder as the federation released it, and what devices do with it.
struct TrainedEncoder: Sendable {
  let encoder: SequenceEncoder
  /// All parameters: those that were trained together, and those that everybody had before.
  var parameters: [Float]
  let slots: TrainedSlots
  /// How a device trains further on its own history before it ranks; `nil` is not at all.
  var personal: PersonalTraining?
  /// The own events of each device.
  let sequences: [EventSequence]
  /// How well it ranked after some of the rounds.
  var curve: [EncoderCheckpoint.CurvePoint] = []
}

extension TrainedEncoder {
  /// The encoder as a device has it, trained further on the own history where the plan says so.
  func scorer(of device: Int, seed: UInt64) throws(EncoderError) -> SequenceScorer {
    guard let personal else { return try SequenceScorer(encoder, parameters: parameters) }
    var work = personal.work(encoder, given: parameters)
    var generator = PersonalTraining.generator(of: device, seed: seed)
    return try SequenceScorer(
      encoder, parameters: try work.personalized(sequences[device], &generator))
  }
}

extension EncoderCheckpoint.CurvePoint {
  /// Nil where nobody is evaluated.
  init?(round: Int, _ outcomes: [UserOutcome], _ bootstrap: BootstrapPlan) {
    guard !outcomes.isEmpty else { return nil }
    func interval(_ metric: (RankOutcome) -> Float) -> Interval {
      bootstrap.interval(of: outcomes.map { metric($0.full) })
    }
    self.init(
      round: round, hitRateAt10: interval { RankingMetrics.hitRate($0, at: 10) },
      ndcgAt10: interval { RankingMetrics.ndcg($0, at: 10) })
  }
}

/// Parameters that were trained on public behavior.
struct PretrainedParameters: Sendable {
  let pretraining: PublicPretraining
  let parameters: [Float]
}

/// Something that the encoder sees, and is trained without to show what it is worth.
enum EncoderAblation: String, CaseIterable, Sendable, CustomStringConvertible {
  case order, basis, content

  var description: String { rawValue }

  /// The name of the encoder without it.
  var method: RankingMethod {
    switch self {
    case .order: .encoderWithoutOrder
    case .basis: .encoderWithoutBasis
    case .content: .encoderWithoutContent
    }
  }
}

/// The encoder of a training, and what it would be without a part of what it sees.
struct TrainedEncoders: Sendable {
  let whole: TrainedEncoder
  var ablations: [EncoderAblation: TrainedEncoder] = [:]
}

extension FederatedTraining {
  /// Trains the encoder and, where the plan asks for them, its ablations.
  ///
  /// An ablation is what this plan would have released without one of the things that the encoder sees:
  /// it stands in the encoder's place, so it is not charged beside it.
  func trainEncoders(
    _ settings: Scenario.Encoder, _ items: ItemKnowledge, _ releases: inout [ReleaseRecord],
    progress: @Sendable (String) -> Void
  ) async throws -> TrainedEncoders {
    let whole = try await trainEncoder(settings, items, &releases, progress: progress)
    guard settings.ablations, trainsAblations else { return TrainedEncoders(whole: whole) }
    let missing: [EncoderAblation] =
      settings.items == .own ? [.order] : EncoderAblation.allCases
    var ablations: [EncoderAblation: TrainedEncoder] = [:]
    for ablation in missing {
      var uncharged: [ReleaseRecord] = []
      ablations[ablation] = try await trainEncoder(
        settings, items, without: ablation, &uncharged, progress: progress)
    }
    return TrainedEncoders(whole: whole, ablations: ablations)
  }

  /// Trains the encoder over cohorts of devices through the contribution path.
  ///
  /// Where there is a checkpoint, it goes on from there.
  private func trainEncoder(
    _ settings: Scenario.Encoder, _ items: ItemKnowledge, without missing: EncoderAblation? = nil,
    _ releases: inout [ReleaseRecord], progress: @Sendable (String) -> Void
  ) async throws -> TrainedEncoder {
    let encoder = try plan.encoder(settings, items, without: missing)
    let checkpoint = missing == nil ? checkpoint : nil
    let slots = plan.trainedSlots(of: encoder, settings)
    let local = EncoderWork.Configuration(settings)
    var trained = TrainedEncoder(
      encoder: encoder, parameters: initialParameters(of: encoder, popularity: items.popularity),
      slots: slots, personal: plan.personalTraining(of: encoder, settings),
      sequences: try sequences(of: encoder, inOrder: missing != .order))
    if settings.pretraining == .synthesized {
      progress("pretraining on synthesized histories")
      trained.parameters = try await synthesized(encoder, settings, items, from: trained.parameters)
    }
    var task = EncoderTask(
      configuration: EncoderTask.Configuration(
        algorithm: algorithm(settings), rounds: settings.rounds, rate: settings.serverRate,
        expectedCohort: plan.schedule(of: settings).cohort),
      initial: slots.values(of: trained.parameters))
    let mechanism = try plan.mechanism(for: .encoder)
    var kept: [EncoderCheckpoint.Round] = []
    if let checkpoint, let found = try checkpoint.load() {
      guard task.resume(found.state) else {
        throw CheckpointError.otherTraining(path: checkpoint.path)
      }
      (kept, trained.curve) = (found.rounds, found.curve)
      for (index, round) in kept.enumerated() {
        releases.append(record(round, number: index + 1, mechanism, settings))
      }
    }
    slots.write(task.parameters, into: &trained.parameters)
    while task.completedRounds < settings.rounds {
      let what = missing.map { "encoder without \($0)" } ?? "encoder"
      progress("\(what), round \(task.completedRounds + 1) of \(settings.rounds)")
      let number = task.completedRounds + 1
      do {
        let release = try await encoderRound(
          number, trained, local, mechanism, settings, without: missing, &releases)
        try task.step(release)
      } catch EncoderError.diverged(_, let learningRate) {
        throw SimulationError.encoderDiverged(round: number, learningRate: learningRate)
      }
      slots.write(task.parameters, into: &trained.parameters)
      if let last = releases.last { kept.append(EncoderCheckpoint.Round(last)) }
      guard missing == nil else { continue }
      try await extendCurve(of: &trained, task.completedRounds, settings)
      try keep(task, kept, trained.curve)
    }
    return trained
  }

  /// Trained on as many people who do not exist as there are devices, from what was released before.
  private func synthesized(
    _ encoder: SequenceEncoder, _ settings: Scenario.Encoder, _ items: ItemKnowledge,
    from start: [Float]
  ) async throws -> [Float] {
    let histories = SynthesizedHistories(items, seed: scenario.seed)
    let trained = try await CentralEncoderTraining(
      encoder: encoder, configuration: .init(pretraining: settings, seed: scenario.seed),
      threads: workers.count
    ).run(
      histories.sequences(count: devices.count, length: settings.length + 1), from: start)
    return encoder.merged(trained)
  }

  private func encoderRound(
    _ number: Int, _ trained: TrainedEncoder, _ local: EncoderWork.Configuration,
    _ mechanism: ContributionMechanism, _ settings: Scenario.Encoder,
    without missing: EncoderAblation?, _ releases: inout [ReleaseRecord]
  ) async throws -> Release {
    let schedule = plan.schedule(of: settings)
    let participations = schedule.participations(through: number)
    return try await round(
      RoundID(task: .encoder, number: number), mechanism, participations: participations,
      charge: mechanism.observed.map { Accountant.Participation($0, count: participations) },
      clipNorm: mechanism.request.clipNorm, cohort: schedule.devices(round: number),
      stream: missing.map { " without \($0)" } ?? "",
      scratch: {
        EncoderWork(
          trained.encoder, slots: trained.slots, given: trained.parameters, local,
          own: plan.reconstruction(of: trained.encoder, settings))
      }, &releases
    ) { work, device in
      var generator = deviceGenerator(device, round: number)
      try work.train(trained.sequences[device], &generator)
      return .sparse(SparseUpdate(ranges: work.ranges, values: work.values))
    } open: {
      try mechanism.release($0, noise: &$1)
    }
  }

  /// The record of a round that an earlier run made.
  private func record(
    _ round: EncoderCheckpoint.Round, number: Int, _ mechanism: ContributionMechanism,
    _ settings: Scenario.Encoder
  ) -> ReleaseRecord {
    let participations = plan.schedule(of: settings).participations(through: number)
    return ReleaseRecord(
      round: RoundID(task: .encoder, number: number), mechanism: mechanism,
      contributors: round.contributors, participations: participations,
      charge: mechanism.observed.map { Accountant.Participation($0, count: participations) },
      clipNorm: mechanism.request.clipNorm, signalNorm: round.signalNorm,
      noiseStandardDeviation: round.noiseStandardDeviation, cpuSeconds: round.cpuSeconds)
  }

  private func keep(
    _ task: EncoderTask, _ rounds: [EncoderCheckpoint.Round],
    _ curve: [EncoderCheckpoint.CurvePoint]
  ) throws(CheckpointError) {
    guard let checkpoint,
      task.completedRounds.isMultiple(of: CheckpointFile.interval)
        || task.completedRounds == task.configuration.rounds
    else { return }
    try checkpoint.save(
      EncoderCheckpoint(
        training: checkpoint.training, state: task.state, rounds: rounds, curve: curve))
  }

  /// Points of a learning curve, the last round's among them.
  private static let curvePoints = 8

  /// Whether a learning curve has a point after a round.
  func hasCurvePoint(after round: Int, of rounds: Int) -> Bool {
    let points = min(rounds, Self.curvePoints)
    return (round * points) / rounds > ((round - 1) * points) / rounds
  }

  /// Measures the encoder of some rounds on held-out items, which only the simulator knows.
  private func extendCurve(
    of trained: inout TrainedEncoder, _ round: Int, _ settings: Scenario.Encoder
  ) async throws {
    guard let evaluation, hasCurvePoint(after: round, of: settings.rounds) else { return }
    var shared = trained
    shared.personal = nil
    let found = try await evaluation.outcomes(shared)
    if let point = EncoderCheckpoint.CurvePoint(round: round, found, evaluation.bootstrap) {
      trained.curve.append(point)
    }
  }

  /// The own events of every device; without their order it knows only which items they were.
  private func sequences(
    of encoder: SequenceEncoder, inOrder: Bool
  ) throws(EncoderError) -> [EventSequence] {
    var found: [EventSequence] = []
    found.reserveCapacity(devices.count)
    for (index, device) in devices.enumerated() {
      let itemCount = encoder.configuration.itemCount
      let ordered = try EventSequence(
        device.history, clock: clock, itemCount: itemCount)
      guard !inOrder else {
        found.append(ordered)
        continue
      }
      var generator = DeterministicGenerator(
        seed: scenario.seed, stream: 0x6F72_6465_0000_0000 | UInt64(index))
      let history = device.history
      let places = (history.count - ordered.count..<history.count).shuffled(using: &generator)
      found.append(
        try EventSequence(
          items: places.map { history.items[$0] }, kinds: places.map { history.kinds[$0] },
          gaps: places.map { _ in 0 }, itemCount: itemCount))
    }
    return found
  }

  func deviceGenerator(_ device: Int, round: Int) -> DeterministicGenerator {
    DeterministicGenerator(
      seed: scenario.seed &+ UInt64(round) &* 0x9E37_79B9_7F4A_7C15,
      stream: 0x656E_636F_0000_0000 | UInt64(device))
  }

  /// Those of public pretraining, or random but for the items' biases, which are the logarithms of
  /// released popularity: an encoder that has learned nothing ranks by popularity.
  private func initialParameters(
    of encoder: SequenceEncoder, popularity: Popularity
  ) -> [Float] {
    if let pretrained {
      var parameters = pretrained.parameters
      pretrained.pretraining.complete(&parameters, of: encoder, popularity: popularity)
      return parameters
    }
    var parameters = encoder.layout.initialValues(seed: scenario.seed)
    guard let bias = encoder.items.bias else { return parameters }
    let total = popularity.values.reduce(0, +)
    let count = Float(popularity.values.count)
    for (index, value) in zip(bias.range, popularity.values) {
      parameters[index] = logf(count * value / total)
    }
    return parameters
  }

  /// What ranks by public people's behavior alone, before any device has trained it.
  func publicEncoder(_ popularity: Popularity) throws -> SequenceScorer? {
    guard pretrained != nil, let settings = scenario.sequenceEncoder else { return nil }
    let encoder = try plan.encoder(settings)
    return try SequenceScorer(
      encoder, parameters: initialParameters(of: encoder, popularity: popularity))
  }

  func algorithm(_ configuration: Scenario.Encoder) -> EncoderTask.Algorithm {
    switch configuration.algorithm {
    case .fedAvg, .fedProx: .average
    case .fedAvgM: .averageWithMomentum(Float(configuration.momentum))
    case .fedAdam: .adam(beta1: Float(configuration.momentum), beta2: 0.99, epsilon: 1e-7)
    case .reptile: .reptile
    }
  }
}
