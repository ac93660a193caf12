package import PrivacyMechanisms

/// The task `ranker`, coordinator's half: momentum SGD on noisy gradient sums.
package struct RankerTask: Sendable {
  /// How the weights move.
  package struct Configuration: Sendable {
    package let rounds: Int
    package let learningRate: Double
    package let momentum: Double
    /// The public number of devices that a round is planned for: the divisor of every sum, so that
    /// it does not depend on who answers.
    package let expectedCohort: Int

    package init(rounds: Int, learningRate: Double, momentum: Double, expectedCohort: Int) {
      self.rounds = rounds
      self.learningRate = learningRate
      self.momentum = momentum
      self.expectedCohort = expectedCohort
    }
  }

  package let configuration: Configuration
  package private(set) var weights: [Float]
  package private(set) var completedRounds = 0
  /// The moving sum of steps that momentum keeps.
  ///
  /// Shape: [features].
  package private(set) var velocity: [Float]

  package init(configuration: Configuration, initialWeights: [Float]) {
    self.configuration = configuration
    weights = initialWeights
    velocity = [Float](repeating: 0, count: initialWeights.count)
  }

  /// A task that goes on where another one stopped.
  ///
  /// - Range: at most `configuration.rounds` rounds, as many velocities as weights.
  package init(
    configuration: Configuration, weights: [Float], velocity: [Float], completedRounds: Int
  ) {
    precondition(weights.count == velocity.count && completedRounds <= configuration.rounds)
    self.configuration = configuration
    self.weights = weights
    self.velocity = velocity
    self.completedRounds = completedRounds
  }

  /// Takes one step along the released ascent direction; the learning rate falls linearly to 0.
  package mutating func step(_ release: Release) {
    precondition(completedRounds < configuration.rounds)
    let decay = 1 - Double(completedRounds) / Double(configuration.rounds)
    let rate = Float(configuration.learningRate * decay)
    for index in weights.indices {
      let mean = release.values[index] / Float(configuration.expectedCohort)
      velocity[index] = Float(configuration.momentum) * velocity[index] + mean
      weights[index] += rate * velocity[index]
    }
    completedRounds += 1
  }
}
