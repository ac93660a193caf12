/// How many devices did something, as operators are shown it.
///
/// Whoever looks often sees that some did, and not that one did.
package enum CoarseCount {
  /// What is shown is a multiple of it; fewer are not told apart from none.
  package static let step = 32

  package static func shown(_ count: Int) -> Int { count / step * step }
}
