@testable import AccountingConformance
@testable import PrivacyAccounting

extension AccountingCalls {
  /// An accountant that has no bound for anything.
  static let refusing: AccountingCalls = {
    let refusal = AccountingError.unsupported(mechanism: "everything", reason: "this is a test")
    return AccountingCalls(
      epsilon: { _, _, _ throws(AccountingError) in throw refusal },
      delta: { _, _, _ throws(AccountingError) in throw refusal },
      noiseMultiplier: { _, _, _, _ throws(AccountingError) in throw refusal },
      rounds: { _, _, _, _ throws(AccountingError) in throw refusal })
  }()

  /// An accountant whose epsilon is always the same.
  static func stating(epsilon: Double, lower: Double = 0) -> AccountingCalls {
    var calls = refusing
    calls.epsilon = { _, _, _ throws(AccountingError) in
      Accountant.Bound(upper: epsilon, lower: lower, method: .lossDistribution)
    }
    return calls
  }
}
