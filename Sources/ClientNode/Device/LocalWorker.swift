package import RingArithmetic
package import SecureAggregation

/// What a device is asked to contribute to.
package struct Assignment: Sendable {
  /// The name of the federated task.
  package let task: String
  package let config: RoundConfig
  /// The plan's document; its hash is in the configuration.
  package let plan: [UInt8]
  /// The model to train on; its hash is in the configuration.
  package let model: [UInt8]
}

/// What a plan says of a task beside a round's configuration.
package struct ChargeTerms: Sendable, Equatable {
  /// The distance of one device's noise from its law, in total variation: at most this.
  package let totalVariation: Double
  /// How often a device contributes to the task, at most.
  package let mostContributions: Int

  package init(totalVariation: Double, mostContributions: Int) {
    self.totalVariation = totalVariation
    self.mostContributions = mostContributions
  }
}

/// The local work of a device: behavior stays behind it, an encoded vector with its noise comes out.
package protocol LocalWorker: Sendable {
  /// Why the device does not take part, nil if it does: terms that are not the plan's, a ceiling that is
  /// reached, or missing power or network. Waited for no longer than for a contribution.
  func objection(to assignment: Assignment) async -> String?
  /// What a contribution is charged with; asked where there is no objection.
  func terms(of assignment: Assignment) async throws -> ChargeTerms
  /// The contribution: `config.dimension` elements of the round's ring, noise of the device included.
  ///
  /// Runs outside of the network's executor, and is canceled when its time is over.
  func contribution(to assignment: Assignment) async throws -> RingVector
}
