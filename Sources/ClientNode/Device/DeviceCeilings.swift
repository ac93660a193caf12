internal import CryptoPrimitives
package import SecureAggregation

/// What the device insists on, from its own configuration; no plan can raise it.
package struct DeviceCeilings: Sendable {
  /// Floors and bounds of every round; coordinators, authority and witnesses are filled in from the
  /// join code.
  package var policy: ClientPolicy
  /// Contributions that the device ever makes to one coordinator.
  ///
  /// Together with `policy.leastNoise` this bounds what all of them reveal: each has at least that
  /// ratio of noise variance to squared sensitivity.
  package var mostContributions: Int
  /// The longest that local work on one contribution may take.
  package var mostTrainingTime: Duration

  package init(policy: ClientPolicy, mostContributions: Int, mostTrainingTime: Duration) {
    self.policy = policy
    self.mostContributions = mostContributions
    self.mostTrainingTime = mostTrainingTime
  }
}
