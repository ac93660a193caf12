import NumericalMethods

@testable import PrivacyAuditing

/// A federated sum with Gaussian noise, and the faults that an audit has to find in it.
///
/// Every device clips its update to norm 1 and makes its share of the noise; shares add up to a
/// deviation of `noiseMultiplier` on every coordinate. The same devices take part in every round.
struct ToyMechanism {
  enum Fault: CaseIterable {
    case noiseHalved
    case clipOff
    case sameNoiseEachRound
    /// Devices add their noise to the raw update and clip what comes out.
    case noiseBeforeClip
    /// A device counts as often as it has examples.
    case weightedByExamples
  }

  /// What one device has, before clipping: an update that is zero but for some coordinates.
  struct Device {
    var start: Int
    var update: [Double]
    var examples: Int
    /// Whether the update changes its sign from round to round, as a canary's may.
    var signs: [Double]
  }

  let dimension: Int
  let noiseMultiplier: Double
  let fault: Fault?

  /// The sums of all rounds.
  ///
  /// Shape: [rounds, d].
  func releases(of devices: [Device], rounds: Int, seed: UInt64) -> [[Float]] {
    (0..<rounds).map { round in
      let stream = fault == .sameNoiseEachRound ? 0 : UInt64(round)
      var noise = DeterministicGenerator(seed: seed, stream: stream)
      return release(of: devices, round: round, noise: &noise).map { Float($0) }
    }
  }

  private func release(
    of devices: [Device], round: Int, noise: inout DeterministicGenerator
  ) -> [Double] {
    var sum = [Double](repeating: 0, count: dimension)
    for device in devices {
      let update = device.update.map { $0 * device.signs[round] }
      if fault == .noiseBeforeClip {
        let deviation = noiseMultiplier / Double(devices.count).squareRoot()
        var noisy = noise.nextNormals(dimension).map { $0 * deviation }
        for (offset, value) in update.enumerated() { noisy[device.start + offset] += value }
        for (index, value) in Self.clipped(noisy).enumerated() { sum[index] += value }
        continue
      }
      let contribution = fault == .clipOff ? update : Self.clipped(update)
      let weight = fault == .weightedByExamples ? Double(device.examples) : 1
      for (offset, value) in contribution.enumerated() {
        sum[device.start + offset] += weight * value
      }
    }
    guard fault != .noiseBeforeClip else { return sum }
    // The devices' shares of Gaussian noise are drawn as what they add up to.
    let deviation = fault == .noiseHalved ? noiseMultiplier / 2 : noiseMultiplier
    for (index, value) in noise.nextNormals(dimension).enumerated() {
      sum[index] += deviation * value
    }
    return sum
  }

  private static func clipped(_ update: [Double]) -> [Double] {
    let norm = update.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm > 1 ? update.map { $0 / norm } : update
  }
}
