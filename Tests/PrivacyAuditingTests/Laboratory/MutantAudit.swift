import NumericalMethods
import PrivacyAccounting
import PrivacyMechanisms
import RoundVocabulary

@testable import PrivacyAuditing

/// One attack on the contribution path, honest or not, in two rounds.
///
/// Canary devices have updates of ten clip norms and ten examples, and change their sign from round
/// to round. An honest mechanism makes of each a contribution of norm 1, so that the noise of
/// two rounds, sqrt(2) in each, is one Gaussian with mu = 1.
struct MutantAudit {
  let canaries: Int
  /// How many guesses of either kind.
  let extremes: Int
  /// What is claimed of the two rounds.
  var claim = MutantAudit.honestClaim

  static let rounds = 2
  static let significance = 0.05
  static let noiseMultiplier = Double(rounds).squareRoot()
  /// What the accountant says of the honest path.
  static let honestClaim: PrivacyGuarantee = {
    // Cannot fail: the request is one that every cohort of these tests has.
    guard
      let event = try? MutantMechanism(
        dimension: 100, devices: 104, noiseMultiplier: noiseMultiplier
      ).event,
      let epsilon = try? Accountant.epsilon(of: [event.times(rounds)], delta: 1e-5)
    else { preconditionFailure("the honest path has no claim") }
    return .claim(epsilon: epsilon.upper, delta: 1e-5)
  }()

  /// Devices without a canary; they do the same in every round.
  private static let ordinaryDevices = 4

  enum Method: CaseIterable {
    case binomial, gaussianCurves

    func result(
      _ outcome: OneRunOutcome, of claim: PrivacyGuarantee = MutantAudit.honestClaim
    ) throws -> AuditResult {
      switch self {
      case .binomial: try outcome.audit(of: claim, significance: significance)
      case .gaussianCurves:
        try outcome.audit(of: claim, in: .gaussian(.exact), significance: significance)
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
  func correctGuesses(fault: MutantMechanism.Fault?, seed: UInt64) throws -> Int {
    let set = try CanarySet(
      count: canaries, dimension: canaries, clipNorm: 1, schedule: .alternating, seed: seed)
    var generator = DeterministicGenerator(seed: seed, stream: 0x6269_7473)
    let included = set.drawInclusion(using: &generator)
    var devices = (0..<canaries).filter { included[$0] }.map { index in
      let (start, values) = set.canary(index)
      return MutantMechanism.Device(
        start: start, update: values.map { 10 * $0 }, examples: MutantMechanism.mostExamples,
        signs: (0..<Self.rounds).map { set.sign(inRelease: $0) })
    }
    for _ in 0..<Self.ordinaryDevices {
      devices.append(
        MutantMechanism.Device(
          start: 0, update: generator.nextNormals(10).map { $0 / 2 }, examples: 1,
          signs: [Double](repeating: 1, count: Self.rounds)))
    }
    let mechanism = try MutantMechanism(
      dimension: canaries, devices: devices.count, noiseMultiplier: Self.noiseMultiplier,
      fault: fault)
    let releases = try mechanism.releases(of: devices, rounds: Self.rounds, seed: seed)
    let guesses = try CanaryGuesses(
      scores: set.scores(of: releases), highest: extremes, lowest: extremes)
    return try guesses.outcome(included: included).correct
  }
}
