package import CryptoPrimitives
internal import DiscreteNoise
internal import RingArithmetic

extension ContributionMechanism {
  /// Adds the coordinator's noise, if the mechanism has any, and converts to update units.
  ///
  /// - Privacy: the result is what the accountant's event describes, provided that `noise` is
  ///   secret and that the sum is opened nowhere else. Release each sum once: a second release with
  ///   fresh noise is a second event.
  package func release(
    _ sum: consuming ContributionSum, noise stream: inout RandomStream
  ) -> Release {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    let contributors = sum.contributors
    var total = sum.total
    if let noise {
      var words = total.words
      noise.add(to: &words, using: &stream)
      total = RingVector(reducing: words, modulus: modulus)
    }
    return Release(
      values: total.centered(times: 1 / scale), contributors: contributors,
      noiseStandardDeviation: noiseStandardDeviation)
  }

  /// The sum without noise, for the simulator's signal-to-noise figure only.
  ///
  /// - Privacy: not private. Nothing that leaves the machine may be computed from it.
  package func decodeWithoutNoise(_ sum: borrowing ContributionSum) -> [Float] {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    return sum.total.centered(times: 1 / scale)
  }
}
