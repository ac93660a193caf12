import PrivacyAccounting
import NumericalMethods
import RoundVocabulary
import Testing

@testable import PrivacyAuditing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct OneRunOutcomeTests {
  private static func outcome(_ m: Int, _ r: Int, _ v: Int) throws -> OneRunOutcome {
    try OneRunOutcome(canaries: m, guesses: r, correct: v)
  }

  /// Each method's bound, so that properties are tested of all.
  enum Method: CaseIterable {
    case binomial, approximateCurves, gaussianCurves

    func bound(
      _ outcome: OneRunOutcome, delta: Double, significance: Double
    ) throws -> Double {
      switch self {
      case .binomial:
        try outcome.epsilonLowerBound(delta: delta, significance: significance)
      case .approximateCurves:
        try outcome.epsilonLowerBound(in: .approximate, delta: delta, significance: significance)
      case .gaussianCurves:
        try outcome.epsilonLowerBound(
          in: .gaussian(.exact), delta: delta, significance: significance)
      }
    }
  }

  /// The definition, term by term.
  private static func naivePValue(
    _ outcome: OneRunOutcome, epsilon: Double, delta: Double
  ) -> Double {
    let q = 1 / (1 + exp(-epsilon))
    func mass(_ k: Int) -> Double {
      exp(Binomial.logMass(k, trials: outcome.guesses, probability: q))
    }
    let tail = (outcome.correct...outcome.guesses).reduce(0) { $0 + mass($1) }
    var greatest = 0.0
    for i in stride(from: 1, through: outcome.correct, by: 1) {
      let between = (outcome.correct - i..<outcome.correct).reduce(0) { $0 + mass($1) }
      greatest = max(greatest, between / Double(i))
    }
    return min(1, tail + 2 * Double(outcome.canaries) * delta * greatest)
  }

  @Test func pValuesFollowTheirDefinition() throws {
    for r in [0, 1, 2, 7, 30] {
      for v in 0...r {
        for epsilon in [0, 0.3, 2, 6] {
          for delta in [0, 1e-3, 0.1] {
            let outcome = try Self.outcome(40, r, v)
            let value = try outcome.pValue(epsilon: epsilon, delta: delta)
            let naive = Self.naivePValue(outcome, epsilon: epsilon, delta: delta)
            #expect(abs(value - naive) <= 1e-7 * naive)
          }
        }
      }
    }
  }

  @Test(arguments: Method.allCases)
  func moreCorrectGuessesNeverLowerTheBound(method: Method) throws {
    for delta in [1e-6, 1e-2] {
      var last = 0.0
      for v in 0...40 {
        let bound = try method.bound(Self.outcome(50, 40, v), delta: delta, significance: 0.05)
        #expect(bound >= last)
        last = bound
      }
      #expect(last > 0 || delta > 1e-3)
    }
  }

  @Test(arguments: Method.allCases)
  func greaterDeltasAndSmallerSignificancesNeverRaiseTheBound(method: Method) throws {
    for v in [60, 75, 80] {
      let outcome = try Self.outcome(100, 80, v)
      for values in [
        try [1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 0.1].map {
          try method.bound(outcome, delta: $0, significance: 0.05)
        },
        try [0.5, 0.1, 0.05, 1e-2, 1e-4, 1e-9].map {
          try method.bound(outcome, delta: 1e-5, significance: $0)
        },
      ] {
        #expect(values == values.sorted(by: >), "\(v) correct: \(values)")
        #expect(values[0] > values[5])
      }
    }
  }

  /// Canaries without a guess cost through delta alone.
  @Test func moreCanariesCostThroughDeltaOnly() throws {
    let few = try Self.outcome(100, 100, 90)
    let many = try Self.outcome(10_000, 100, 90)
    for delta in [0, 1e-5] {
      let bounds = try [few, many].map {
        try $0.epsilonLowerBound(delta: delta, significance: 0.05)
      }
      #expect(delta == 0 ? bounds[0] == bounds[1] : bounds[0] > bounds[1])
    }
  }

  @Test(arguments: Method.allCases)
  func coinsRefuteNothing(method: Method) throws {
    for (r, v) in [(0, 0), (1, 0), (1, 1), (100, 0), (100, 50), (100, 55)] {
      #expect(try method.bound(Self.outcome(100, r, v), delta: 1e-6, significance: 0.01) == 0)
    }
  }

  /// With delta 0 and all guesses right P(X >= r) = q^r, so the bound is known.
  @Test(arguments: [1, 10, 1000])
  func perfectGuessesReachTheCeiling(r: Int) throws {
    let claim = PrivacyGuarantee.claim(epsilon: 1, delta: 0)
    let result = try Self.outcome(1000, r, r).audit(of: claim, significance: 0.05)
    let root = exp(log(0.05) / Double(r))
    #expect(abs(result.ceiling - max(0, log(root / (1 - root)))) < 1e-6)
    #expect(result.epsilonLowerBound == result.ceiling)
    #expect(result.verdict == (result.ceiling > 1 ? .fail : .pass))
    #expect(result.couldHaveFailed == (r > 9))
  }

  @Test func aResultCarriesWhatItWasAskedFor() throws {
    let claim = PrivacyGuarantee.claim(epsilon: 1.5, delta: 1e-5)
    let outcome = try Self.outcome(1000, 500, 400)
    let oneRun = try outcome.audit(of: claim, significance: 0.05)
    #expect(oneRun.method == .oneRun && oneRun.significance == 0.05)
    #expect(oneRun.claimedGuarantee == claim)
    #expect(oneRun.verdict == .pass && oneRun.couldHaveFailed)
    #expect(oneRun.ceiling > 5)
    // The same guesses refute Gaussian noise with this epsilon at this delta.
    let gaussian = try outcome.audit(of: claim, in: .gaussian(.exact), significance: 0.05)
    #expect(gaussian.method == .oneRunTradeOff(.gaussian(.exact)))
    #expect(gaussian.verdict == .fail && gaussian.ceiling > gaussian.epsilonLowerBound)
  }

  @Test func nothingFailsAPlanThatPromisesNothing() throws {
    let claim = PrivacyGuarantee.claim(epsilon: .infinity, delta: 1e-5)
    let result = try Self.outcome(1000, 1000, 1000).audit(of: claim, significance: 0.05)
    #expect(result.verdict == .pass && !result.couldHaveFailed)
  }

  @Test func impossibleOutcomesAreRefused() {
    for (m, r, v) in [(0, 0, 0), (-1, 0, 0), (10, 11, 0), (10, 5, 6), (10, 5, -1), (10, -1, 0)] {
      #expect(throws: AuditError.self) { try Self.outcome(m, r, v) }
    }
    #expect(throws: AuditError.self) { try Self.outcome(1_000_001, 1, 1) }
  }

  @Test func impossibleQuestionsAreRefused() throws {
    let outcome = try Self.outcome(10, 10, 10)
    for delta in [-1e-9, 1, 2, .nan] {
      #expect(throws: AuditError.self) { try outcome.pValue(epsilon: 1, delta: delta) }
      for method in Method.allCases {
        #expect(throws: AuditError.self) {
          try method.bound(outcome, delta: delta, significance: 0.05)
        }
      }
    }
    for epsilon in [-1e-9, .nan] {
      #expect(throws: AuditError.self) { try outcome.pValue(epsilon: epsilon, delta: 0) }
      #expect(throws: AuditError.self) {
        try outcome.audit(of: .claim(epsilon: epsilon, delta: 0), significance: 0.05)
      }
    }
    for significance in [0, 1, -1, .nan] {
      for method in Method.allCases {
        #expect(throws: AuditError.self) {
          try method.bound(outcome, delta: 1e-5, significance: significance)
        }
      }
    }
    // Gaussian noise has no guarantee at delta 0.
    #expect(throws: AuditError.self) {
      try outcome.audit(of: .claim(epsilon: 1, delta: 0), in: .gaussian(.exact), significance: 0.05)
    }
  }
}
