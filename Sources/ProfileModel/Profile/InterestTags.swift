package import Behavior

/// Interest tags by lift: categories that a user meets more often than the population does.
package enum InterestTags {
  /// Pseudo-events that pull a short history towards the population.
  private static let smoothing: Float = 5

  /// Category shares of some items, smoothed towards the population.
  ///
  /// An item with several categories counts for each in equal parts. Shape: [categories].
  package static func smoothedShares(
    of items: some Sequence<Int32>, catalogue: Catalogue, population: CategoryShares
  ) -> [Float] {
    var sums = population.values.map { smoothing * $0 }
    var count: Float = 0
    for item in items {
      let categories = catalogue.items[Int(item)].categories
      for category in categories { sums[Int(category)] += 1 / Float(categories.count) }
      count += 1
    }
    return sums.map { $0 / (count + smoothing) }
  }

  /// Ratio of smoothed share and population share; 0 for a category nobody meets.
  package static func lift(_ shares: [Float], population: CategoryShares) -> [Float] {
    zip(shares, population.values).map { $1 > 0 ? $0 / $1 : 0 }
  }

  /// The categories with the largest scores, ties by index.
  package static func top(_ count: Int, of scores: [Float]) -> [Int32] {
    Array(
      scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        .prefix(count).map { Int32($0) })
  }
}
