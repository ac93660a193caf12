package import CryptoPrimitives

/// What the program around a client knows about a round that it is offered.
package struct RoundCircumstances: Sendable {
  /// Hash of the model bytes that the client will train on, taken by the client itself.
  package var modelHash: Bytes32
  /// Hash of the plan that the user has accepted.
  package var planHash: Bytes32
  package var revocations: RevocationList
  /// T0 of the configuration that the log proves to hold, or nil if it proves none.
  package var loggedConfiguration: Bytes32?
  /// Whether the privacy budget covers one more contribution.
  package var coversBudget: Bool

  package init(
    modelHash: Bytes32, planHash: Bytes32, revocations: RevocationList,
    loggedConfiguration: Bytes32?, coversBudget: Bool
  ) {
    self.modelHash = modelHash
    self.planHash = planHash
    self.revocations = revocations
    self.loggedConfiguration = loggedConfiguration
    self.coversBudget = coversBudget
  }
}
