package import PrivacyMechanisms
package import ReleasedParts

/// The task `statistics`, coordinator's half: noisy item sums become popularity.
///
/// A device's vector has 1/sqrt(n) at each of its n items, so its norm is 1. Shape: [items].
package enum StatisticsTask {
  package static let clipNorm = 1.0

  /// Popularity below half the noise is not distinguishable from it and is set to that floor.
  package static func popularity(from release: Release) -> Popularity {
    let floor = Float(max(release.noiseStandardDeviation, 1e-3) / 2)
    return Popularity(values: release.values.map { max($0, floor) })
  }
}
