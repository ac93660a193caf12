internal import Foundation
internal import Behavior
internal import DeviceTasks
internal import NumericalMethods
internal import ProfileModel
internal import ReleasedParts
internal import Scenarios

/// Measures recommendation quality on the held-out items of the evaluated devices.
struct QualityEvaluation: Sendable {
  let scenario: Scenario
  let devices: [DeviceSplit]
  /// Devices that were chosen to be evaluated, ascending.
  ///
  /// Chosen with a public seed and without a look at what they hold: it is the cohort of the
  /// evaluation round, and a cohort is public.
  let cohort: [Int]
  /// Devices of the cohort that have a held-out item, which only the simulator knows.
  let evaluated: [Int]
  let workers: Workers
  let itemCount: Int
  /// Resamples of the evaluated devices: the same ones for every figure.
  let bootstrap: BootstrapPlan

  init(scenario: Scenario, devices: [DeviceSplit], itemCount: Int, workers: Workers) {
    self.scenario = scenario
    self.devices = devices
    self.itemCount = itemCount
    self.workers = workers
    if let wanted = scenario.evaluation.users, wanted < devices.count {
      var generator = DeterministicGenerator(seed: scenario.seed, stream: 0x6576_616C)
      cohort = devices.indices.shuffled(using: &generator).prefix(wanted).sorted()
    } else {
      cohort = Array(devices.indices)
    }
    evaluated = cohort.filter { devices[$0].target != nil }
    bootstrap = BootstrapPlan(
      users: evaluated.count, resamples: scenario.evaluation.bootstrapResamples,
      seed: scenario.seed)
  }

  /// Scratch space of one thread.
  private struct Scratch: Sendable {
    var table: FeatureTable
    var scores: [Float]
  }

  /// What one trained model gives one device.
  struct DeviceOutcome: Sendable {
    var byMethod: [UserOutcome]
    /// Log odds of interaction: first the held-out item, then the sampled negatives.
    var logOdds: [Float]
  }

  /// What a trained model ranks by; the ranker itself comes last.
  static func federatedMethods(of model: TrainedModel) -> [RankingMethod] {
    [.popularity, .gram]
      + RankerAblation.allCases.filter { model.rankerAblations[$0] != nil }.map(\.method)
      + [.ranker]
  }

  /// Ranks with everything that a trained model offers.
  func outcomes(_ model: TrainedModel) async throws -> [DeviceOutcome] {
    let methods = Self.federatedMethods(of: model)
    return try await workers.map(evaluated.count, scratch: makeScratch) { scratch, position in
      let device = devices[evaluated[position]]
      let target = device.target ?? 0
      scratch.table.fill(for: device.history, model: model.features)
      var outcome = DeviceOutcome(byMethod: [], logOdds: [])
      for method in methods {
        score(method, model, &scratch)
        outcome.byMethod.append(userOutcome(device, target, scratch.scores))
      }
      outcome.logOdds = Self.logOdds(
        scratch.scores, of: [target] + device.negatives, excluding: device.known)
      return outcome
    }
  }

  /// Ranks with a central reference, which needs all histories in one place.
  ///
  /// - Parameter score: writes the scores of a device's user. Shape: [items].
  func outcomes(
    _ method: RankingMethod, score: @Sendable @escaping (_ device: Int, inout [Float]) -> Void
  ) async throws -> MethodOutcomes {
    let users = try await workers.map(
      evaluated.count, scratch: { [itemCount] in [Float](repeating: 0, count: itemCount) }
    ) { scores, position in
      let index = evaluated[position]
      let device = devices[index]
      score(index, &scores)
      return userOutcome(device, device.target ?? 0, scores)
    }
    return MethodOutcomes(method: method, epsilon: nil, users: users)
  }

  /// Ranks held-out items when only the last events of each history are kept.
  ///
  /// Without any event a device can only recommend what is popular. It leaves out what it kept, and
  /// nothing else: of events that are gone it knows nothing.
  func coldStart(_ model: TrainedModel, kept: Int?) async throws -> [RankOutcome] {
    try await workers.map(evaluated.count, scratch: makeScratch) { scratch, position in
      let device = devices[evaluated[position]]
      let history = kept.map(device.history.keepingLast) ?? device.history
      if history.isEmpty {
        scratch.scores = model.parts.popularity.values
      } else {
        scratch.table.fill(for: history, model: model.features)
        scratch.table.score(weights: model.parts.rankerWeights, into: &scratch.scores)
      }
      return rank(
        of: device.target ?? 0, scores: scratch.scores, excluding: history.sortedItems)
    }
  }

  private var makeScratch: @Sendable () -> Scratch {
    { [itemCount] in
      Scratch(
        table: FeatureTable(itemCount: itemCount),
        scores: [Float](repeating: 0, count: itemCount))
    }
  }

  private func score(_ method: RankingMethod, _ model: TrainedModel, _ scratch: inout Scratch) {
    switch method {
    case .popularity: scratch.scores = model.parts.popularity.values
    case .gram: scratch.scores = scratch.table.columns[RankerFeature.gram.rawValue]
    default:
      let ablation = RankerAblation.allCases.first { $0.method == method }
      scratch.table.score(
        weights: ablation.flatMap { model.rankerAblations[$0] } ?? model.parts.rankerWeights,
        into: &scratch.scores)
    }
  }

  /// Ranks with the sequence encoder, after further training on the own history where the plan
  /// says so.
  func outcomes(_ trained: TrainedEncoder) async throws -> [UserOutcome] {
    try await workers.map(
      evaluated.count, scratch: try encoderScratch(trained)
    ) { scratch, position in
      let index = evaluated[position]
      let device = devices[index]
      try scratch.score(trained.sequences[index], of: index, seed: scenario.seed)
      return userOutcome(device, device.target ?? 0, scratch.scores)
    }
  }

  /// Ranks with the sequence encoder when only the last events of each history are kept, and trains on
  /// them alone where the plan has devices train further.
  ///
  /// As with the ranker, what is popular stands in where nothing is left.
  func coldStart(
    _ trained: TrainedEncoder, popularity: Popularity, clock: EventLog.Clock, kept: Int?
  ) async throws -> [RankOutcome] {
    try await workers.map(
      evaluated.count, scratch: try encoderScratch(trained)
    ) { scratch, position in
      let index = evaluated[position]
      let device = devices[index]
      let history = kept.map(device.history.keepingLast) ?? device.history
      if history.isEmpty {
        scratch.scores = popularity.values
      } else {
        try scratch.score(
          EventSequence(history, clock: clock, itemCount: itemCount), of: index,
          seed: scenario.seed)
      }
      return rank(
        of: device.target ?? 0, scores: scratch.scores, excluding: history.sortedItems)
    }
  }

  private func encoderScratch(
    _ trained: TrainedEncoder
  ) throws(EncoderError) -> @Sendable () -> EncoderScratch {
    let scorer = try SequenceScorer(trained.encoder, parameters: trained.parameters)
    return { [itemCount] in
      EncoderScratch(
        encoder: trained.encoder, scorer: scorer,
        scores: [Float](repeating: 0, count: itemCount),
        work: trained.personal?.work(trained.encoder, given: trained.parameters))
    }
  }

  /// Scratch space of one thread that ranks with an encoder.
  private struct EncoderScratch: Sendable {
    let encoder: SequenceEncoder
    var scorer: SequenceScorer
    var scores: [Float]
    var work: EncoderWork?

    mutating func score(
      _ sequence: EventSequence, of device: Int, seed: UInt64
    ) throws(EncoderError) {
      var generator = PersonalTraining.generator(of: device, seed: seed)
      if let parameters = try work?.personalized(sequence, &generator) {
        scorer = try SequenceScorer(encoder, parameters: parameters)
      }
      try scorer.score(sequence, into: &scores)
    }
  }

  func userOutcome(
    _ device: DeviceSplit, _ target: Int32, _ scores: [Float]
  ) -> UserOutcome {
    UserOutcome(
      full: rank(of: target, scores: scores, excluding: device.known),
      sampled: rank(of: target, among: device.negatives, scores: scores),
      top: topItems(count: 10, scores: scores, excluding: device.known))
  }

  /// Log odds of "will interact" at even prior odds.
  ///
  /// The ranker is a softmax over the catalogue, so an item's score over the mean exponential score
  /// of all items outside the history is its likelihood ratio.
  private static func logOdds(
    _ scores: [Float], of items: [Int32], excluding known: [Int32]
  ) -> [Float] {
    let top = scores.max() ?? 0
    var sum = 0.0
    for score in scores { sum += Double(exp(score - top)) }
    for item in known { sum -= Double(exp(scores[Int(item)] - top)) }
    let mean = max(sum, 1e-12) / Double(max(scores.count - known.count, 1))
    let base = top + Float(log(mean))
    return items.map { scores[Int($0)] - base }
  }
}
