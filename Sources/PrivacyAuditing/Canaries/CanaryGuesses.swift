/// Guesses which canaries took part: the highest scores did, the lowest did not.
///
/// Between the two nothing is guessed, for there a guess is little better than a coin. How many are
/// guessed is fixed before the scores are known.
package struct CanaryGuesses: Sendable, Equatable {
  /// True for "in", false for "out", nil for canaries without a guess.
  package let guesses: [Bool?]

  /// - Parameters:
  ///   - scores: one per canary, finite.
  ///   - highest: how many are guessed to be in.
  ///   - lowest: how many are guessed to be out; of equal scores the canary with the lower number is
  ///     taken to have the lower one.
  /// - Throws: `AuditError`; `outOfRange` for more guesses than canaries.
  package init(scores: [Double], highest: Int, lowest: Int) throws(AuditError) {
    try AuditError.requireFinite(scores, "scores")
    try AuditError.require(highest, "the number of guesses for in", in: 0...scores.count)
    try AuditError.require(
      lowest, "the number of guesses for out", in: 0...(scores.count - highest))
    let ascending = scores.indices.sorted {
      scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 < $1)
    }
    var guesses = [Bool?](repeating: nil, count: scores.count)
    for index in ascending.prefix(lowest) { guesses[index] = false }
    for index in ascending.suffix(highest) { guesses[index] = true }
    self.guesses = guesses
  }

  /// Compares the guesses with who was in.
  ///
  /// - Throws: `AuditError` if there are not as many canaries as guesses, or none.
  package func outcome(included: [Bool]) throws(AuditError) -> OneRunOutcome {
    guard included.count == guesses.count else {
      throw .countMismatch(
        field: "inclusion bits", found: included.count, expected: guesses.count)
    }
    let made = zip(guesses, included).filter { $0.0 != nil }
    return try OneRunOutcome(
      canaries: included.count, guesses: made.count, correct: made.count { $0.0 == $0.1 })
  }
}
