internal import Behavior
internal import CryptoPrimitives
internal import DeviceTasks
internal import FederatedTasks
internal import NumericalMethods
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ProfileModel
internal import ReleasedParts
internal import RoundVocabulary
internal import Scenarios
internal import SecureAggregation
internal import SeededRandomness

/// What one federated training released, and the model that every device builds from it.
struct TrainedModel: Sendable {
  let target: TrainingPlan.Target?
  let parts: SharedParts
  let features: FeatureModel
  /// The ranker after its last round.
  let ranker: RankerTask
  /// Weights of rankers that were trained, each in a run of its own, without something.
  let rankerAblations: [RankerAblation: [Float]]
  /// The sequence encoder; `nil` where the scenario trains none.
  let encoders: TrainedEncoders?
  /// The model of likes; `nil` where the scenario trains none.
  let preference: TrainedPreference?
  /// Every release that the devices are charged for.
  var releases: [ReleaseRecord]
}

/// One opened sum.
struct ReleaseRecord: Sendable {
  let round: RoundID
  let mechanism: ContributionMechanism
  let contributors: Int
  /// Participations of one device in this task up to this round.
  let participations: Int
  /// What the task's releases up to this one cost one user; nil without noise.
  let charge: Accountant.Participation?
  /// The greatest norm of an update, in update units.
  let clipNorm: Double
  let signalNorm: Double
  /// Standard deviation of the noise on each value, in update units.
  let noiseStandardDeviation: Double
  /// CPU time of all devices of the round together, in seconds.
  let cpuSeconds: Double
}

/// Trains statistics, gram, ranker and encoder over simulated devices, through the contribution path.
struct FederatedTraining: Sendable {
  let plan: ScenarioPlan
  let content: ContentFeatures
  let devices: [DeviceSplit]
  let clock: EventLog.Clock
  let workers: Workers
  /// Who aggregates securely; nil where contributions are added as they are.
  var federation: SimulatedFederation?
  /// Whose contributions a round's sum has, where it is not the scenario that says so.
  var participants: [RoundID: [Int32]] = [:]
  /// Where the encoder is kept between rounds; nil for nowhere.
  var checkpoint: CheckpointFile?
  /// What the encoder starts from; nil for random numbers.
  var pretrained: PretrainedParameters?
  /// Whether ablations are trained: those of the ranker, and those of the encoder where the scenario asks for
  /// them.
  var trainsAblations = false
  /// Space for the ranker's examples that are kept between rounds, in bytes.
  var mostExampleBytes = 64 << 20
  /// Whose held-out items learning curves are measured on; nil for no curves.
  var evaluation: QualityEvaluation?

  var scenario: Scenario { plan.scenario }

  /// Set where the noise is not the scenario's own.
  var otherMechanism: Scenario.Privacy.Mechanism?

  /// Distinguishes the random streams of the runs of one report.
  var label: String {
    (plan.target.map { "epsilon \($0.epsilon)" } ?? "no privacy")
      + (otherMechanism.map { " \($0.rawValue)" } ?? "")
  }

  /// Runs all rounds.
  func run(progress: @Sendable (String) -> Void) async throws -> TrainedModel {
    var releases: [ReleaseRecord] = []
    progress("statistics")
    let popularity = try await trainStatistics(&releases)
    let partition = ItemPartition(
      popularity: popularity, content: content, headItems: scenario.gram.headItems,
      tailGroups: scenario.gram.tailGroups, seed: scenario.seed)
    let coordinates = GramCoordinates(popularity: popularity, partition: partition)
    progress("gram")
    let basis = try await trainGram(coordinates, &releases)
    let features = FeatureModel(
      content: content, popularity: popularity,
      scorer: GramScorer(coordinates: coordinates, basis: basis),
      publicEncoder: try publicEncoder(popularity))
    progress("ranker")
    let rankers = try await trainRankers(features, &releases)
    var encoders: TrainedEncoders?
    var preference: TrainedPreference?
    if let settings = scenario.encoder, settings.shape == .preference {
      preference = try await trainPreference(settings, &releases, progress: progress)
    } else if let settings = scenario.sequenceEncoder {
      encoders = try await trainEncoders(
        settings,
        ItemKnowledge(
          popularity: popularity, coordinates: coordinates, basis: basis, content: content),
        &releases,
        progress: progress)
    }
    return TrainedModel(
      target: plan.target,
      parts: SharedParts(
        popularity: popularity, partition: partition, basis: basis,
        rankerWeights: rankers.whole.weights),
      features: features, ranker: rankers.whole, rankerAblations: rankers.ablations,
      encoders: encoders, preference: preference, releases: releases)
  }

  private func trainStatistics(_ releases: inout [ReleaseRecord]) async throws -> Popularity {
    let itemCount = plan.items
    let mechanism = try plan.mechanism(for: .statistics)
    let release = try await round(
      RoundID(task: .statistics, number: 1), mechanism,
      cohort: Array(0..<Int32(devices.count)), scratch: { [Float]() }, &releases
    ) { update, device in
      update = StatisticsWork.update(devices[device].history, itemCount: itemCount)
      return .dense(update)
    }
    return StatisticsTask.popularity(from: release)
  }

  private func trainGram(
    _ coordinates: GramCoordinates, _ releases: inout [ReleaseRecord]
  ) async throws -> ItemBasis {
    let order = coordinates.partition.coordinateCount
    let dimension = GramTask.dimension(coordinates: order)
    let mechanism = try plan.mechanism(for: .gram)
    let release = try await round(
      RoundID(task: .gram, number: 1), mechanism,
      cohort: Array(0..<Int32(devices.count)),
      scratch: { [Float](repeating: 0, count: dimension) }, &releases
    ) { update, device in
      GramWork.update(devices[device].history, coordinates: coordinates, into: &update)
      return .dense(update)
    }
    return try GramTask.basis(
      from: release, coordinates: order, maxRank: scenario.gram.maxRank)
  }

  /// The one round of a task that has one.
  func round<Scratch: Sendable>(
    _ id: RoundID, _ mechanism: ContributionMechanism, cohort: [Int32],
    scratch makeScratch: @Sendable @escaping () -> Scratch, _ releases: inout [ReleaseRecord],
    localWork: @Sendable @escaping (inout Scratch, Int) -> LocalUpdate
  ) async throws -> Release {
    let charge = mechanism.observed.map { Accountant.Participation($0, count: 1) }
    return try await round(
      id, mechanism, participations: 1, charge: charge, clipNorm: mechanism.request.clipNorm,
      cohort: cohort, scratch: makeScratch, &releases, localWork: localWork
    ) { try mechanism.release($0, noise: &$1) }
  }

  /// One round through the contribution path: every device of the cohort contributes unless it
  /// leaves before, the coordinator opens the sum once.
  func round<Scratch: Sendable>(
    _ id: RoundID, _ mechanism: ContributionMechanism, participations: Int,
    charge: Accountant.Participation?, clipNorm: Double, cohort: [Int32],
    stream: String = "", scratch makeScratch: @Sendable @escaping () -> Scratch,
    _ releases: inout [ReleaseRecord],
    localWork: @Sendable @escaping (inout Scratch, Int) throws -> LocalUpdate,
    open: (ContributionSum, inout RandomStream) throws -> Release
  ) async throws -> Release {
    let label = "\(label) \(id)\(stream)"
    let seed = scenario.seed
    let attendance = Attendance(
      cohort: participants[id] ?? cohort, dropouts: scenario.imitation.dropouts, seed: seed,
      round: id)
    let contributors = attendance.devices(reaching: .input)
    let federation = stream.isEmpty ? federation : nil
    let drawsOwnNoise = scenario.imitation.deviceNoise == .each && federation == nil
    let makeNoise = { @Sendable in RandomStream.seeded(seed, label: "noise " + label) }
    let outcome = try await workers.forEach(
      contributors.count + 1,
      state: {
        (
          sum: mechanism.makeSum(), noises: mechanism.makeSum(), noiseSeconds: 0.0,
          scratch: makeScratch()
        )
      }
    ) { state, position in
      // One thread begins with the coordinator's noise, while the others serve devices.
      guard position > 0 else {
        let start = Workers.threadCPUSeconds()
        var noise = makeNoise()
        mechanism.drawCoordinatorNoise(to: &state.noises, noise: &noise)
        state.noiseSeconds = Workers.threadCPUSeconds() - start
        return
      }
      let device = Int(contributors[position - 1])
      var randomness = RandomStream.seeded(
        seed, label: "device " + label, index: UInt64(device))
      try mechanism.contributeDeferringNoise(
        localWork(&state.scratch, device), to: &state.sum, randomness: &randomness)
      if drawsOwnNoise { mechanism.drawOwnNoise(to: &state.noises, randomness: &randomness) }
    }
    var total = mechanism.makeSum()
    for state in outcome.states { total.merge(state.sum) }
    let signal = mechanism.decodeWithoutNoise(total)
    var noise = makeNoise()
    if let federation {
      // The same contributions again, each on its own and masked.
      total = try await secureSum(
        id, mechanism, attendance, label: label, federation: federation,
        scratch: makeScratch, localWork: localWork)
    } else if !drawsOwnNoise {
      mechanism.drawDeferredNoise(for: &total, noise: &noise)
    }
    for state in outcome.states { total.merge(state.noises) }
    let release = try open(total, &noise)
    releases.append(
      ReleaseRecord(
        round: id, mechanism: mechanism, contributors: release.contributors,
        participations: participations, charge: charge, clipNorm: clipNorm,
        signalNorm: signal.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot(),
        noiseStandardDeviation: release.noiseStandardDeviation,
        cpuSeconds: outcome.states.reduce(outcome.cpuSeconds) { $0 - $1.noiseSeconds }))
    return release
  }

  /// The sum of a round whose contributions nobody sees.
  private func secureSum<Scratch: Sendable>(
    _ id: RoundID, _ mechanism: ContributionMechanism, _ attendance: Attendance, label: String,
    federation: SimulatedFederation, scratch makeScratch: @Sendable @escaping () -> Scratch,
    localWork: @Sendable @escaping (inout Scratch, Int) throws -> LocalUpdate
  ) async throws -> ContributionSum {
    let number = federation.beginRound()
    let config: RoundConfig
    do throws(ProtocolError) {
      config = try federation.terms(id, mechanism, number: number)
    } catch {
      throw SecureRoundError("\(id)", error)
    }
    let seed = scenario.seed
    let round = SecureRound(federation: federation, config: config, workers: workers)
    let opened = try await round.run(attendance, label: label) { device in
      var randomness = RandomStream.seeded(
        seed, label: "device " + label, index: UInt64(device))
      var scratch = makeScratch()
      var own = mechanism.makeSum()
      try mechanism.contribute(
        localWork(&scratch, Int(device)), to: &own, randomness: &randomness)
      return own.vector
    }
    return mechanism.makeSum(of: opened.vector, contributors: opened.survivors.count)
  }
}
