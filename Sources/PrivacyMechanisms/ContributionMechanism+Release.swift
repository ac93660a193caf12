package import CryptoPrimitives
internal import DiscreteNoise
internal import RingArithmetic
internal import RoundVocabulary

extension ContributionMechanism {
  /// Adds the coordinator's noise, if it is the one to make it, and converts to update units.
  ///
  /// - Throws: `ReleaseError.tooFewContributions`.
  /// - Privacy: the result is what `observed` describes, provided that `noise` is secret and that
  ///   the sum is opened nowhere else. Release each sum once: a second release with fresh noise is a
  ///   second event.
  package func release(
    _ sum: consuming ContributionSum, noise stream: inout RandomStream
  ) throws(ReleaseError) -> Release {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    precondition(sum.deferredNoises == 0, "the noise of some contributions is still to be drawn")
    let contributors = sum.contributors
    var total = sum.total
    switch request.placement {
    case .coordinator:
      if let noise, !sum.holdsCoordinatorNoise {
        total.perturb { noise.add(to: &$0, using: &stream) }
      }
    case .devices(_, let assurance):
      guard contributors >= assurance.leastSurvivors else {
        throw .tooFewContributions(found: contributors, needed: assurance.leastSurvivors)
      }
    }
    return Release(
      values: decode(total), contributors: contributors,
      noiseStandardDeviation: noiseStandardDeviation(contributors: contributors))
  }

  /// Draws the coordinator's noise into a sum of its own, to be merged with contributions.
  ///
  /// It is the very noise that `release` draws from the same stream, and `release` then adds none: a
  /// simulation draws it beside the work of devices. Where devices make the noise, nothing happens.
  package func drawCoordinatorNoise(
    to noises: inout ContributionSum, noise stream: inout RandomStream
  ) {
    precondition(noises.request == request, "the sum belongs to another mechanism")
    precondition(!noises.holdsCoordinatorNoise, "the noise would be added twice")
    guard let noise, request.placement == .coordinator else { return }
    noises.total.perturb { noise.add(to: &$0, using: &stream) }
    noises.holdsCoordinatorNoise = true
  }

  /// Draws all noise that contributions to a sum have deferred, at once.
  ///
  /// For simulations, where it is never seen apart: the noise of k devices is Skellam with k times
  /// the variance, so the sum has the same law as if each had drawn its own. For other laws each
  /// device's noise is drawn.
  package func drawDeferredNoise(
    for sum: inout ContributionSum, noise stream: inout RandomStream
  ) {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    guard let noise, let drawnVariance, sum.deferredNoises > 0 else { return }
    let devices = sum.deferredNoises
    sum.total.perturb { words in
      if let joint = noise.joint(of: devices, variance: drawnVariance) {
        joint.add(to: &words, using: &stream)
      } else {
        for _ in 0..<devices { noise.add(to: &words, using: &stream) }
      }
    }
    sum.deferredNoises = 0
  }

  /// The sum without noise, for the simulator's signal-to-noise figure only.
  ///
  /// - Privacy: not private. Nothing that leaves the machine may be computed from it.
  package func decodeWithoutNoise(_ sum: borrowing ContributionSum) -> [Float] {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    precondition(!sum.holdsCoordinatorNoise, "the sum has noise")
    return decode(sum.total)
  }

  /// Centers, unscales and takes the rotation back.
  private func decode(_ total: RingVector) -> [Float] {
    let values = total.centered(times: 1 / scale)
    return rotation?.unrotate(values) ?? values
  }

  /// The same for sums in ring units that are not in the ring.
  func decode(units: [Double]) -> [Float] {
    let values = units.map { Float($0 / scale) }
    return rotation?.unrotate(values) ?? values
  }
}
