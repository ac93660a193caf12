internal import ReleasedParts
internal import Behavior
internal import ProfileModel
internal import Report
internal import Scenarios

/// A few devices' own profiles, as their users would see them.
struct ProfileExamples {
  let simulation: Simulation
  let devices: [DeviceSplit]
  let evaluation: QualityEvaluation
  let shares: CategoryShares
  /// What is worse than popularity, and not shown.
  let fallsBack: Set<KeptProfiles.Ranking>

  private static let reasonsPerRecommendation = 3
  private static let eventsPerSequence = 6
  private var catalogue: Catalogue { simulation.population.catalogue }

  /// - Throws: `EncoderError`.
  func figures(_ model: TrainedModel) throws -> [RunFigures.ProfileFigures] {
    let byActivity = evaluation.evaluated.sorted {
      (devices[$0].history.count, $0) < (devices[$1].history.count, $1)
    }
    let wanted = min(simulation.scenario.profile.examples, byActivity.count)
    let builder = ProfileBuilder(
      catalogue: catalogue, scorer: model.features.scorer, shares: shares,
      halfLifeDays: simulation.scenario.profile.halfLifeDays)
    var table = FeatureTable(itemCount: catalogue.count)
    return try (0..<wanted).map { example in
      let quantile = Double(example + 1) / Double(wanted + 1)
      let user = byActivity[Int(quantile * Double(byActivity.count))]
      var found = profile(of: user, quantile: quantile, model, builder, &table)
      if !fallsBack.contains(.encoder) {
        found.sequence = try model.encoders.flatMap { try sequence(of: user, $0.whole) }
      }
      return found
    }
  }

  private func profile(
    of user: Int, quantile: Double, _ model: TrainedModel, _ builder: ProfileBuilder,
    _ table: inout FeatureTable
  ) -> RunFigures.ProfileFigures {
    let device = devices[user]
    let events = withoutTarget(simulation.population.log.history(of: user), device.target)
    let profile = builder.profile(
      of: device.history, events: events, now: simulation.population.log.latestTime)
    table.fill(for: device.history, model: model.features)
    var scores = [Float](repeating: 0, count: catalogue.count)
    let isPopular = fallsBack.contains(.ranker)
    if isPopular {
      scores = model.parts.popularity.values
    } else {
      table.score(weights: model.parts.rankerWeights, into: &scores)
    }
    let target = device.target ?? 0
    let outcome = rank(of: target, scores: scores, excluding: device.known)
    var figures = RunFigures.ProfileFigures(
      label: "A user at the \(Int((quantile * 100).rounded())) % point of activity",
      events: events.events.count, vector: profile.vector.map(Double.init),
      tags: profile.tags.map(tagScore), categories: profile.categories.map(tagScore),
      priceLevel: profile.priceLevel.map(Double.init),
      recencyDays: profile.activity?.recencyDays,
      frequencyPerWeek: profile.activity?.eventsPerWeek,
      intensity: profile.activity?.eventsPerActiveDay,
      recommendations: recommendations(device, scores, model, table),
      heldOut: catalogue.items[Int(target)].title, heldOutRank: Int(outcome.rank.rounded(.up)) + 1)
    figures.fallsBack = isPopular
    return figures
  }

  private func recommendations(
    _ device: DeviceSplit, _ scores: [Float], _ model: TrainedModel, _ table: FeatureTable
  ) -> [RunFigures.RecommendationFigures] {
    let reasons = Reasons(model: model.features, weights: model.parts.rankerWeights)
    return topItems(
      count: simulation.scenario.profile.recommendations, scores: scores, excluding: device.known
    ).map { item in
      RunFigures.RecommendationFigures(
        title: catalogue.items[Int(item)].title,
        categories: catalogue.items[Int(item)].categories.map {
          catalogue.categoryNames[Int($0)]
        },
        score: Double(scores[Int(item)]),
        reasons: fallsBack.contains(.ranker)
          ? []
          : reasons.reasons(
            for: item, history: device.history, table: table, limit: Self.reasonsPerRecommendation
          ).map { catalogue.items[Int($0)].title })
    }
  }

  /// What an encoder shows first, as the device has it, and the own events that move its score most.
  private func sequence(
    of user: Int, _ trained: TrainedEncoder
  ) throws -> RunFigures.SequenceReasonFigures? {
    var scorer = try trained.scorer(of: user, seed: simulation.scenario.seed)
    let sequence = trained.sequences[user]
    var scores = [Float](repeating: 0, count: catalogue.count)
    try scorer.score(sequence, into: &scores)
    guard
      let first = topItems(count: 1, scores: scores, excluding: devices[user].known).first
    else { return nil }
    let parts = try scorer.parts(of: sequence, in: first)
    let attention = try scorer.attention(of: sequence, in: first)
    let shown = parts.sorted { abs($0.part) > abs($1.part) }.prefix(Self.eventsPerSequence)
    return RunFigures.SequenceReasonFigures(
      title: catalogue.items[Int(first)].title,
      events: sequence.items.compactMap { item in
        shown.first { $0.item == item }.map {
          RunFigures.EventPart(
            title: catalogue.items[Int(item)].title, part: Double($0.part),
            attention: attention?.last { $0.item == item }.map { Double($0.share) })
        }
      })
  }

  private func withoutTarget(_ history: DeviceHistory, _ target: Int32?) -> DeviceHistory {
    DeviceHistory(
      events: ArraySlice(history.events.filter { $0.item != target }), clock: history.clock)
  }

  private func tagScore(_ affinity: UserProfile.Affinity) -> RunFigures.TagScore {
    RunFigures.TagScore(
      name: catalogue.categoryNames[Int(affinity.category)], score: Double(affinity.score))
  }
}

extension EventLog {
  /// The present of a simulation: the latest event of anybody.
  var latestTime: Int64 {
    (0..<userCount).reduce(Int64.min) { max($0, history(of: $1).events.last?.time ?? Int64.min) }
  }
}
