internal import NumericalMethods
internal import PrivacyAccounting
package import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How often a fixed test said "the canary was there", in runs with and in runs without it.
package struct TwoWorldCounts: Sendable, Equatable {
  /// Runs with the canary.
  package let positives: Int
  package let truePositives: Int
  /// Runs without it.
  package let negatives: Int
  package let falsePositives: Int

  /// - Range: 1 to 10^6 runs of either kind.
  /// - Throws: `AuditError.outOfRange`.
  package init(
    positives: Int, truePositives: Int, negatives: Int, falsePositives: Int
  ) throws(AuditError) {
    try AuditError.require(positives, "the number of runs with the canary", in: 1...1_000_000)
    try AuditError.require(negatives, "the number of runs without it", in: 1...1_000_000)
    try AuditError.require(truePositives, "the number of true positives", in: 0...positives)
    try AuditError.require(falsePositives, "the number of false positives", in: 0...negatives)
    self.positives = positives
    self.truePositives = truePositives
    self.negatives = negatives
    self.falsePositives = falsePositives
  }

  /// The same runs, all told apart.
  private init(telling counts: TwoWorldCounts) {
    positives = counts.positives
    truePositives = counts.positives
    negatives = counts.negatives
    falsePositives = 0
  }

  /// What holds of the test's rates at once, with probability 1 - significance.
  struct Rates {
    /// At least this share of runs with the canary is recognized.
    let truePositive: Double
    /// At most this share of runs without it is mistaken.
    let falsePositive: Double

    var trueNegative: Double { 1 - falsePositive }
    var falseNegative: Double { 1 - truePositive }
  }

  /// Both rates at half the significance each.
  func rates(significance: Double) -> Rates {
    Rates(
      truePositive: ClopperPearson.lowerBound(
        successes: truePositives, trials: positives, significance: significance / 2),
      falsePositive: ClopperPearson.upperBound(
        successes: falsePositives, trials: negatives, significance: significance / 2))
  }

  /// A lower bound on epsilon with confidence 1 - `significance`; 0 if nothing was found.
  ///
  /// - Range: `delta` in [0, 1), above 0 for Gaussian noise.
  /// - Formula: the greater of ln((TPR - delta) / FPR) and ln((TNR - delta) / FNR); for Gaussian noise
  ///   epsilon at delta of mu = quantile(TNR) - quantile(FNR).
  /// - Source: Jagielski, Ullman, Oprea 2020, arXiv:2006.07709; for Gaussian noise Nasr et al. 2023,
  ///   arXiv:2302.07956.
  /// - Throws: `AuditError.outOfRange`.
  package func epsilonLowerBound(
    in family: PrivacyFamily = .approximate, delta: Double, significance: Double
  ) throws(AuditError) -> Double {
    try AuditError.require(delta: delta, allowsZero: family == .approximate)
    try AuditError.require(significance: significance)
    let rates = rates(significance: significance)
    switch family {
    case .approximate:
      // Rates at or below delta prove nothing; the logarithm of a negative number would be NaN.
      let present = max(0, rates.truePositive - delta) / rates.falsePositive
      let absent = max(0, rates.trueNegative - delta) / rates.falseNegative
      return log(max(1, present, absent))
    case .gaussian(let likeness):
      let mu =
        SpecialFunctions.normalQuantile(likeness.least(ofLikely: rates.trueNegative))
        - SpecialFunctions.normalQuantile(likeness.most(ofUnlikely: rates.falseNegative))
      return GaussianGuarantee.epsilonFromBelow(mu: mu, delta: delta, likeness)
    }
  }

  /// Measures a claim.
  ///
  /// The ceiling is near ln of the number of runs: more runs are the only way to a greater one.
  /// - Throws: `AuditError.outOfRange`.
  package func audit(
    of claim: PrivacyGuarantee, in family: PrivacyFamily = .approximate, significance: Double
  ) throws(AuditError) -> AuditResult {
    try AuditResult(of: claim, by: .twoWorlds(family), significance: significance) {
      (delta, significance) throws(AuditError) in
      (
        try epsilonLowerBound(in: family, delta: delta, significance: significance),
        try TwoWorldCounts(telling: self).epsilonLowerBound(
          in: family, delta: delta, significance: significance)
      )
    }
  }
}
