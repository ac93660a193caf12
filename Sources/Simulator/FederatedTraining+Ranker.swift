internal import Scenarios
internal import DeviceTasks
internal import FederatedTasks
internal import NumericalMethods
internal import ProfileModel
internal import PrivacyMechanisms
internal import ReleasedParts
internal import RoundVocabulary

extension FederatedTraining {
  /// The trained ranker, and its ablation without recency.
  struct Rankers: Sendable {
    let withRecency: RankerTask
    let withoutRecency: RankerTask
  }

  /// Trains the ranker, and a second one that sees no order of events.
  ///
  /// The second is what this plan would have released without recency features: it is trained on
  /// the same budget in the first one's place, so it is not charged beside it.
  func trainRankers(
    _ model: FeatureModel, _ releases: inout [ReleaseRecord]
  ) async throws -> Rankers {
    let schedule = plan.schedule
    // Only devices that come back in every round gain by keeping their example; with sampled
    // cohorts each is made when it is needed, and memory does not grow with the cohort.
    let kept = schedule.isFull ? try await examples(model) : nil
    let withRecency = try await train(
      model, schedule, kept: kept, usingRecency: true, &releases)
    var uncharged: [ReleaseRecord] = []
    let withoutRecency = try await train(
      model, schedule, kept: kept, usingRecency: false, &uncharged)
    return Rankers(withRecency: withRecency, withoutRecency: withoutRecency)
  }

  /// A device's example with and without recency.
  private struct ExamplePair: Sendable {
    let withRecency: RankerExample?
    let withoutRecency: RankerExample?
  }

  private func examples(_ model: FeatureModel) async throws -> [ExamplePair] {
    try await workers.map(devices.count, scratch: { FeatureTable(itemCount: model.itemCount) }) {
      table, device in
      let withRecency = example(device, model, &table)
      return ExamplePair(
        withRecency: withRecency, withoutRecency: withRecency?.withoutRecency())
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
    _ model: FeatureModel, _ schedule: CohortSchedule, kept: [ExamplePair]?, usingRecency: Bool,
    _ releases: inout [ReleaseRecord]
  ) async throws -> RankerTask {
    var task = RankerTask(
      configuration: RankerTask.Configuration(
        rounds: schedule.rounds, learningRate: scenario.ranker.learningRate,
        momentum: scenario.ranker.momentum, expectedCohort: schedule.cohort),
      initialWeights: model.initialWeights)
    var rounds = try plan.rankerRounds()
    for number in 1...schedule.rounds {
      let weights = task.weights
      let round = rounds
      let release = try await self.round(
        RoundID(task: .ranker, number: number), round.mechanism,
        participations: schedule.participations(through: number),
        charge: round.charge(through: number), clipNorm: round.clipNorm,
        cohort: schedule.devices(round: number), stream: usingRecency ? "" : " without recency",
        scratch: { FeatureTable(itemCount: kept == nil ? model.itemCount : 0) }, &releases
      ) { table, device in
        let example: RankerExample?
        if let pair = kept?[device] {
          example = usingRecency ? pair.withRecency : pair.withoutRecency
        } else {
          let fresh = self.example(device, model, &table)
          example = usingRecency ? fresh : fresh?.withoutRecency()
        }
        return .dense(round.vector(for: RankerWork.update(example, weights: weights)))
      } open: {
        try rounds.open($0, noise: &$1)
      }
      task.step(release)
    }
    return task
  }
}
