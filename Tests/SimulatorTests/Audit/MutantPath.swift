import CryptoPrimitives
import PrivacyMechanisms
import SeededRandomness

@testable import Simulator

/// A scenario's contribution path as a build with one fault would have it, or as it is.
///
/// A fault is a path put together wrongly from the right parts. Noise of devices is drawn at once, as in
/// simulations, so that hundreds of trials are a matter of seconds; `EmpiricalAuditTests` has each device draw its own.
struct MutantPath {
  enum Fault: CaseIterable {
    case noiseHalved
    case clipOff
    case sameNoiseEachRound
    /// Devices add their noise to the raw update and clip what comes out.
    case noiseBeforeClip
    /// A device counts as often as it has examples.
    case weightedByExamples
  }

  private let fault: Fault?
  private let mechanism: ContributionMechanism
  /// Makes the noise of one device; noise before the clip only.
  private let ownNoise: ContributionMechanism?

  /// How many times too great an update may be, and how many examples a device has.
  private static let factor = 10

  /// - Parameter honest: the mechanism of which epsilon is claimed.
  init(_ honest: ContributionMechanism, fault: Fault?) throws {
    self.fault = fault
    var request = honest.request
    var own: ContributionMechanism.Request?
    // Faults that make sums greater must not be found by a ring that wraps.
    if fault != nil { request.ringBits = 32 }
    switch fault {
    case .noiseHalved: request.noiseMultiplier = request.noiseMultiplier.map { $0 / 2 }
    case .clipOff:
      // As much noise, on ten times what may be contributed.
      request.clipNorm *= Double(Self.factor)
      request.noiseMultiplier = request.noiseMultiplier.map { $0 / Double(Self.factor) }
    case .noiseBeforeClip:
      own = request
      let devices = honest.guaranteedVariance.flatMap { total in
        honest.deviceVariance.map { total * Double($0.denominator) / Double($0.numerator) }
      }
      own?.placement = .coordinator
      own?.noiseMultiplier = request.noiseMultiplier.map {
        $0 / (devices ?? Double(request.maximumCohort)).squareRoot()
      }
      request.noiseMultiplier = nil
    case .weightedByExamples: request.maximumCohort *= Self.factor
    case .sameNoiseEachRound, nil: break
    }
    mechanism = fault == nil ? honest : try ContributionMechanism(request)
    ownNoise = try own.map { try ContributionMechanism($0) }
  }

  func release(_ round: CanaryRound) throws -> [Float] {
    var sum = mechanism.makeSum()
    for device in 0..<round.devices {
      var randomness = round.randomness(of: device)
      var update = round.update(device)
      if let ownNoise {
        let noise = try ownNoise.release(ownNoise.makeSum(), noise: &randomness).values
        for index in update.indices { update[index] += noise[index] }
      }
      for _ in 0..<(fault == .weightedByExamples ? Self.factor : 1) {
        try mechanism.contributeDeferringNoise(update, to: &sum, randomness: &randomness)
      }
    }
    var drawn = round
    if fault == .sameNoiseEachRound { drawn.number = 0 }
    var noise = drawn.noise
    mechanism.drawDeferredNoise(for: &sum, noise: &noise)
    return try mechanism.release(sum, noise: &noise).values
  }
}
