import PrivacyAccounting
import PrivacyAuditing
import RoundVocabulary

extension PrivacyGuarantee {
  /// A claim for tests: one user's contribution against none, seen by those who see releases.
  static func claim(epsilon: Double, delta: Double) -> PrivacyGuarantee {
    PrivacyGuarantee(
      epsilon: epsilon, delta: delta, neighboringRelation: .zeroOut, privacyUnit: .user,
      adversary: .anyClientOrPublic, assumptions: [])
  }
}

extension PrivacyFamily {
  /// Each kind of claim, Gaussian noise without anything taken off.
  static let kinds: [PrivacyFamily] = [.approximate, .gaussian(.exact)]
}
