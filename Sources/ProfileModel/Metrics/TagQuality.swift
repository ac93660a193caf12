/// How well predicted tags match those that came true.
package struct TagQuality: Sendable, Equatable {
  /// Mean share of the three predicted tags that came true, over users with any true tag.
  package let precisionAt3: Double
  /// Mean share of the true tags that were predicted, over the same users.
  package let recall: Double
  /// Share of all tags that is predicted for anybody.
  package let coverage: Double

  /// - Parameters:
  ///   - predicted: at most three tags per user.
  ///   - truth: per user; users without a true tag count for coverage only.
  ///   - tagCount: how many tags there are.
  package init(predicted: [Set<Int32>], truth: [Set<Int32>], tagCount: Int) {
    var precision = 0.0
    var recall = 0.0
    var users = 0
    var used: Set<Int32> = []
    for (guess, actual) in zip(predicted, truth) {
      used.formUnion(guess)
      guard !actual.isEmpty else { continue }
      let hits = Double(guess.intersection(actual).count)
      precision += hits / 3
      recall += hits / Double(actual.count)
      users += 1
    }
    precisionAt3 = precision / Double(max(users, 1))
    self.recall = recall / Double(max(users, 1))
    coverage = Double(used.count) / Double(max(tagCount, 1))
  }
}
