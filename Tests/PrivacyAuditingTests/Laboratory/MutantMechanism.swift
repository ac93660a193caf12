import CryptoPrimitives
import NumericalMethods
import PrivacyAccounting
import PrivacyMechanisms
import RoundVocabulary
import SeededRandomness

/// The product's contribution path, whole or with one fault.
///
/// Sums are noised by the coordinator, so that a trial draws one noise a round and not one a device; clip,
/// rounding, ring and release are those of every task. A fault is a path put together wrongly from the
/// right parts, as a wrong build would. The same devices take part in every round.
struct MutantMechanism {
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

  let fault: Fault?
  private let dimension: Int
  /// Clips, rounds, adds up and, but for noise before the clip, makes the noise.
  private let mechanism: ContributionMechanism
  /// Makes the noise of one device; noise before the clip only.
  private let ownNoise: ContributionMechanism?

  /// The most examples that a device has.
  static let mostExamples = 10

  /// - Parameters:
  ///   - devices: that take part.
  ///   - noiseMultiplier: of the whole sum, over a clip norm of 1.
  init(
    dimension: Int, devices: Int, noiseMultiplier: Double, fault: Fault? = nil
  ) throws(MechanismError) {
    self.dimension = dimension
    self.fault = fault
    func built(
      noise: Double?, clipNorm: Double = 1, contributions: Int
    ) throws(MechanismError) -> ContributionMechanism {
      try ContributionMechanism(
        ContributionMechanism.Request(
          dimension: dimension, clipNorm: clipNorm, maximumCohort: contributions, ringBits: 32,
          noiseMultiplier: noise))
    }
    let cohort = devices * Self.mostExamples
    mechanism =
      switch fault {
      case .noiseHalved: try built(noise: noiseMultiplier / 2, contributions: cohort)
      // As much noise, on ten times what may be contributed.
      case .clipOff: try built(noise: noiseMultiplier / 10, clipNorm: 10, contributions: cohort)
      case .noiseBeforeClip: try built(noise: nil, contributions: cohort)
      case .sameNoiseEachRound, .weightedByExamples, nil:
        try built(noise: noiseMultiplier, contributions: cohort)
      }
    ownNoise =
      fault == .noiseBeforeClip
      ? try built(noise: noiseMultiplier / Double(devices).squareRoot(), contributions: 1) : nil
  }

  /// One release as accountants see it; nil where the path has no noise of its own.
  var event: MechanismEvent? { mechanism.observed?.event(seenBy: .anyClientOrPublic) }

  /// The sums of all rounds.
  ///
  /// Shape: [rounds, d].
  func releases(of devices: [Device], rounds: Int, seed: UInt64) throws -> [[Float]] {
    try (0..<rounds).map { round in
      var sum = mechanism.makeSum()
      for (index, device) in devices.enumerated() {
        var randomness = RandomStream.seeded(seed, label: "mutant device \(index) round \(round)")
        try contribute(
          device.update.map { Float($0 * device.signs[round]) }, of: device, to: &sum,
          randomness: &randomness)
      }
      let stream = fault == .sameNoiseEachRound ? 0 : round
      var noise = RandomStream.seeded(seed, label: "mutant noise \(stream)")
      return try mechanism.release(sum, noise: &noise).values
    }
  }

  private func contribute(
    _ update: [Float], of device: Device, to sum: inout ContributionSum,
    randomness: inout RandomStream
  ) throws {
    if let ownNoise {
      var noisy = try ownNoise.release(ownNoise.makeSum(), noise: &randomness).values
      for (offset, value) in update.enumerated() { noisy[device.start + offset] += value }
      try mechanism.contribute(noisy, to: &sum, randomness: &randomness)
      return
    }
    let sparse = SparseUpdate(
      ranges: [device.start..<(device.start + update.count)], values: update)
    for _ in 0..<(fault == .weightedByExamples ? device.examples : 1) {
      try mechanism.contributeDeferringNoise(sparse, to: &sum, randomness: &randomness)
    }
  }
}
