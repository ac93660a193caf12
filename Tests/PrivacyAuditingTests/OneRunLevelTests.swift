import NumericalMethods
import PrivacyAccounting
import RoundVocabulary
import Testing

@testable import PrivacyAuditing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How often one-run audits fail mechanisms whose guesses have a known law: at most alpha.
///
/// Probabilities are computed, not drawn.
@Suite struct OneRunLevelTests {
  /// The least number of correct guesses at which `isFailed`, which only rises.
  private static func criticalCount(
    _ guesses: Int, isFailed: (Int) throws -> Bool
  ) rethrows -> Int {
    var (low, high) = (0, guesses + 1)
    while low < high {
      let middle = (low + high) / 2
      if try isFailed(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The probability of at least `count` successes.
  private static func tail(_ count: Int, of guesses: Int, accuracy: Double) -> Double {
    exp(Binomial.logUpperTail(from: count, trials: guesses, probability: accuracy))
  }

  /// Randomized response of every canary's bit leaves v binomial: the audit's worst case, so that its
  /// level is alpha, as nearly as a whole number of guesses allows.
  @Test(arguments: [0.05, 0.01], [0.1, 1, 4])
  func randomizedResponseIsFailedWithProbabilityAlpha(alpha: Double, epsilon: Double) throws {
    for m in [20, 100, 1000] {
      let claim = PrivacyGuarantee.claim(epsilon: epsilon, delta: 0)
      let accuracy = 1 / (1 + exp(-epsilon))
      let critical = try Self.criticalCount(m) { correct in
        try OneRunOutcome(canaries: m, guesses: m, correct: correct)
          .audit(of: claim, significance: alpha).verdict == .fail
      }
      #expect(Self.tail(critical, of: m, accuracy: accuracy) <= alpha)
      #expect(Self.tail(critical - 1, of: m, accuracy: accuracy) >= alpha * (1 - 1e-6))
      // Trade-off curves have the same worst case and may only be more careful.
      let byCurves = try Self.criticalCount(m) { correct in
        try OneRunOutcome(canaries: m, guesses: m, correct: correct)
          .audit(of: claim, in: .approximate, significance: alpha).verdict == .fail
      }
      #expect(byCurves >= critical)
    }
  }

  /// Gaussian noise on every canary by itself: each guess is right with probability Phi(mu / 2).
  @Test(arguments: [0.25, 1, 3])
  func gaussianNoiseIsFailedWithProbabilityAtMostAlpha(mu: Double) throws {
    for m in [10, 100, 1000] {
      let claim = PrivacyGuarantee.claim(
        epsilon: GaussianGuarantee.epsilon(noiseMultiplier: 1 / mu, delta: 1e-5), delta: 1e-5)
      let critical = try Self.criticalCount(m) { correct in
        try OneRunOutcome(canaries: m, guesses: m, correct: correct)
          .audit(of: claim, in: .gaussian(.exact), significance: 0.05).verdict == .fail
      }
      let accuracy = exp(SpecialFunctions.logNormalCDF(mu / 2))
      #expect(Self.tail(critical, of: m, accuracy: accuracy) <= 0.05)
    }
  }

  /// A delta term with guesses in place of canaries would fail an honest mechanism.
  ///
  /// One that hides nothing of one canary in a thousand and everything of the others keeps
  /// (0, 1e-3). Guesses are made for canaries that stand out: with m = 10,000 ten right ones out of
  /// ten are no surprise.
  @Test func theDeltaTermCountsCanariesAndNotGuesses() throws {
    let outcome = try OneRunOutcome(canaries: 10_000, guesses: 10, correct: 10)
    let claim = PrivacyGuarantee.claim(epsilon: 0, delta: 1e-3)
    #expect(try outcome.pValue(epsilon: 0, delta: 1e-3) > 0.05)
    #expect(try outcome.audit(of: claim, significance: 0.05).verdict == .pass)
    #expect(
      try outcome.audit(of: claim, in: .approximate, significance: 0.05).verdict == .pass)
    let wrong = try OneRunOutcome(canaries: 10, guesses: 10, correct: 10)
    #expect(try wrong.pValue(epsilon: 0, delta: 1e-3) < 0.05)
  }

  /// A number of guesses chosen after looking fails an honest mechanism far more often than alpha.
  ///
  /// Randomized response, canaries in any order, and an auditor who takes the best of all numbers of
  /// guesses from 1 to 200.
  @Test func thresholdsChosenAfterLookingAreNoTest() throws {
    let (alpha, epsilon) = (0.05, 1.0)
    let accuracy = 1 / (1 + exp(-epsilon))
    // The probability of each number of correct guesses among those trials that did not fail so far.
    var masses = [1.0]
    var afterLooking = 0.0
    for guesses in 1...200 {
      let critical = try Self.criticalCount(guesses) { correct in
        try OneRunOutcome(canaries: 200, guesses: guesses, correct: correct)
          .pValue(epsilon: epsilon, delta: 0) < alpha
      }
      let fixed = Self.tail(critical, of: guesses, accuracy: accuracy)
      #expect(fixed <= alpha)
      masses = (0...guesses).map { correct in
        (correct > 0 ? masses[correct - 1] * accuracy : 0)
          + (correct < guesses ? masses[correct] * (1 - accuracy) : 0)
      }
      for correct in masses.indices where correct >= critical {
        afterLooking += masses[correct]
        masses[correct] = 0
      }
    }
    #expect(afterLooking > 3 * alpha)
  }
}
