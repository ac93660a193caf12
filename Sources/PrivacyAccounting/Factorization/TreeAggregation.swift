#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Prefix sums by binary trees whose every node carries Gaussian noise of its own.
///
/// The noise multiplier is the noise's standard deviation per node over the norm of one contribution.
/// - Source: Kairouz, McMahan, Song, Thakkar, Thakurta, Xu 2021, arXiv:2103.00039, Theorem 4.1 and
///   appendix D.
package enum TreeAggregation {
  /// How many nodes a single contribution enters in a tree over `steps` steps.
  ///
  /// ceil(log2(steps + 1)): the nodes that a streaming tree has completed after `steps` steps.
  package static func nodesPerStep(_ steps: Int) -> Int {
    precondition(steps >= 1, "a tree has at least one step")
    return Int.bitWidth - steps.leadingZeroBitCount
  }

  /// One user's participation in at most one step of at most one of these trees.
  ///
  /// - Parameter steps: the steps of each tree; the tree is restarted in between.
  package static func event(
    noiseMultiplier: Double, steps: [Int]
  ) throws(AccountingError) -> MechanismEvent {
    let longest = steps.max() ?? 0
    try MechanismEvent.require(Double(steps.min() ?? 0), "steps of a tree", atLeast: 1)
    return try event(
      noiseMultiplier: noiseMultiplier, squaredSensitivity: Double(nodesPerStep(longest)))
  }

  /// One user's participation in up to `maximumParticipations` steps of one tree.
  ///
  /// - Throws: as `squaredSensitivity`.
  package static func event(
    noiseMultiplier: Double, steps: Int, minimumSeparation: Int, maximumParticipations: Int
  ) throws(AccountingError) -> MechanismEvent {
    let squared = try squaredSensitivity(
      steps: steps, minimumSeparation: minimumSeparation,
      maximumParticipations: maximumParticipations)
    return try event(noiseMultiplier: noiseMultiplier, squaredSensitivity: squared)
  }

  /// The whole output is one Gaussian release; its noise multiplier is rounded down.
  private static func event(
    noiseMultiplier: Double, squaredSensitivity: Double
  ) throws(AccountingError) -> MechanismEvent {
    try MechanismEvent.require(noiseMultiplier, "noise multiplier", atLeast: 0)
    let ratio = noiseMultiplier / squaredSensitivity.squareRoot()
    return .gaussian(noiseMultiplier: max(0, ratio * (1 - 0x1p-50)))
  }

  /// The greatest squared norm of what one user adds to all nodes of one tree.
  ///
  /// The maximum over sets S of at most k steps, any two at least b apart, of the sum over nodes v of
  /// |S in v|^2, exactly. The tree is complete, padded to a power of two, with its root; contributions
  /// are of norm 1 and all alike, which is the worst case.
  ///
  /// - Throws: `outOfRange` for a number below 1, `unsupported` where the search costs too much.
  package static func squaredSensitivity(
    steps: Int, minimumSeparation: Int, maximumParticipations: Int
  ) throws(AccountingError) -> Double {
    for (field, value) in [
      ("steps", steps), ("minimum separation", minimumSeparation),
      ("participations", maximumParticipations),
    ] {
      try MechanismEvent.require(Double(value), field, atLeast: 1)
    }
    // More distance than there are steps changes nothing.
    let separation = min(minimumSeparation, steps)
    let count = min(maximumParticipations, (steps - 1) / separation + 1)
    var search = ParticipationSearch(separation: separation, greatestCount: count)
    let levels = nodesPerStep(2 * steps - 1) - 1
    guard search.cost(steps: steps) <= 3e8 else {
      throw .unsupported(
        mechanism: "a tree of \(steps) steps with \(count) participations",
        reason: "the search over participations \(separation) steps apart is too long; "
          + "restart the tree more often")
    }
    let table = search.table(level: levels, steps: steps)
    return Double(table.greatest)
  }
}

/// Dynamic programming over subtrees.
///
/// Of the participations in a subtree only three things matter outside of it: their number c, and the
/// distances x and y of the first and the last one from the subtree's ends, both up to b - 1. The
/// table holds the greatest sum over nodes for a distance of at least x and at least y.
private struct ParticipationSearch {
  let separation: Int
  let greatestCount: Int
  private var complete: [Int: Table] = [:]

  init(separation: Int, greatestCount: Int) {
    self.separation = separation
    self.greatestCount = greatestCount
  }

  struct Table {
    /// The number of steps of the subtree, present or not.
    let size: Int
    let separation: Int
    /// Entry [c - 1][x b + y]; negative where impossible.
    var values: [[Int32]]

    var greatest: Int32 { values.map { $0.max() ?? 0 }.max() ?? 0 }

    func value(_ count: Int, _ x: Int, _ y: Int) -> Int32 {
      values[count - 1][max(0, x) * separation + max(0, y)]
    }
  }

  /// About how many steps the search takes: the two widest merges of each level dominate.
  func cost(steps: Int) -> Double {
    var cost = 0.0
    var size = 2
    while size < 4 * steps {
      let count = Double(min(greatestCount, (size / 2 - 1) / separation + 1))
      cost += 2 * count * count * Double(separation * separation * separation)
      size *= 2
    }
    return cost
  }

  /// The table of a subtree of 2^`level` steps of which the first `steps` exist.
  mutating func table(level: Int, steps: Int) -> Table {
    let size = 1 << level
    if steps == size, let known = complete[level] { return known }
    var result: Table
    if level == 0 {
      var values = [Int32](repeating: -1, count: separation * separation)
      values[0] = 1
      result = Table(size: 1, separation: separation, values: [values])
    } else {
      let left = table(level: level - 1, steps: min(steps, size / 2))
      let right = steps > size / 2 ? table(level: level - 1, steps: steps - size / 2) : nil
      result = merged(left, right, size: size)
    }
    if steps == size { complete[level] = result }
    return result
  }

  private func merged(_ left: Table, _ right: Table?, size: Int) -> Table {
    let rightCount = right?.values.count ?? 0
    let count = min(greatestCount, left.values.count + rightCount, (size - 1) / separation + 1)
    let empty = [Int32](repeating: -1, count: separation * separation)
    var result = Table(
      size: size, separation: separation, values: Array(repeating: empty, count: count))
    for total in 1...count {
      let square = Int32(total * total)
      for x in 0..<separation {
        for y in 0..<separation {
          let best = best(left, right, total: total, x, y)
          if best >= 0 { result.values[total - 1][x * separation + y] = best + square }
        }
      }
    }
    return result
  }

  /// The best way to have `total` participations in two halves, without their common node.
  private func best(_ left: Table, _ right: Table?, total: Int, _ x: Int, _ y: Int) -> Int32 {
    var best: Int32 = -1
    if total <= left.values.count { best = left.value(total, x, y - left.size) }
    guard let right else { return best }
    if total <= right.values.count { best = max(best, right.value(total, x - left.size, y)) }
    for first in 1..<max(1, total) {
      let second = total - first
      guard first <= left.values.count, second <= right.values.count else { continue }
      // The last of the left and the first of the right half are y' + 1 + x' >= b steps apart.
      for inner in 0..<separation {
        let one = left.value(first, x, inner)
        let other = right.value(second, separation - 1 - inner, y)
        if one >= 0, other >= 0 { best = max(best, one + other) }
      }
    }
    return best
  }
}
