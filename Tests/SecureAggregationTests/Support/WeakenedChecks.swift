@testable import SecureAggregation

/// Clients that lack one check: tests prove with them that an attack works where the check is missing.
extension ClientChecks {
  /// All checks but those of one list that give `codes`.
  ///
  /// Stops the test if there is none: it would prove nothing.
  func without<Subject>(
    _ list: WritableKeyPath<ClientChecks, [Check<Subject>]>, _ codes: AbortCode...
  ) -> ClientChecks {
    var weakened = self
    for code in codes {
      let before = weakened[keyPath: list].count
      weakened[keyPath: list].removeAll { $0.code == code }
      precondition(weakened[keyPath: list].count == before - 1, "no check \(code) to remove")
    }
    return weakened
  }
}
