internal import DeviceTasks
internal import FederatedTasks
internal import NumericalMethods
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ProfileModel
internal import RoundVocabulary
internal import Scenarios
internal import Synchronization

/// A model of likes as the federation released it, and the vectors that devices keep to themselves.
struct TrainedPreference: Sendable {
  let model: PreferenceModel
  var parameters: [Float]
  /// Of each device the vector that never leaves it.
  ///
  /// Shape: [devices][width].
  var users: [[Float]]
  var curve: [EncoderCheckpoint.CurvePoint] = []
}

/// The vectors that the devices of a round come home with.
private final class HomeVectors: Sendable {
  private let vectors = Mutex<[(device: Int, vector: [Float])]>([])

  func keep(_ vector: [Float], of device: Int) {
    vectors.withLock { $0.append((device, vector)) }
  }

  func take() -> [(device: Int, vector: [Float])] { vectors.withLock { $0 } }
}

extension PreferenceWork.Configuration {
  init(_ settings: Scenario.Encoder) {
    self.init(
      epochs: settings.localEpochs, batch: settings.batch,
      learningRate: Float(settings.learningRate), length: settings.length,
      negatives: settings.negatives ?? settings.length)
  }
}

extension FederatedTraining {
  /// Trains item vectors and layers over cohorts of devices through the contribution path; each
  /// device's own vector changes on it and stays there.
  func trainPreference(
    _ settings: Scenario.Encoder, _ releases: inout [ReleaseRecord],
    progress: @Sendable (String) -> Void
  ) async throws -> TrainedPreference {
    let model = plan.preferenceModel(settings)
    var trained = TrainedPreference(
      model: model, parameters: model.layout.initialValues(seed: scenario.seed),
      users: initialUsers(width: settings.width))
    let schedule = plan.schedule(of: settings)
    var task = EncoderTask(
      configuration: EncoderTask.Configuration(
        algorithm: algorithm(settings), rounds: settings.rounds, rate: settings.serverRate,
        expectedCohort: schedule.cohort), initial: trained.parameters)
    let mechanism = try plan.mechanism(for: .encoder)
    for number in 1...settings.rounds {
      progress("preference, round \(number) of \(settings.rounds)")
      do {
        let release = try await preferenceRound(
          number, &trained, PreferenceWork.Configuration(settings), mechanism, schedule, &releases)
        try task.step(release)
      } catch EncoderError.diverged(_, let learningRate) {
        throw SimulationError.encoderDiverged(round: number, learningRate: learningRate)
      }
      trained.parameters = task.parameters
      guard let evaluation, hasCurvePoint(after: number, of: settings.rounds) else { continue }
      let found = try await evaluation.outcomes(trained)
      if let point = EncoderCheckpoint.CurvePoint(round: number, found, evaluation.bootstrap) {
        trained.curve.append(point)
      }
    }
    return trained
  }

  private func preferenceRound(
    _ number: Int, _ trained: inout TrainedPreference, _ local: PreferenceWork.Configuration,
    _ mechanism: ContributionMechanism, _ schedule: CohortSchedule,
    _ releases: inout [ReleaseRecord]
  ) async throws -> Release {
    let participations = schedule.participations(through: number)
    let (given, home) = (trained, HomeVectors())
    let release = try await round(
      RoundID(task: .encoder, number: number), mechanism, participations: participations,
      charge: mechanism.observed.map { Accountant.Participation($0, count: participations) },
      clipNorm: mechanism.request.clipNorm, cohort: schedule.devices(round: number),
      scratch: { PreferenceWork(given.model, given: given.parameters, local) }, &releases
    ) { work, device in
      var user = given.users[device]
      var generator = deviceGenerator(device, round: number)
      try work.train(devices[device].history, user: &user, &generator)
      home.keep(user, of: device)
      return .sparse(SparseUpdate(ranges: work.ranges, values: work.values))
    } open: {
      try mechanism.release($0, noise: &$1)
    }
    // With secure aggregation devices work twice, to the same vector.
    for (device, vector) in home.take() { trained.users[device] = vector }
    return release
  }

  private func initialUsers(width: Int) -> [[Float]] {
    var layout = ParameterLayout()
    let slot = layout.add(
      "users", rows: devices.count, columns: width, .normal(standardDeviation: 0.1))
    let values = layout.initialValues(seed: scenario.seed &+ 1)
    return devices.indices.map { Array(values[slot.row($0)]) }
  }
}

extension QualityEvaluation {
  /// Ranks with the released item vectors and each device's own.
  func outcomes(_ trained: TrainedPreference) async throws -> [UserOutcome] {
    let scorer = try PreferenceScorer(trained.model, parameters: trained.parameters)
    return try await workers.map(
      evaluated.count,
      scratch: { (scorer: scorer, scores: [Float](repeating: 0, count: itemCount)) }
    ) { scratch, position in
      let index = evaluated[position]
      scratch.scorer.score(user: trained.users[index], into: &scratch.scores)
      return userOutcome(devices[index], devices[index].target ?? 0, scratch.scores)
    }
  }
}
