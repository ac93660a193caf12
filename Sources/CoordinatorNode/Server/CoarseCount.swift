/// How many devices did something, as operators are shown it.
///
/// Whoever looks often sees that some did, and not that one did.
package enum CoarseCount {
  /// What is shown is a multiple of it, rounded down.
  ///
  /// That a step has begun, so that somebody did something, is shown beside it.
  package static let step = 32

  package static func shown(_ count: Int) -> Int { count / step * step }
}
