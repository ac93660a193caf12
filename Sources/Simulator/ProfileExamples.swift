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

  private static let reasonsPerRecommendation = 3
  private var catalogue: Catalogue { simulation.population.catalogue }

  func figures(_ model: TrainedModel) -> [RunFigures.ProfileFigures] {
    let byActivity = evaluation.evaluated.sorted {
      (devices[$0].history.count, $0) < (devices[$1].history.count, $1)
    }
    let wanted = min(simulation.scenario.profile.examples, byActivity.count)
    let builder = ProfileBuilder(
      catalogue: catalogue, scorer: model.features.scorer, shares: shares,
      halfLifeDays: simulation.scenario.profile.halfLifeDays)
    var table = FeatureTable(itemCount: catalogue.count)
    return (0..<wanted).map { example in
      let quantile = Double(example + 1) / Double(wanted + 1)
      let user = byActivity[Int(quantile * Double(byActivity.count))]
      return profile(of: user, quantile: quantile, model, builder, &table)
    }
  }

  /// The present of the simulation: the latest event of anybody.
  private var now: Int64 {
    (0..<simulation.population.log.userCount).reduce(Int64.min) { latest, user in
      max(latest, simulation.population.log.history(of: user).events.last?.time ?? Int64.min)
    }
  }

  private func profile(
    of user: Int, quantile: Double, _ model: TrainedModel, _ builder: ProfileBuilder,
    _ table: inout FeatureTable
  ) -> RunFigures.ProfileFigures {
    let device = devices[user]
    let events = withoutTarget(simulation.population.log.history(of: user), device.target)
    let profile = builder.profile(of: device.history, events: events, now: now)
    table.fill(for: device.history, model: model.features)
    var scores = [Float](repeating: 0, count: catalogue.count)
    table.score(weights: model.parts.rankerWeights, into: &scores)
    let target = device.target ?? 0
    let outcome = rank(of: target, scores: scores, excluding: device.known)
    return RunFigures.ProfileFigures(
      label: "A user at the \(Int((quantile * 100).rounded())) % point of activity",
      events: events.events.count, vector: profile.vector.map(Double.init),
      tags: profile.tags.map(tagScore), categories: profile.categories.map(tagScore),
      priceLevel: profile.priceLevel.map(Double.init),
      recencyDays: profile.activity?.recencyDays,
      frequencyPerWeek: profile.activity?.eventsPerWeek,
      intensity: profile.activity?.eventsPerActiveDay,
      recommendations: recommendations(device, scores, model, table),
      heldOut: catalogue.items[Int(target)].title, heldOutRank: Int(outcome.rank.rounded(.up)) + 1)
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
        reasons: reasons.reasons(
          for: item, history: device.history, table: table, limit: Self.reasonsPerRecommendation
        ).map { catalogue.items[Int($0)].title })
    }
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
