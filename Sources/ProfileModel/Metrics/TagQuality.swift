/// How well predicted tags match those that came true.
package struct TagQuality: Sendable, Equatable {
  /// Mean share of the three predicted tags that came true, over users with any true tag.
  package var precisionAt3: Double { mean(precisions) }
  /// Mean share of the true tags that were predicted, over the same users.
  package var recall: Double { mean(recalls) }
  /// What `precisionAt3` is the mean of, for each user with any true tag.
  package private(set) var precisions: [Float] = []
  /// What `recall` is the mean of, for the same users.
  package private(set) var recalls: [Float] = []
  /// Share of all tags that is predicted for anybody.
  package let coverage: Double

  /// - Parameters:
  ///   - predicted: at most three tags per user.
  ///   - truth: per user; users without a true tag count for coverage only.
  ///   - tagCount: how many tags there are.
  package init(predicted: [Set<Int32>], truth: [Set<Int32>], tagCount: Int) {
    var used: Set<Int32> = []
    for (guess, actual) in zip(predicted, truth) {
      used.formUnion(guess)
      guard !actual.isEmpty else { continue }
      let hits = Float(guess.intersection(actual).count)
      precisions.append(hits / 3)
      recalls.append(hits / Float(actual.count))
    }
    coverage = Double(used.count) / Double(max(tagCount, 1))
  }

  private func mean(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) } / Double(max(values.count, 1))
  }
}
