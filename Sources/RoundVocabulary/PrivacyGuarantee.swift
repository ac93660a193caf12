/// Which two populations a guarantee calls neighbouring.
package enum NeighboringRelation: String, Sendable, Codable {
  /// One user's contribution is replaced by nothing while the list of participants stays public.
  ///
  /// Sensitivity is one clip norm.
  case zeroOut
  /// One user is added or removed.
  ///
  /// Sensitivity is one clip norm.
  case addOrRemoveOne
  /// One user is exchanged for another.
  ///
  /// Sensitivity is two clip norms.
  case replaceOne
}

/// Whose data one unit of a guarantee protects.
package enum PrivacyUnit: String, Sendable, Codable {
  /// Everything that one user's device ever contributes to the tasks of a plan.
  case user
}

/// Who looks, and at what.
///
/// A guarantee holds against some of these and says nothing about others.
package enum Adversary: String, CaseIterable, Sendable, Codable {
  case modelUser = "A1"
  case anyClientOrPublic = "A2"
  case honestButCuriousCoordinator = "A3"
  case coordinatorWithColludingClients = "A4"
  case maliciousCoordinator = "A5"
  case coordinatorWithoutSecureAggregation = "A6"

  /// One line for a reader who has not seen the threat model.
  package var summary: String {
    switch self {
    case .modelUser: "someone who uses the released profile model"
    case .anyClientOrPublic: "any client or outsider who sees every release of every round"
    case .honestButCuriousCoordinator:
      "a coordinator that follows the protocol and looks at all it receives"
    case .coordinatorWithColludingClients: "such a coordinator together with some of the clients"
    case .maliciousCoordinator: "a coordinator that deviates from the protocol"
    case .coordinatorWithoutSecureAggregation: "a coordinator that sees single contributions"
    }
  }
}

/// A differential privacy guarantee: never an epsilon alone.
package struct PrivacyGuarantee: Sendable, Codable, Equatable {
  /// Upper bound on the privacy loss, in nats; infinity when nothing is guaranteed.
  package let epsilon: Double
  /// Probability mass for which `epsilon` may be exceeded.
  package let delta: Double
  package let neighboringRelation: NeighboringRelation
  package let privacyUnit: PrivacyUnit
  package let adversary: Adversary
  /// What has to be true outside the mathematics for the guarantee to hold, in plain sentences.
  package let assumptions: [String]

  package init(
    epsilon: Double, delta: Double, neighboringRelation: NeighboringRelation,
    privacyUnit: PrivacyUnit, adversary: Adversary, assumptions: [String]
  ) {
    self.epsilon = epsilon
    self.delta = delta
    self.neighboringRelation = neighboringRelation
    self.privacyUnit = privacyUnit
    self.adversary = adversary
    self.assumptions = assumptions
  }
}
