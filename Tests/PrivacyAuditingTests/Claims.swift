import RoundVocabulary

extension PrivacyGuarantee {
  /// A claim for tests: one user's contribution against none, seen by those who see releases.
  static func claim(epsilon: Double, delta: Double) -> PrivacyGuarantee {
    PrivacyGuarantee(
      epsilon: epsilon, delta: delta, neighboringRelation: .zeroOut, privacyUnit: .user,
      adversary: .anyClientOrPublic, assumptions: [])
  }
}
