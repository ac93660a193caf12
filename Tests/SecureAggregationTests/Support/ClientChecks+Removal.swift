@testable import SecureAggregation

/// A client's checks with one of them taken away.
struct ChecksWithoutOne {
  let code: AbortCode
  let place: StaticString
  let checks: ClientChecks
}

extension ClientChecks {
  /// All checks but those with a code in one list.
  func without<Subject>(
    _ code: AbortCode, in list: WritableKeyPath<ClientChecks, [Check<Subject>]>
  ) -> ClientChecks {
    var checks = self
    checks[keyPath: list].removeAll { $0.code == code }
    precondition(
      checks[keyPath: list].count < self[keyPath: list].count, "the list has no check \(code)")
    return checks
  }

  /// Every way to take one check away.
  static let withoutOne: [ChecksWithoutOne] =
    removals(\.arrival) + removals(\.address) + removals(\.offer) + removals(\.floors)
    + removals(\.listedWitness) + removals(\.standing) + removals(\.cohort) + removals(\.reveal)
    + removals(\.neighborhood) + removals(\.neighbor) + removals(\.keys) + removals(\.sharers)
    + removals(\.box) + removals(\.survivors) + removals(\.signing) + removals(\.signer)
    + removals(\.quorum) + removals(\.signature) + removals(\.witnesses) + removals(\.cosignature)

  private static func removals<Subject>(
    _ list: WritableKeyPath<ClientChecks, [Check<Subject>]>
  ) -> [ChecksWithoutOne] {
    all[keyPath: list].indices.map { index in
      var checks = all
      let check = checks[keyPath: list].remove(at: index)
      return ChecksWithoutOne(code: check.code, place: check.place, checks: checks)
    }
  }
}
