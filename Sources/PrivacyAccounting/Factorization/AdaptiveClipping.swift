#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The clip norm follows a quantile of the users' update norms, learned from noisy counts.
///
/// Every user also sends the bit 1 for "my update's norm is at most C", less 1/2, so that a user moves
/// the sum of bits by at most 1/2. C for a round is set before the round.
/// - Source: Andrew, Thakkar, McMahan, Ramaswamy 2021, arXiv:1905.03871.
package enum AdaptiveClipping {
  /// The noise multiplier of the updates with which updates and bits together cost `total`.
  ///
  /// z_delta = (z^-2 - (2 sigma_b)^-2)^(-1/2), rounded up (Theorem 1).
  /// - Parameters:
  ///   - total: z, the noise multiplier that is accounted for; above 0.
  ///   - countDeviation: sigma_b, the standard deviation of the noise on the sum of bits.
  /// - Throws: `unreachable` unless 2 sigma_b > z: the bits alone would cost more.
  package static func noiseMultiplier(
    total: Double, countDeviation: Double
  ) throws(AccountingError) -> Double {
    for (field, value) in [("noise multiplier", total), ("count deviation", countDeviation)] {
      guard value > 0, value.isFinite else {
        throw .outOfRange(field: field, value: value, allowed: "finite and above 0")
      }
    }
    // (z^-2 - b^-2)^(-1/2) = z b / sqrt((b - z) (b + z)) with b = 2 sigma_b.
    let bits = 2 * countDeviation
    guard bits > total else {
      throw .unreachable(
        quantity: "noise on the updates", target: "a total noise multiplier of \(total)",
        reason: "the noise on the bits, twice \(countDeviation), must be above it")
    }
    let product = (bits - total).squareRoot() * (bits + total).squareRoot()
    return total * (bits / product) * (1 + 0x1p-49)
  }

  /// The next round's clip norm, C e^(-eta (b - gamma)).
  ///
  /// - Parameters:
  ///   - clip: C, this round's clip norm; above 0.
  ///   - fraction: b, the released mean of the bits, noise and all.
  ///   - quantile: gamma, the fraction of updates that should not be clipped.
  ///   - rate: eta.
  package static func nextClip(
    _ clip: Double, fraction: Double, quantile: Double, rate: Double
  ) -> Double {
    clip * exp(-rate * (fraction - quantile))
  }
}
