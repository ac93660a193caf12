/// Searches on an interval that need no derivative.
package enum RootFinding {
  /// The two adjacent points between which a monotone condition changes.
  ///
  /// A caller that must not err on one side takes the end on the other.
  package struct Bracket: Sendable, Equatable {
    /// The greatest point known not to satisfy the condition.
    package let lower: Double
    /// The least point known to satisfy it.
    package let upper: Double
  }

  /// Halves [`lower`, `upper`] until no number lies between the ends.
  ///
  /// `isReached` must be false at `lower`, true at `upper`, and change once.
  /// - Complexity: at most about 2100 calls for any two finite numbers, near 60 for close ones.
  package static func bisect(
    from lower: Double, to upper: Double, isReached: (Double) -> Bool
  ) -> Bracket {
    var (lower, upper) = (lower, upper)
    while true {
      let middle = lower + (upper - lower) / 2
      guard middle > lower, middle < upper else { return Bracket(lower: lower, upper: upper) }
      if isReached(middle) { upper = middle } else { lower = middle }
    }
  }

  /// A bracket found by doubling from `start` > 0 until `isReached`, then by halving.
  ///
  /// Nil when the condition does not hold at any finite number. Zero is taken not to satisfy it.
  package static func bracketUpward(
    from start: Double, isReached: (Double) -> Bool
  ) -> Bracket? {
    var lower = 0.0
    var upper = start
    while !isReached(upper) {
      lower = upper
      upper *= 2
      guard upper.isFinite else { return nil }
    }
    return bisect(from: lower, to: upper, isReached: isReached)
  }

  /// The least value of a function with one valley on an interval, by golden section.
  ///
  /// The value is always one the function takes, so an upper bound stays an upper bound.
  package static func minimum(
    from lower: Double, to upper: Double, steps: Int = 100, of function: (Double) -> Double
  ) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (lower, upper) = (lower, upper)
    var (left, right) = (upper - ratio * (upper - lower), lower + ratio * (upper - lower))
    var (leftValue, rightValue) = (function(left), function(right))
    var least = min(leftValue, rightValue)
    for _ in 0..<steps {
      if leftValue < rightValue {
        (upper, right, rightValue) = (right, left, leftValue)
        left = upper - ratio * (upper - lower)
        leftValue = function(left)
      } else {
        (lower, left, leftValue) = (left, right, rightValue)
        right = lower + ratio * (upper - lower)
        rightValue = function(right)
      }
      least = min(least, leftValue, rightValue)
    }
    return least
  }
}
