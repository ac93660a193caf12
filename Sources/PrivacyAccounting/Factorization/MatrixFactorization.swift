/// When one user may take part in a run.
package struct ParticipationPattern: Sendable, Equatable {
  /// Two participations of one user are at least this many steps apart.
  package let minimumSeparation: Int
  package let maximumParticipations: Int

  package init(minimumSeparation: Int, maximumParticipations: Int) throws(AccountingError) {
    try MechanismEvent.require(Double(minimumSeparation), "minimum separation", atLeast: 1)
    try MechanismEvent.require(Double(maximumParticipations), "participations", atLeast: 1)
    self.minimumSeparation = minimumSeparation
    self.maximumParticipations = maximumParticipations
  }

  /// How many participations fit into a run.
  func count(steps: Int) -> Int {
    min(maximumParticipations, (steps - 1) / minimumSeparation + 1)
  }

  /// The greatest sum over allowed sets of steps.
  ///
  /// Each step adds its weight, and each pair of consecutive participations its value of `pair`, which
  /// vanishes at distances of `horizon` and more. Dynamic programming over the last participation.
  func greatestSum(
    weights: [Double], horizon: Int, pair: (_ earlier: Int, _ later: Int) -> Double
  ) -> Double {
    let steps = weights.count
    var sums = weights
    var greatest = weights.max() ?? 0
    for _ in stride(from: 1, to: count(steps: steps), by: 1) {
      // The best over all earlier steps that do not meet this one's columns.
      var apart = -Double.infinity
      var next = [Double](repeating: -.infinity, count: steps)
      let distance = max(minimumSeparation, horizon)
      for later in stride(from: minimumSeparation, to: steps, by: 1) {
        if later >= distance { apart = max(apart, sums[later - distance]) }
        var best = apart
        for earlier in max(0, later - distance + 1)..<(later - minimumSeparation + 1) {
          best = max(best, sums[earlier] + pair(earlier, later))
        }
        next[later] = best + weights[later]
      }
      sums = next
      greatest = max(greatest, sums.max() ?? 0)
    }
    return greatest
  }
}

/// Prefix sums with noise correlated over the steps: C x + z is released, and A C^-1 of it published.
///
/// One user's squared sensitivity is the greatest squared norm of the sum of the columns of C at the
/// steps of its participations, when all contributions have norm at most 1. A whole run is one
/// Gaussian release with noise multiplier (standard deviation of z) / sensitivity.
/// - Source: Choquette-Choo et al. 2023, arXiv:2306.08153.
package enum MatrixFactorization {
  /// One run as an event; the noise multiplier is rounded down.
  ///
  /// - Parameters:
  ///   - noiseDeviation: the standard deviation of z over the norm of one contribution.
  ///   - squaredSensitivity: as a strategy's `squaredSensitivity` gives it.
  package static func event(
    noiseDeviation: Double, squaredSensitivity: Double
  ) throws(AccountingError) -> MechanismEvent {
    try MechanismEvent.require(noiseDeviation, "noise deviation", atLeast: 0)
    guard squaredSensitivity > 0, squaredSensitivity.isFinite else {
      throw .outOfRange(
        field: "squared sensitivity", value: squaredSensitivity, allowed: "finite and above 0")
    }
    let ratio = noiseDeviation / squaredSensitivity.squareRoot()
    return .gaussian(noiseMultiplier: ratio * (1 - 0x1p-50))
  }

  /// A banded strategy over users in groups that take turns, each sampled within its group.
  ///
  /// With as many groups as bands one user's columns do not meet, so a run is ceil(steps / bands)
  /// sampled releases. `noiseMultiplier` is relative to the greatest column norm, and `probability`
  /// is that of a member of the group whose turn it is.
  /// - Source: Choquette-Choo et al. 2023, arXiv:2306.08153 (amplified BandMF).
  package static func amplifiedEvent(
    noiseMultiplier: Double, steps: Int, bands: Int, probability: Double
  ) throws(AccountingError) -> MechanismEvent {
    try MechanismEvent.require(Double(steps), "steps", atLeast: 1)
    try MechanismEvent.require(Double(bands), "bands", atLeast: 1)
    let event = MechanismEvent.sampledGaussian(
      noiseMultiplier: noiseMultiplier, sampling: .poisson(probability: probability))
    try event.validate()
    return event.times((steps - 1) / bands + 1)
  }

  /// A sum of at most `count` nonnegative terms, raised by more than it can have lost.
  static func roundedUp(_ value: Double, count: Int) -> Double {
    value * (1 + Double(count + 8) * 0x1p-52)
  }

  static func require(finite values: [Double], _ field: String) throws(AccountingError) {
    for value in values where !value.isFinite {
      throw .outOfRange(field: field, value: value, allowed: "finite")
    }
  }
}
