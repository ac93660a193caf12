import PrivacyAccounting
import TestSupport
import Testing

@testable import PrivacyAuditing

/// The golden values of `auditing.json`, all of them.
@Suite struct AuditVectorTests {
  private static let vectors = Result { try AccountingVectors.load("auditing") }

  private static func cases(_ mechanism: String) throws -> [AccountingVectors.Case] {
    try vectors.get().cases.filter { $0.mechanism == mechanism }
  }

  private static func number(_ vector: AccountingVectors.Case, _ name: String) throws -> Double {
    try #require(vector.params[name]?.number, "\(vector.id) has no \(name)")
  }

  private static func count(_ vector: AccountingVectors.Case, _ name: String) throws -> Int {
    try Int(number(vector, name))
  }

  /// The rule of the vectors' README: never more than the reference, and little less.
  private static func expectBound(
    _ value: Double, near reference: Double, _ place: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(value <= reference + 1e-6, place, sourceLocation: sourceLocation)
    #expect(value >= reference - 1e-3, place, sourceLocation: sourceLocation)
  }

  @Test func everyCaseBelongsToATest() throws {
    let tested = ["one_run_audit", "multi_run_audit", "one_shot_estimate"]
    let counts = try tested.map { try Self.cases($0).count }
    #expect(counts == [12, 6, 4])
    #expect(try Self.vectors.get().cases.count == 22)
  }

  @Test func oneRunValuesAgree() throws {
    var compared = 0
    for vector in try Self.cases("one_run_audit") {
      let outcome = try OneRunOutcome(
        canaries: Self.count(vector, "m"), guesses: Self.count(vector, "guesses"),
        correct: Self.count(vector, "correct"))
      let delta = try Self.number(vector, "delta")
      for result in vector.results {
        let reference = try #require(result.number(of: "ref.one_run"))
        compared += 1
        if let epsilon = result.at["epsilon"]?.number {
          let value = try outcome.pValue(epsilon: epsilon, delta: delta)
          #expect(value >= reference * (1 - 1e-9) && value <= reference * (1 + 1e-7))
          continue
        }
        let significance = try #require(result.at["significance"]?.number)
        let bound = try outcome.epsilonLowerBound(delta: delta, significance: significance)
        #expect(abs(bound - reference) < 1e-6, "\(vector.id)")
        Self.expectBound(bound, near: reference, "\(vector.id)")
        let peer = try #require(result.number(of: "jax_privacy.one_run"))
        #expect(abs(bound - peer) < 2e-6, "\(vector.id)")
        if let tighter = result.number(of: "jax_privacy.one_run_fdp") {
          let bound = try outcome.epsilonLowerBound(
            in: .gaussian(.exact), delta: delta, significance: significance)
          Self.expectBound(bound, near: tighter, "\(vector.id)")
          compared += 1
        }
      }
    }
    #expect(compared == 48 + 16)
  }

  @Test func twoWorldValuesAgree() throws {
    var compared = 0
    for vector in try Self.cases("multi_run_audit") {
      let counts = try TwoWorldCounts(
        positives: Self.count(vector, "positives"),
        truePositives: Self.count(vector, "true_positives"),
        negatives: Self.count(vector, "negatives"),
        falsePositives: Self.count(vector, "false_positives"))
      let delta = try Self.number(vector, "delta")
      for result in vector.results {
        let significance = try 1 - #require(result.at["confidence"]?.number)
        for (method, family) in [
          ("ref.clopper_pearson", PrivacyFamily.approximate), ("ref.gdp", .gaussian(.exact)),
        ] {
          guard let reference = result.number(of: method) else { continue }
          let bound = try counts.epsilonLowerBound(
            in: family, delta: delta, significance: significance)
          Self.expectBound(bound, near: reference, "\(vector.id)")
          #expect(abs(bound - reference) < 1e-6, "\(vector.id)")
          compared += 1
        }
      }
    }
    #expect(compared == 12 + 10)
  }

  @Test func estimatesAgree() throws {
    for vector in try Self.cases("one_shot_estimate") {
      let estimate = try CanaryEstimate(
        meanCosine: Self.number(vector, "mean_cosine"),
        cosineStandardDeviation: Self.number(vector, "std_cosine"),
        dimension: Self.count(vector, "dimension"), delta: Self.number(vector, "delta"))
      let reference = try #require(vector.results.first?.number(of: "ref.one_shot_gauss"))
      #expect(abs(estimate.epsilonEstimate - reference) < 1e-8, "\(vector.id)")
    }
  }
}
