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
}

/// What runs show of their canaries, all together.
struct CanaryEvidence {
  private(set) var runs = 0
  /// Of canaries that are guessed about.
  private var scores: [Double] = []
  private var included: [Bool] = []
  /// Of canaries that were in, with what was learned in their run; none of a run that has learned nothing.
  private(set) var cosines: [Double] = []

  /// The part of the canaries that is guessed to be in, and the part that is guessed to be out.
  ///
  /// Fixed before anything is drawn; the others are too close to call.
  private static let guessedShare = 0.15

  init() {}

  init(of run: CanaryRun) throws(AuditError) { try add(run) }

  mutating func add(_ run: CanaryRun) throws(AuditError) {
    let found = try run.set.scores(of: run.releases)
    scores += run.known.map { found[$0] }
    included += run.known.map { run.included[$0] }
    runs += 1
    let learned = try run.set.learned(from: run.releases)
    guard learned.contains(where: { $0 != 0 }) else { return }
    cosines += zip(try run.set.cosines(with: learned), run.included).filter(\.1).map(\.0)
  }

  /// How many guesses about the canaries are right.
  var outcome: OneRunOutcome {
    get throws(AuditError) {
      let guessed = max(1, Int(Double(scores.count) * Self.guessedShare))
      return try CanaryGuesses(scores: scores, highest: guessed, lowest: guessed)
        .outcome(included: included)
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
