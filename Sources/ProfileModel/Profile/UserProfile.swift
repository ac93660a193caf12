package import Behavior
package import ReleasedParts

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What a device knows about its user: computed from the own history and released parts, never sent.
package struct UserProfile: Sendable {
  /// A tag or category and how strongly it applies.
  package struct Affinity: Sendable, Equatable {
    package let category: Int32
    package let score: Float
  }

  /// How active the user is; `nil` where the source knows only the order of events.
  package struct Activity: Sendable, Equatable {
    package let recencyDays: Double
    package let eventsPerWeek: Double
    package let eventsPerActiveDay: Double
  }

  /// V'r, comparable with other profiles by cosine.
  ///
  /// Shape: [rank].
  package let vector: [Float]
  /// Categories that stand out against the released share of the population, most first.
  package let tags: [Affinity]
  /// Shares of the user's interest with time decay, largest first; they sum to 1.
  package let categories: [Affinity]
  /// 0 buys the cheapest items of the catalogue, 1 the dearest; `nil` without prices.
  package let priceLevel: Float?
  package let activity: Activity?
}

/// Shares of the catalogue's categories among the interest of the whole population.
///
/// Post-processing of the released popularity: costs no privacy.
package struct CategoryShares: Sendable, Equatable {
  /// Sums to 1.
  ///
  /// Shape: [categories].
  package let values: [Float]

  package init(popularity: Popularity, catalogue: Catalogue) {
    var sums = [Float](repeating: 0, count: catalogue.categoryNames.count)
    for (item, value) in zip(catalogue.items, popularity.values) {
      for category in item.categories {
        sums[Int(category)] += value / Float(item.categories.count)
      }
    }
    let total = sums.reduce(0, +)
    values = total > 0 ? sums.map { $0 / total } : sums
  }
}
