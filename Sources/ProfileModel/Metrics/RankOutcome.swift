internal import NumericalMethods

/// Where a held-out item stands among its competitors.
package struct RankOutcome: Sendable, Equatable {
  /// How many competitors score better, ties counted half; 0 is best.
  package let rank: Float
  /// How many competitors there are.
  package let candidates: Int

  package init(rank: Float, candidates: Int) {
    self.rank = rank
    self.candidates = candidates
  }
}

/// Ranks an item among all items outside the history (protocol F).
///
/// A score that is not a number counts as the worst, for the target as for its competitors.
///
/// - Parameters:
///   - scores: Shape: [items].
///   - known: the history in ascending order; the target is never excluded.
package func rank(of target: Int32, scores: [Float], excluding known: [Int32]) -> RankOutcome {
  let score = comparable(scores[Int(target)])
  let counted = VectorKernels.countAbove(score, in: scores)
  var greater = counted.greater
  var equal = counted.equal
  if score == -.infinity { equal += scores.lazy.filter(\.isNaN).count }
  var excluded = 0
  for item in known where item != target {
    let other = comparable(scores[Int(item)])
    if other > score { greater -= 1 }
    if other == score { equal -= 1 }
    excluded += 1
  }
  return RankOutcome(
    rank: Float(greater) + Float(equal - 1) / 2, candidates: scores.count - excluded - 1)
}

/// Ranks an item among given competitors (protocol S).
package func rank(of target: Int32, among negatives: [Int32], scores: [Float]) -> RankOutcome {
  let score = comparable(scores[Int(target)])
  var rank: Float = 0
  for item in negatives {
    let other = comparable(scores[Int(item)])
    if other > score { rank += 1 } else if other == score { rank += 0.5 }
  }
  return RankOutcome(rank: rank, candidates: negatives.count)
}

/// The items with the best scores outside the history, best first, ties by index.
///
/// - Parameter known: the history in ascending order.
package func topItems(count: Int, scores: [Float], excluding known: [Int32]) -> [Int32] {
  var top: [(score: Float, item: Int32)] = []
  var nextKnown = 0
  for item in 0..<Int32(scores.count) {
    if nextKnown < known.count, known[nextKnown] == item {
      nextKnown += 1
      continue
    }
    let score = comparable(scores[Int(item)])
    if top.count == count, let last = top.last, score <= last.score { continue }
    let position = top.firstIndex { $0.score < score } ?? top.count
    top.insert((score, item), at: position)
    if top.count > count { top.removeLast() }
  }
  return top.map(\.item)
}

private func comparable(_ score: Float) -> Float { score.isNaN ? -.infinity : score }
