internal import Behavior
internal import NumericalMethods
internal import ProfileModel
internal import Report

/// Whether tags from the first 80 % of a history foretell the rest.
enum TagEvaluation {
  private static let shortestHistory = 10
  /// A tag is true of the future when it stands out there by this lift.
  private static let trueLift: Float = 1.15

  /// Compares tags by lift, by plain share, and the population's own top three.
  static func figures(
    _ devices: [DeviceSplit], catalogue: Catalogue, population: CategoryShares, epsilon: Double?,
    resamples: Int, seed: UInt64
  ) -> [RunFigures.TagFigures] {
    ["lift", "share", "global"].map { rule in
      var predicted: [Set<Int32>] = []
      var truth: [Set<Int32>] = []
      for device in devices where device.history.count >= shortestHistory {
        let cut = device.history.count * 4 / 5
        let past = InterestTags.smoothedShares(
          of: device.history.items.prefix(cut), catalogue: catalogue, population: population)
        let future = InterestTags.smoothedShares(
          of: device.history.items.suffix(from: cut), catalogue: catalogue, population: population)
        switch rule {
        case "lift":
          predicted.append(
            Set(InterestTags.top(3, of: InterestTags.lift(past, population: population))))
          let lifts = InterestTags.lift(future, population: population)
          truth.append(Set(lifts.indices.filter { lifts[$0] > trueLift }.map { Int32($0) }))
        case "share":
          predicted.append(Set(InterestTags.top(3, of: past)))
          truth.append(Set(InterestTags.top(3, of: future)))
        default:
          predicted.append(Set(InterestTags.top(3, of: population.values)))
          truth.append(Set(InterestTags.top(3, of: future)))
        }
      }
      let tags = population.values.filter { $0 > 0 }.count
      let quality = TagQuality(predicted: predicted, truth: truth, tagCount: tags)
      // Who counts depends on the rule, so that each needs resamples of its own.
      let bootstrap = BootstrapPlan(
        users: quality.precisions.count, resamples: resamples, seed: seed)
      return RunFigures.TagFigures(
        rule: rule, epsilon: epsilon,
        precisionAt3: RunFigures.Estimate(bootstrap.interval(of: quality.precisions)),
        recall: RunFigures.Estimate(bootstrap.interval(of: quality.recalls)),
        coverage: quality.coverage, users: predicted.count)
    }
  }
}
