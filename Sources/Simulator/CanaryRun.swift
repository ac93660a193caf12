internal import CryptoPrimitives
internal import PrivacyAuditing
internal import SeededRandomness

/// Canaries, who of them was in, and the releases in which they are looked for.
struct CanaryRun {
  let set: CanarySet
  let included: [Bool]
  /// Canaries that are guessed about.
  let known: [Int]
  /// Shape: [rounds, d].
  let releases: [[Float]]

  /// The part of the canaries that is guessed to be in, and the part that is guessed to be out.
  ///
  /// Fixed before anything is drawn; the others are too close to call.
  private static let guessedShare = 0.15

  /// How many guesses about the canaries are right.
  var outcome: OneRunOutcome {
    get throws {
      let scores = try set.scores(of: releases)
      let guessed = max(1, Int(Double(known.count) * Self.guessedShare))
      return try CanaryGuesses(
        scores: known.map { scores[$0] }, highest: guessed, lowest: guessed
      ).outcome(included: known.map { included[$0] })
    }
  }
}

/// One round of an audit, before anything is clipped: the updates of its devices, and randomness.
struct CanaryRound {
  /// Counted from 0.
  var number: Int
  let devices: Int
  let seed: UInt64
  let label: String
  /// The update of one device, counted from 0; shape: [d].
  let update: (_ device: Int) -> [Float]

  /// What a device rounds and makes its noise with.
  func randomness(of device: Int) -> RandomStream {
    RandomStream.seeded(seed, label: "\(label) \(number) \(device)")
  }

  /// For the noise of the whole release.
  var noise: RandomStream { RandomStream.seeded(seed, label: "\(label) \(number)") }
}
