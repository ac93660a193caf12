package import Behavior
internal import PlannedRounds
internal import ProfileModel
internal import ReleasedParts
internal import Scenarios

/// What a device knows about its user, in words.
package struct DeviceProfile: Sendable, Equatable, Encodable {
  package struct Affinity: Sendable, Equatable, Encodable {
    package let name: String
    package let score: Float
  }

  /// V'r: comparable with other profiles of the same version by cosine.
  package let vector: [Float]
  /// What stands out against the population, most first.
  package let tags: [Affinity]
  /// Shares of the interest with time decay; they sum to 1 over all categories.
  package let categories: [Affinity]
  /// 0 buys the cheapest items of the catalogue, 1 the dearest; nil without prices.
  package let priceLevel: Float?
  package let eventsPerWeek: Double?
  package let daysSinceLastEvent: Double?
  package let events: Int
}

/// An item for the user, and why.
package struct Recommendation: Sendable, Equatable, Encodable {
  package let item: String
  package let title: String
  package let score: Float
  /// Titles of the own items that speak most for it.
  package let reasons: [String]
}

/// Why there is no profile yet.
package enum ProfileFault: Error, Equatable, CustomStringConvertible {
  case noPopularity, noBasis, noEvents

  package var description: String {
    switch self {
    case .noPopularity: "the federation has released nothing yet; come back after its first round"
    case .noBasis:
      "the federation has released no item basis yet; `client recommend` goes by popularity until then"
    case .noEvents:
      "there are no events on this device; import some with: silhouette client import FILE --dir DIR"
    }
  }
}

extension ProfilingModel {
  private static let reasonsPerItem = 3

  /// The profile of the device's user.
  ///
  /// - Parameter now: Unix seconds.
  package func profile(
    of history: LocalOnly<DeviceHistory>, now: Int64
  ) throws(ProfileFault) -> LocalOnly<DeviceProfile> {
    guard let popularity = state.popularity else { throw .noPopularity }
    guard let features else { throw .noBasis }
    let interest = InteractionHistory(history.value)
    guard !interest.isEmpty else { throw .noEvents }
    let profile = ProfileBuilder(
      catalogue: catalogue, scorer: features.scorer,
      shares: CategoryShares(popularity: popularity, catalogue: catalogue),
      halfLifeDays: tasks.plan.profile.halfLifeDays
    ).profile(of: interest, events: history.value, now: now)
    func named(_ affinity: UserProfile.Affinity) -> DeviceProfile.Affinity {
      .init(name: catalogue.categoryNames[Int(affinity.category)], score: affinity.score)
    }
    return LocalOnly(
      DeviceProfile(
        vector: profile.vector, tags: profile.tags.map(named),
        categories: profile.categories.map(named), priceLevel: profile.priceLevel,
        eventsPerWeek: profile.activity?.eventsPerWeek,
        daysSinceLastEvent: profile.activity?.recencyDays, events: history.value.events.count))
  }

  /// Items that the user has not met, best first; by popularity alone before there is an item basis.
  package func recommendations(
    for history: LocalOnly<DeviceHistory>, count: Int
  ) throws(ProfileFault) -> LocalOnly<[Recommendation]> {
    guard let popularity = state.popularity else { throw .noPopularity }
    let interest = InteractionHistory(history.value)
    let known = Set(history.value.events.map(\.item))
    var scores = popularity.values
    var explain: (Int32) -> [Int32] = { _ in [] }
    if let features, !interest.isEmpty {
      var table = FeatureTable(itemCount: catalogue.count)
      table.fill(for: interest, model: features)
      table.score(weights: state.ranker.weights, into: &scores)
      let reasons = Reasons(model: features, weights: state.ranker.weights)
      let filled = table
      explain = {
        reasons.reasons(
          for: $0, history: interest, table: filled, limit: Self.reasonsPerItem)
      }
    }
    let best = scores.indices.lazy.map { Int32($0) }.filter { !known.contains($0) }
      .sorted { left, right in
        let (first, second) = (scores[Int(left)], scores[Int(right)])
        return first == second ? left < right : first > second
      }.prefix(count)
    return LocalOnly(
      best.map { item in
        Recommendation(
          item: catalogue.items[Int(item)].id, title: catalogue.items[Int(item)].title,
          score: scores[Int(item)],
          reasons: explain(item).map { catalogue.items[Int($0)].title })
      })
  }
}
