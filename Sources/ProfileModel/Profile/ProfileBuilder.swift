package import Behavior
internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Builds profiles on the device from released parts.
package struct ProfileBuilder: Sendable {
  private let catalogue: Catalogue
  private let scorer: GramScorer
  private let shares: CategoryShares
  private let halfLifeDays: Double
  /// For every item the share of priced items that cost less; -1 without a price.
  private let pricePercentiles: [Float]

  private static let tagCount = 3
  private static let secondsPerDay = 86_400.0

  package init(
    catalogue: Catalogue, scorer: GramScorer, shares: CategoryShares, halfLifeDays: Double
  ) {
    self.catalogue = catalogue
    self.scorer = scorer
    self.shares = shares
    self.halfLifeDays = halfLifeDays
    let prices = catalogue.items.compactMap(\.price).sorted()
    pricePercentiles = catalogue.items.map { item in
      guard let price = item.price, prices.count > 1 else { return -1 }
      let below = prices.partitioningIndex { $0 >= price }
      return Float(below) / Float(prices.count - 1)
    }
  }

  /// The profile of one device's user.
  ///
  /// - Parameters:
  ///   - history: distinct items of interest.
  ///   - events: everything that happened, for the activity.
  ///   - now: the present on the clock of the events.
  package func profile(
    of history: InteractionHistory, events: DeviceHistory, now: Int64
  ) -> UserProfile {
    let centered = scorer.coordinates.centered(FeatureTable.wholeProfile(history))
    let norm = max(centered.remainderNorm, 1e-9)
    let lifts = InterestTags.lift(
      InterestTags.smoothedShares(of: history.items, catalogue: catalogue, population: shares),
      population: shares)
    let weights = decayWeights(history, clock: events.clock, now: now)
    return UserProfile(
      vector: scorer.project(centered).map { $0 / norm },
      tags: InterestTags.top(Self.tagCount, of: lifts).map {
        UserProfile.Affinity(category: $0, score: lifts[Int($0)])
      },
      categories: affinities(history, weights: weights),
      priceLevel: priceLevel(history, weights: weights),
      activity: activity(events, now: now))
  }

  /// What each item counts after time decay: half per half-life, at least a thousandth.
  ///
  /// On an ordinal clock, and for unknown times, the position takes the place of the day.
  private func decayWeights(
    _ history: InteractionHistory, clock: EventLog.Clock, now: Int64
  ) -> [Float] {
    zip(history.items.indices, history.times).map { position, time in
      let age =
        clock == .unixSeconds && time != BehaviorEvent.unknownTime
        ? Self.seconds(from: time, to: now) / Self.secondsPerDay
        : Double(history.count - 1 - position)
      return max(1e-3, Float(exp2(-age / halfLifeDays)))
    }
  }

  /// An event that a wrong clock put into the future counts as one of the present.
  private static func seconds(from earlier: Int64, to later: Int64) -> Double {
    max(0, Double(later) - Double(earlier))
  }

  private func affinities(_ history: InteractionHistory, weights: [Float]) -> [UserProfile.Affinity]
  {
    var sums = [Float](repeating: 0, count: catalogue.categoryNames.count)
    for (item, weight) in zip(history.items, weights) {
      let categories = catalogue.items[Int(item)].categories
      for category in categories { sums[Int(category)] += weight / Float(categories.count) }
    }
    let total = max(sums.reduce(0, +), 1e-9)
    return InterestTags.top(5, of: sums).filter { sums[Int($0)] > 0 }.map {
      UserProfile.Affinity(category: $0, score: sums[Int($0)] / total)
    }
  }

  private func priceLevel(_ history: InteractionHistory, weights: [Float]) -> Float? {
    var sum: Float = 0
    var total: Float = 0
    for (item, weight) in zip(history.items, weights) where pricePercentiles[Int(item)] >= 0 {
      sum += weight * pricePercentiles[Int(item)]
      total += weight
    }
    return total > 0 ? sum / total : nil
  }

  private func activity(_ history: DeviceHistory, now: Int64) -> UserProfile.Activity? {
    let times = history.events.lazy.filter(\.hasTime).map(\.time)
    guard history.clock == .unixSeconds, let first = times.first, let last = times.last else {
      return nil
    }
    let days = Set(times.map { $0 / Int64(Self.secondsPerDay) }).count
    let weeks = max(Self.seconds(from: first, to: last) / (7 * Self.secondsPerDay), 1)
    return UserProfile.Activity(
      recencyDays: Self.seconds(from: last, to: now) / Self.secondsPerDay,
      eventsPerWeek: Double(times.count) / weeks,
      eventsPerActiveDay: Double(times.count) / Double(max(days, 1)))
  }
}

extension Array {
  /// The first index from which the predicate holds, for an array partitioned by it.
  fileprivate func partitioningIndex(_ belongsToSecond: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
