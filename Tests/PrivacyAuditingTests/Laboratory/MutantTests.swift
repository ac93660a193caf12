import PrivacyAccounting
import RoundVocabulary
import TestSupport
import Testing

@testable import PrivacyAuditing

/// One-run audits pass the honest contribution path at their level and catch each fault in it.
///
/// Trials are seeded from 1 on. Debug builds need up to half a minute for all of them, for a trial with
/// 2000 canaries draws four thousand numbers of noise.
@Suite struct MutantTests {
  /// How many of the first `trials` each method fails.
  private static func failures(
    of fault: MutantMechanism.Fault?, by audit: MutantAudit, methods: [MutantAudit.Method],
    trials: Int
  ) throws -> [Int] {
    let critical = try methods.map { try audit.criticalCount($0) }
    let correct = try (1...trials).map { try audit.correctGuesses(fault: fault, seed: UInt64($0)) }
    return critical.map { critical in correct.count { $0 >= critical } }
  }

  /// A test of level 0.05 fails 34 or more of 200 trials with probability below 1e-9.
  @Test(arguments: [100, 400, 2000])
  func theHonestMechanismPassesAtTheLevel(canaries: Int) throws {
    let audit = MutantAudit(canaries: canaries, extremes: canaries == 2000 ? 150 : canaries / 3)
    let failures = try Self.failures(
      of: nil, by: audit, methods: MutantAudit.Method.allCases, trials: 200)
    for count in failures {
      #expect(count < StatisticalLimit.failures(of: 200, at: MutantAudit.significance))
    }
  }

  /// Each fault is caught 300 times of 300: a power above 0.95, but for a probability of 1e-6.
  ///
  /// Noise halved doubles mu, and it takes the curves of Gaussian noise and 2000 canaries to tell.
  /// The binomial bound at delta 1e-5 does not reach the claim even then; where canaries stand out
  /// for good, 400 of them do for it. Noise on every device is slow to draw, and 100 suffice.
  @Test(arguments: [
    (MutantMechanism.Fault.noiseHalved, 2000, 150, [MutantAudit.Method.gaussianCurves]),
    (.clipOff, 400, 150, [.gaussianCurves, .binomial]),
    (.sameNoiseEachRound, 400, 150, [.gaussianCurves, .binomial]),
    (.noiseBeforeClip, 100, 30, [.gaussianCurves]),
    (.weightedByExamples, 400, 150, [.gaussianCurves, .binomial]),
  ])
  func everyFaultIsCaught(
    fault: MutantMechanism.Fault, canaries: Int, extremes: Int, methods: [MutantAudit.Method]
  ) throws {
    let audit = MutantAudit(canaries: canaries, extremes: extremes)
    for caught in try Self.failures(of: fault, by: audit, methods: methods, trials: 300) {
      #expect(StatisticalLimit.power(caught: caught, of: 300) > 0.95)
    }
  }

  /// Sampling hides a contribution from those who do not know who took part.
  ///
  /// The coordinator knows: to it the devices
  /// that were sampled are all there are, and a claim that counts on one in fifty does not hold.
  @Test func amplificationClaimedAgainstTheCoordinatorIsCaught() throws {
    let amplified = try Accountant.epsilon(
      of: [
        .sampledGaussian(
          noiseMultiplier: Double(MutantAudit.rounds).squareRoot(),
          sampling: .poisson(probability: 0.02)
        ).times(MutantAudit.rounds)
      ], delta: 1e-5)
    let claim = PrivacyGuarantee.claim(epsilon: amplified.upper, delta: 1e-5)
    #expect(claim.epsilon < MutantAudit.honestClaim.epsilon / 2)
    let audit = MutantAudit(canaries: 400, extremes: 150, claim: claim)
    for caught in try Self.failures(of: nil, by: audit, methods: [.binomial], trials: 300) {
      #expect(StatisticalLimit.power(caught: caught, of: 300) > 0.95)
    }
  }

  @Test func everyAuditCouldHaveFailed() throws {
    for (canaries, extremes) in [(2000, 150), (400, 150), (100, 30)] {
      let perfect = try OneRunOutcome(
        canaries: canaries, guesses: 2 * extremes, correct: 2 * extremes)
      #expect(try MutantAudit.Method.gaussianCurves.result(perfect).couldHaveFailed)
      #expect(try MutantAudit.Method.binomial.result(perfect).couldHaveFailed == (extremes == 150))
    }
  }
}
