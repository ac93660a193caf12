internal import PrivacyAccounting
package import RoundVocabulary

/// How an empirical lower bound was found.
package enum AuditMethod: Sendable, Equatable, Hashable {
  /// Many runs with one canary and many without; Clopper-Pearson bounds on the error rates.
  case twoWorlds(PrivacyFamily)
  /// One run with many canaries; Steinke, Nasr, Jagielski 2023.
  case oneRun
  /// One run with many canaries; Mahloujifar, Melis, Chaudhuri 2024.
  case oneRunTradeOff(PrivacyFamily)

  /// One line for a reader of the report.
  package var summary: String {
    switch self {
    case .twoWorlds(let family): "many runs with and without a canary" + Self.noise(family)
    case .oneRun: "one run with many canaries"
    case .oneRunTradeOff(let family):
      "one run with many canaries, by trade-off curves" + Self.noise(family)
    }
  }

  private static func noise(_ family: PrivacyFamily) -> String {
    switch family {
    case .approximate: ""
    case .gaussian(.exact): ", against Gaussian noise"
    case .gaussian: ", against noise near a Gaussian's"
    }
  }
}

/// What an audit says about a claim.
package enum AuditVerdict: String, Sendable, Codable {
  /// Nothing that was measured contradicts the claim, which proves nothing for it.
  case pass
  /// The measured loss is above the claimed one: a fault in the mechanism or in what was assumed.
  case fail
}

/// A measured lower bound on epsilon beside the guarantee it was measured against.
///
/// A mechanism that keeps its claim fails with probability at most `significance`, provided that
/// the number of guesses or the threshold was fixed before anyone looked. The gap between bound and
/// claim is no evidence of slack: canaries disturb each other and attacks are not perfect.
package struct AuditResult: Sendable, Equatable {
  package let method: AuditMethod
  package let claimedGuarantee: PrivacyGuarantee
  /// In nats, at the claim's delta, with confidence 1 - `significance`; 0 if nothing was found.
  package let epsilonLowerBound: Double
  /// The bound that this audit would have found had every guess been right.
  package let ceiling: Double
  /// The probability alpha at which an honest mechanism may fail.
  package let significance: Double

  /// Fails only where the bound is above the claimed epsilon.
  package var verdict: AuditVerdict {
    epsilonLowerBound > claimedGuarantee.epsilon ? .fail : .pass
  }

  /// Whether any outcome of this audit would have been a failure.
  ///
  /// A pass says nothing at all where this is false: there were too few canaries or runs.
  package var couldHaveFailed: Bool { ceiling > claimedGuarantee.epsilon }

  /// Takes a bound and its ceiling for the claim's own delta.
  ///
  /// - Parameter bound: from the delta and the significance to lower bound and ceiling.
  /// - Throws: `AuditError.outOfRange` for a claim or a significance that means nothing.
  init(
    of claim: PrivacyGuarantee, by method: AuditMethod, significance: Double,
    bound: (_ delta: Double, _ significance: Double) throws(AuditError) -> (Double, Double)
  ) throws(AuditError) {
    try AuditError.require(epsilon: claim.epsilon)
    let (epsilonLowerBound, ceiling) = try bound(claim.delta, significance)
    self.method = method
    self.claimedGuarantee = claim
    self.epsilonLowerBound = epsilonLowerBound
    self.ceiling = ceiling
    self.significance = significance
  }
}
