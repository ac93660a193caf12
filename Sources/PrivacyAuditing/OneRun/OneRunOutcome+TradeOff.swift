internal import NumericalMethods
internal import PrivacyAccounting
package import RoundVocabulary

extension OneRunOutcome {
  /// The greatest epsilon of a family's curves that the outcome refutes; 0 if it refutes none.
  ///
  /// - Range: `delta` in [0, 1), above 0 for Gaussian noise.
  /// - Throws: `AuditError.outOfRange`.
  package func epsilonLowerBound(
    in family: PrivacyFamily, delta: Double, significance: Double
  ) throws(AuditError) -> Double {
    try AuditError.require(delta: delta, allowsZero: family == .approximate)
    try AuditError.require(significance: significance)
    switch family {
    case .approximate:
      return greatestRefuted(significance: significance) { epsilon in
        .approximate(epsilon: epsilon, delta: delta)
      }
    case .gaussian(let likeness):
      let mu = greatestRefuted(significance: significance) { .gaussian(mu: $0, likeness) }
      return GaussianGuarantee.epsilonFromBelow(mu: mu, delta: delta, likeness)
    }
  }

  /// Measures a claim by the curves of a family.
  ///
  /// A claim of Gaussian noise is one whose every release is of that law and drawn without sampling;
  /// only such a claim may be measured with `.gaussian`: see `PrivacyFamily.init(for:)`.
  /// - Throws: `AuditError.outOfRange`.
  package func audit(
    of claim: PrivacyGuarantee, in family: PrivacyFamily, significance: Double
  ) throws(AuditError) -> AuditResult {
    try AuditResult(of: claim, by: .oneRunTradeOff(family), significance: significance) {
      (delta, significance) throws(AuditError) in
      (
        try epsilonLowerBound(in: family, delta: delta, significance: significance),
        try best.epsilonLowerBound(in: family, delta: delta, significance: significance)
      )
    }
  }

  /// The greatest parameter whose curve is refuted; curves with greater parameters promise less.
  private func greatestRefuted(
    significance: Double, curve: (Double) -> TradeOffCurve
  ) -> Double {
    func isKept(_ parameter: Double) -> Bool {
      !refutes(curve(parameter), significance: significance)
    }
    guard !isKept(0) else { return 0 }
    return RootFinding.bracketUpward(from: 1, isReached: isKept)?.lower ?? 0
  }

  /// Whether a mechanism below `curve` has this many correct guesses with less than `significance`.
  ///
  /// Take one canary at random, and suppose that v or more guesses are right with probability alpha.
  /// right(i) is the probability that at least i guesses are right and the canary's is one of them,
  /// wrong(i) that at least i are right and the canary's is not. On the neighbor with its bit
  /// flipped a right guess beside i - 1 others is a wrong one beside i - 1, so wrong(i - 1) is at least
  /// what the curve leaves of right(i). Outcomes with exactly i right guesses of g divide between the
  /// two as i to g - i. In the end right(0) + wrong(0) is g / m, the share of canaries with a guess; if
  /// what was needed is more than that, the probability of v or more is below alpha.
  /// - Source: Mahloujifar, Melis, Chaudhuri 2024, arXiv:2410.22235, algorithm `audit_rh_with_cap`.
  private func refutes(_ curve: TradeOffCurve, significance: Double) -> Bool {
    let m = Double(canaries)
    var right = significance * Double(correct) / m
    var wrong = significance * Double(guesses - correct) / m
    for i in stride(from: correct - 1, through: 0, by: -1) {
      let needed = curve.leastProbability(ofLikely: right)
      // Then neither of the two changes any more.
      guard needed > wrong else { break }
      right = min(1, right + Double(i) / Double(guesses - i) * (needed - wrong))
      wrong = needed
    }
    // The margin is over the rounding of at most 10^6 steps.
    return right + wrong > Double(guesses) / m * (1 + 1e-9)
  }
}
