import NumericalMethods
import PrivacyAccounting
import RoundVocabulary

@testable import PrivacyAuditing

/// One attack for every toy mechanism, honest or not, in two rounds.
///
/// Canary devices have updates of ten clip norms and ten examples, and change their sign from round
/// to round. An honest mechanism makes of each a contribution of norm 1, so that the noise of
/// two rounds, sqrt(2) in each, is one Gaussian with mu = 1.
struct ToyAudit {
  let canaries: Int
  /// How many guesses of either kind.
  let extremes: Int
  /// What is claimed of the two rounds.
  var claim = ToyAudit.honestClaim

  static let rounds = 2
  static let significance = 0.05
  static let honestClaim = PrivacyGuarantee.claim(
    epsilon: GaussianGuarantee.epsilon(noiseMultiplier: 1, delta: 1e-5), delta: 1e-5)

  /// Devices without a canary; they do the same in every round.
  private static let ordinaryDevices = 4

  enum Method: CaseIterable {
    case binomial, gaussianCurves

    func result(
      _ outcome: OneRunOutcome, of claim: PrivacyGuarantee = ToyAudit.honestClaim
    ) throws -> AuditResult {
      switch self {
      case .binomial: try outcome.audit(of: claim, significance: significance)
      case .gaussianCurves: try outcome.audit(of: claim, in: .gaussian, significance: significance)
      }
    }
  }

  /// The least number of correct guesses whose verdict is fail; one more than there are if none is.
  ///
  /// Bounds rise with correct guesses (`OneRunOutcomeTests`), so a trial needs no bound of its own.
  func criticalCount(_ method: Method) throws -> Int {
    var (low, high) = (0, 2 * extremes + 1)
    while low < high {
      let middle = (low + high) / 2
      let outcome = try OneRunOutcome(
        canaries: canaries, guesses: 2 * extremes, correct: middle)
      if try method.result(outcome, of: claim).verdict == .fail {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }

  /// How many guesses are right in one run.
  func correctGuesses(fault: ToyMechanism.Fault?, seed: UInt64) throws -> Int {
    let set = try CanarySet(
      count: canaries, dimension: canaries, clipNorm: 1, schedule: .alternating, seed: seed)
    var generator = DeterministicGenerator(seed: seed, stream: 0x6269_7473)
    let included = set.drawInclusion(using: &generator)
    var devices = (0..<canaries).filter { included[$0] }.map { index in
      let (start, values) = set.canary(index)
      return ToyMechanism.Device(
        start: start, update: values.map { 10 * $0 }, examples: 10,
        signs: (0..<Self.rounds).map { set.sign(inRelease: $0) })
    }
    for _ in 0..<Self.ordinaryDevices {
      devices.append(
        ToyMechanism.Device(
          start: 0, update: generator.nextNormals(10).map { $0 / 2 }, examples: 1,
          signs: [Double](repeating: 1, count: Self.rounds)))
    }
    let mechanism = ToyMechanism(
      dimension: canaries, noiseMultiplier: Double(Self.rounds).squareRoot(), fault: fault)
    let releases = mechanism.releases(of: devices, rounds: Self.rounds, seed: seed)
    let guesses = try CanaryGuesses(
      scores: set.scores(of: releases), highest: extremes, lowest: extremes)
    return try guesses.outcome(included: included).correct
  }
}
