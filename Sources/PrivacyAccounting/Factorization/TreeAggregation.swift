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
    guard ParticipationSearch.cost(steps: steps, separation: separation, count: count) <= 4e9 else {
      throw .unsupported(
        mechanism: "a tree of \(steps) steps with \(count) participations",
        reason: "the search over participations \(separation) steps apart is too long; "
          + "restart the tree more often")
    }
    var search = ParticipationSearch(steps: steps, separation: separation)
    return Double((1...count).map { search.greatest($0) }.max() ?? 0)
  }
}
