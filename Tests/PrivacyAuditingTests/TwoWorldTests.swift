import NumericalMethods
import PrivacyAccounting
import RoundVocabulary
import TestSupport
import Testing

@testable import PrivacyAuditing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ClopperPearsonTests {
  /// The definition: at the bound the tail has exactly the probability that was asked for.
  @Test func boundsAreWhereTheTailIsTheSignificance() {
    for trials in [1, 2, 10, 500] {
      for successes in 1...trials where trials <= 10 || successes.isMultiple(of: 97) {
        for significance in [0.5, 0.05, 1e-6] {
          let bound = ClopperPearson.lowerBound(
            successes: successes, trials: trials, significance: significance)
          let tail = exp(
            Binomial.logUpperTail(from: successes, trials: trials, probability: bound))
          #expect(abs(tail - significance) < 1e-9)
          #expect(bound < Double(successes) / Double(trials) || significance == 0.5)
          let above = ClopperPearson.upperBound(
            successes: trials - successes, trials: trials, significance: significance)
          #expect(above == 1 - bound)
        }
      }
    }
  }

  @Test func theEndsAreClosed() {
    #expect(ClopperPearson.lowerBound(successes: 0, trials: 9, significance: 0.05) == 0)
    #expect(ClopperPearson.upperBound(successes: 9, trials: 9, significance: 0.05) == 1)
    // All of n: p^n = significance.
    let all = ClopperPearson.lowerBound(successes: 9, trials: 9, significance: 0.05)
    #expect(abs(all - exp(log(0.05) / 9)) < 1e-12)
  }
}

@Suite struct TwoWorldTests {
  private static func counts(_ truePositives: Int, _ falsePositives: Int) throws -> TwoWorldCounts {
    try TwoWorldCounts(
      positives: 200, truePositives: truePositives, negatives: 200,
      falsePositives: falsePositives)
  }

  @Test(arguments: PrivacyFamily.kinds)
  func betterTestsNeverLowerTheBound(family: PrivacyFamily) throws {
    var last = 0.0
    for right in stride(from: 100, through: 200, by: 5) {
      let bound = try Self.counts(right, 200 - right)
        .epsilonLowerBound(in: family, delta: 1e-5, significance: 0.05)
      #expect(bound >= last)
      last = bound
    }
    let ceiling = try Self.counts(140, 60)
      .audit(of: .claim(epsilon: 1, delta: 1e-5), in: family, significance: 0.05).ceiling
    #expect(last == ceiling && last > 3)
  }

  @Test(arguments: PrivacyFamily.kinds)
  func greaterDeltasAndSmallerSignificancesNeverRaiseTheBound(family: PrivacyFamily) throws {
    let counts = try Self.counts(170, 20)
    let byDelta = try [1e-9, 1e-5, 1e-2, 0.3, 0.9].map {
      try counts.epsilonLowerBound(in: family, delta: $0, significance: 0.05)
    }
    #expect(byDelta == byDelta.sorted(by: >) && byDelta[4] == 0)
    let bySignificance = try [0.5, 0.05, 1e-3, 1e-9].map {
      try counts.epsilonLowerBound(in: family, delta: 1e-5, significance: $0)
    }
    #expect(bySignificance == bySignificance.sorted(by: >))
  }

  @Test(arguments: PrivacyFamily.kinds)
  func testsThatTellNothingOrTheOppositeProveNothing(family: PrivacyFamily) throws {
    for (truePositives, falsePositives) in [(0, 0), (200, 200), (100, 100), (105, 95)] {
      let bound = try Self.counts(truePositives, falsePositives)
        .epsilonLowerBound(in: family, delta: 1e-5, significance: 0.05)
      #expect(bound == 0)
    }
  }

  @Test func impossibleCountsAreRefused() {
    for (positives, truePositives, negatives, falsePositives) in [
      (0, 0, 10, 0), (10, 0, 0, 0), (10, 11, 10, 0), (10, -1, 10, 0), (10, 0, 10, 11),
    ] {
      #expect(throws: AuditError.self) {
        try TwoWorldCounts(
          positives: positives, truePositives: truePositives, negatives: negatives,
          falsePositives: falsePositives)
      }
    }
  }

  @Test func scoresThatMeanNothingAreRefused() {
    for (present, absent) in [
      ([1.0], [1.0, 2]), ([1, 2], [1]), ([], []), ([1, .nan], [1, 2]), ([1, 2], [.infinity, 2]),
    ] {
      #expect(throws: AuditError.self) { try TwoWorldScores(present: present, absent: absent) }
    }
  }

  @Test func theThresholdSeparatesAndItsOwnHalfIsNotCounted() throws {
    let scores = try TwoWorldScores(
      present: (0..<51).map { 10 + Double($0) }, absent: (0..<40).map { Double($0) / 10 })
    let split = try scores.split(seed: 3, delta: 0, significance: 0.05)
    #expect(split.counts.positives == 26 && split.counts.negatives == 20)
    #expect(split.threshold > 3.9 && split.counts.falsePositives == 0)
    #expect(split == (try scores.split(seed: 3, delta: 0, significance: 0.05)))
    // Ties all over: one threshold, which tells nothing.
    let flat = try TwoWorldScores(present: [1, 1, 1], absent: [1, 1])
    let none = try flat.split(seed: 3, delta: 0, significance: 0.05)
    #expect(try none.counts.epsilonLowerBound(delta: 0, significance: 0.05) == 0)
  }

  /// Gaussian noise against its own claim, at the level; with a quarter of the noise, with power.
  ///
  /// 200 seeded trials of 2 * 200 runs. A test at level 0.05 fails 34 or more of 200 with probability
  /// below 1e-9.
  @Test func honestNoisePassesAndTooLittleIsCaught() throws {
    let trials = 200
    let claim = PrivacyGuarantee.claim(
      epsilon: GaussianGuarantee.epsilon(noiseMultiplier: 2, delta: 1e-2), delta: 1e-2)
    var generator = DeterministicGenerator(seed: 11)
    for mu in [0.5, 2] {
      var failures: [PrivacyFamily: Int] = [:]
      for trial in 0..<trials {
        let noise = generator.nextNormals(400)
        let scores = try TwoWorldScores(
          present: noise[..<200].map { $0 + mu }, absent: Array(noise[200...]))
        let counts = try scores.split(seed: UInt64(trial), delta: 1e-2, significance: 0.05).counts
        for family in PrivacyFamily.kinds {
          let result = try counts.audit(of: claim, in: family, significance: 0.05)
          failures[family, default: 0] += result.verdict == .fail ? 1 : 0
        }
      }
      for family in PrivacyFamily.kinds {
        let count = failures[family, default: 0]
        #expect(
          mu == 0.5
            ? count < StatisticalLimit.failures(of: trials, at: 0.05)
            : StatisticalLimit.power(caught: count, of: trials) > 0.9)
      }
    }
  }
}
