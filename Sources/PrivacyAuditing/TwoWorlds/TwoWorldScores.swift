internal import NumericalMethods

/// Attack scores of runs with one canary and of runs without it.
///
/// Runs are independent. A score says how much the run looks as if the canary was there.
package struct TwoWorldScores: Sendable, Equatable {
  private let present: [Double]
  private let absent: [Double]

  /// - Range: at least 2 runs of either kind, and at most 2 * 10^6; finite scores.
  /// - Throws: `AuditError`.
  package init(present: [Double], absent: [Double]) throws(AuditError) {
    try AuditError.require(present.count, "the number of runs with the canary", in: 2...2_000_000)
    try AuditError.require(absent.count, "the number of runs without it", in: 2...2_000_000)
    try AuditError.requireFinite(present, "scores with the canary")
    try AuditError.requireFinite(absent, "scores without it")
    self.present = present
    self.absent = absent
  }

  /// A threshold chosen on one half of the runs and what it tells apart on the other.
  package struct Split: Sendable, Equatable {
    /// A run counts as one with the canary if its score is at least this.
    package let threshold: Double
    /// Of the runs that had no part in choosing the threshold.
    package let counts: TwoWorldCounts
  }

  /// Chooses the threshold with the greatest lower bound on a random half of the runs.
  ///
  /// The bound of the other half is then one for a fixed test. Halves are drawn from `seed`, so the
  /// order in which runs are listed, sorted or not, has no influence.
  /// - Throws: `AuditError.outOfRange`.
  package func split(
    seed: UInt64, delta: Double, significance: Double
  ) throws(AuditError) -> Split {
    var generator = DeterministicGenerator(seed: seed, stream: 0x7370_6C69)
    let (chosenPresent, testedPresent) = Self.halves(of: present, using: &generator)
    let (chosenAbsent, testedAbsent) = Self.halves(of: absent, using: &generator)
    let candidates = Self.candidates(among: chosenPresent, chosenAbsent)
    var threshold = candidates[0]
    var greatest = -Double.infinity
    for candidate in candidates {
      let counts = try Self.counts(at: candidate, chosenPresent, chosenAbsent)
      let bound = try counts.epsilonLowerBound(delta: delta, significance: significance)
      if bound > greatest { (threshold, greatest) = (candidate, bound) }
    }
    return Split(
      threshold: threshold, counts: try Self.counts(at: threshold, testedPresent, testedAbsent))
  }

  /// Two halves in ascending order; the first is never empty and never longer.
  private static func halves(
    of scores: [Double], using generator: inout DeterministicGenerator
  ) -> ([Double], [Double]) {
    let shuffled = scores.shuffled(using: &generator)
    let middle = scores.count / 2
    return (shuffled[..<middle].sorted(), shuffled[middle...].sorted())
  }

  /// At most 64 scores, evenly spaced by rank, with the least and the greatest.
  private static func candidates(among present: [Double], _ absent: [Double]) -> [Double] {
    let scores = (present + absent).sorted()
    let steps = min(scores.count, 64) - 1
    return (0...steps).map { scores[$0 * (scores.count - 1) / steps] }
  }

  private static func counts(
    at threshold: Double, _ present: [Double], _ absent: [Double]
  ) throws(AuditError) -> TwoWorldCounts {
    try TwoWorldCounts(
      positives: present.count, truePositives: count(atLeast: threshold, in: present),
      negatives: absent.count, falsePositives: count(atLeast: threshold, in: absent))
  }

  /// How many of the ascending `scores` are at least `threshold`.
  private static func count(atLeast threshold: Double, in scores: [Double]) -> Int {
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] < threshold { low = middle + 1 } else { high = middle }
    }
    return scores.count - low
  }
}
