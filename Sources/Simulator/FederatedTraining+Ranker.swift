internal import Scenarios
internal import DeviceTasks
internal import FederatedTasks
internal import NumericalMethods
internal import ProfileModel
internal import PrivacyMechanisms
internal import ReleasedParts
internal import RoundVocabulary

extension RankerAblation {
  /// The name of the ranker without it.
  var method: RankingMethod {
    switch self {
    case .recency: .rankerWithoutRecency
    case .content: .rankerWithoutContent
    case .basis: .rankerWithoutBasis
    }
  }
}

extension FederatedTraining {
  /// The trained ranker, and what it would be without a part of what it sees.
  struct Rankers: Sendable {
    let whole: RankerTask
    /// Weights; those of what is missing are 0.
    var ablations: [RankerAblation: [Float]] = [:]
  }

  /// Trains the ranker and its ablations: without recency always, without content and item basis where
  /// ablations are asked for.
  ///
  /// An ablation is what this plan would have released without one of the things that the ranker sees: it is
  /// trained on the same budget in the ranker's place, so it is not charged beside it.
  func trainRankers(
    _ model: FeatureModel, _ releases: inout [ReleaseRecord]
  ) async throws -> Rankers {
    let schedule = plan.schedule
    let kept = try await keptExamples(model)
    var rankers = Rankers(whole: try await train(model, schedule, kept, &releases))
    for ablation in trainsAblations ? RankerAblation.allCases : [.recency] {
      var uncharged: [ReleaseRecord] = []
      var weights = try await train(
        model, schedule, kept, without: ablation, &uncharged
      ).weights
      ablation.hide(in: &weights)
      rankers.ablations[ablation] = weights
    }
    return rankers
  }

  /// How many devices keep their example: those of a whole population come back in every round; with sampled
  /// cohorts, and beyond a fixed space, each is made when it is needed, and memory does not grow with the
  /// cohort.
  func keptExampleCount(features: Int) -> Int {
    guard plan.schedule.isFull else { return 0 }
    let bytes = MemoryLayout<Float>.size * (scenario.ranker.negatives + 1) * features
    return min(devices.count, mostExampleBytes / bytes)
  }

  /// The examples of the first devices.
  private func keptExamples(_ model: FeatureModel) async throws -> [RankerExample?] {
    try await workers.map(
      keptExampleCount(features: model.featureCount),
      scratch: { FeatureTable(itemCount: model.itemCount) }
    ) { table, device in
      example(device, model, &table)
    }
  }

  private func example(
    _ device: Int, _ model: FeatureModel, _ table: inout FeatureTable
  ) -> RankerExample? {
    var generator = DeterministicGenerator(
      seed: scenario.seed, stream: 0x7261_6E6B_0000_0000 | UInt64(device))
    return RankerWork.example(
      devices[device].history, model: model, negatives: scenario.ranker.negatives,
      table: &table, generator: &generator)
  }

  private func train(
    _ model: FeatureModel, _ schedule: CohortSchedule, _ kept: [RankerExample?],
    without missing: RankerAblation? = nil, _ releases: inout [ReleaseRecord]
  ) async throws -> RankerTask {
    var task = RankerTask(
      configuration: RankerTask.Configuration(
        rounds: schedule.rounds, learningRate: scenario.ranker.learningRate,
        momentum: scenario.ranker.momentum, expectedCohort: schedule.cohort),
      initialWeights: model.initialWeights)
    var rounds = try plan.rankerRounds()
    let needsTable = kept.count < devices.count
    for number in 1...schedule.rounds {
      let weights = task.weights
      let round = rounds
      let release = try await self.round(
        RoundID(task: .ranker, number: number), round.mechanism,
        participations: schedule.participations(through: number),
        charge: round.charge(through: number), clipNorm: round.clipNorm,
        cohort: schedule.devices(round: number),
        stream: missing.map { " without \($0)" } ?? "",
        scratch: { FeatureTable(itemCount: needsTable ? model.itemCount : 0) }, &releases
      ) { table, device in
        let example =
          kept.indices.contains(device) ? kept[device] : example(device, model, &table)
        return .dense(
          round.vector(for: RankerWork.update(example, weights: weights, without: missing)))
      } open: {
        try rounds.open($0, noise: &$1)
      }
      task.step(release)
    }
    return task
  }
}
