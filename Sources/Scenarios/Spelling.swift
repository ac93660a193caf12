/// Guesses which of the known words was meant by one that is not known.
package enum Spelling {
  /// The candidate nearest to `word`, if it is near enough to be a slip of the hand.
  ///
  /// At most a third of the letters may differ, and at least one may.
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, word.count / 3)
    let ranked = candidates.map { (candidate: $0, distance: editDistance(word, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else {
      return nil
    }
    return best.candidate
  }

  /// How many insertions, deletions and replacements of one letter lead from one word to the other,
  /// without regard to case.
  /// - Source: Wagner, Fischer 1974, "The string-to-string correction problem".
  static func editDistance(_ first: String, _ second: String) -> Int {
    let first = Array(first.lowercased())
    let second = Array(second.lowercased())
    var row = Array(0...second.count)
    for (i, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in second.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
