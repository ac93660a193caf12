import Testing

@testable import AccountingConformance

/// The rules of the vectors' README on made-up results.
@Suite struct JudgeTests {
  private func result(
    _ quantity: String, _ references: [String: Double], error: Double = 0, bounds: [Double] = []
  ) -> VectorResult {
    VectorResult(
      quantity: quantity, query: .fields([:]),
      references: references.map {
        VectorResult.Reference(method: $0.key, value: $0.value, error: error)
      }, provenBounds: bounds)
  }

  private func outcome(
    _ value: Double, lower: Double? = nil, _ result: VectorResult
  ) -> Outcome {
    Judge.judge(value, lower: lower, result).outcome
  }

  @Test func epsilonBelowTheReferenceIsUnsoundWhateverAPeerSays() {
    let known = result("epsilon", ["ref.tilted_pld": 2, "dp_accounting.pld": 1.9])
    #expect(outcome(1.95, known) == .unsound)
    #expect(outcome(2 - 2.9e-9, known) == .ok)
    #expect(outcome(2 - 3.1e-9, known) == .unsound)
    #expect(outcome(.nan, known) == .unsound)
  }

  @Test func epsilonAboveTheToleranceIsLoose() {
    let small = result("epsilon", ["ref.tilted_pld": 0.5], error: 1e-5)
    #expect(outcome(0.50100, small) == .ok)
    #expect(outcome(0.50102, small) == .loose)
    let large = result("epsilon", ["ref.tilted_pld": 20])
    #expect(outcome(20.0199, large) == .ok)
    #expect(outcome(20.0201, large) == .loose)
    #expect(outcome(.infinity, large) == .loose)
    #expect(outcome(.infinity, result("epsilon", ["ref.tilted_pld": .infinity])) == .ok)
  }

  @Test func aLowerEndAboveTheTruthIsUnsound() {
    let known = result("epsilon", ["ref.exact_gaussian": 2])
    #expect(outcome(2.0005, lower: 1.9, known) == .ok)
    #expect(outcome(2.0005, lower: 2.0001, known) == .unsound)
  }

  @Test func deltaIsJudgedRelativelyHoweverSmall() {
    let known = result("delta", ["ref.exact_gaussian": 1e-12])
    #expect(outcome(0.99e-12, known) == .unsound)
    #expect(outcome(1.009e-12, known) == .ok)
    #expect(outcome(1.02e-12, known) == .loose)
    #expect(outcome(5e-16, result("delta", ["ref.exact_gaussian": 1e-30])) == .ok)
  }

  @Test func zeroConcentrationLiesBetweenItsTwoReferences() {
    let known = result(
      "epsilon", ["ref.gaussian_exact": 1, "ref.tight": 1.1, "ref.simple": 1.3])
    #expect(outcome(0.99, known) == .unsound)
    #expect(outcome(1.05, known) == .ok)
    #expect(outcome(1.2, known) == .loose)
  }

  @Test func withoutAReferenceThePeerIsTheLimitFromAbove() {
    let known = result("epsilon", ["dp_accounting.pld": 3, "dp_accounting.rdp": 4])
    #expect(outcome(2.5, known) == .ok)
    #expect(outcome(3.002, known) == .ok)
    #expect(outcome(3.5, known) == .loose)
    let selection = result(
      "epsilon", ["dp_accounting.rdp": 12, "dp_accounting.rdp_single_run": 8])
    #expect(outcome(7.9, selection) == .unsound)
    #expect(outcome(11, selection) == .ok)
  }

  @Test func aPeerThatIsKnownToBeWrongIsNotCompared() {
    var known = result("epsilon", [:])
    known.references = [
      VectorResult.Reference(method: "dp_accounting.pld", value: 3, isBelowTruth: true),
      VectorResult.Reference(method: "dp_accounting.rdp", value: 4),
    ]
    #expect(outcome(3.9, known) == .ok)
    #expect(outcome(1, result("epsilon", [:])) != .ok)
  }

  @Test func closedFormsAreExactToNineDigits() {
    let known = result("rdp", ["ref.closed_form": 2])
    #expect(outcome(2 * (1 - 1.1e-9), known) == .unsound)
    #expect(outcome(2 * (1 + 0.9e-9), known) == .ok)
    #expect(outcome(2 * (1 + 1.1e-9), known) == .loose)
  }

  @Test func aDivergenceMayReachAProvenBound() {
    let known = result("rdp", ["ref.exact_discrete": 2], bounds: [3])
    #expect(outcome(2.7, known) == .ok)
    #expect(outcome(1.9, known) == .unsound)
    #expect(outcome(3.1, known) == .loose)
  }

  @Test func tooManyRoundsAreUnsoundAndTooFewLoose() {
    let known = result("max_count", ["dp_accounting.pld": 874, "dp_accounting.rdp": 531])
    #expect(outcome(876, known) == .unsound)
    #expect(outcome(874, known) == .ok)
    #expect(outcome(531, known) == .loose)
  }

  @Test func noiseAThousandthLowerMustNotBeEnough() {
    let known = result("noise_multiplier", ["ref.exact_gaussian": 1])
    #expect(outcome(0.999, known) == .unsound)
    #expect(outcome(1.0009, known) == .ok)
    #expect(outcome(1.0011, known) == .loose)
  }

  @Test func renyiOrdersMustReachThePeer() throws {
    let known = result("epsilon", ["dp_accounting.rdp": 2.2, "ref.tilted_pld": 2])
    #expect(Judge.epsilonByOrders(2.2, known)?.outcome == .ok)
    #expect(Judge.epsilonByOrders(2.21, known)?.outcome == .loose)
    #expect(Judge.epsilonByOrders(1.9, known)?.outcome == .unsound)
    #expect(Judge.epsilonByOrders(2, result("epsilon", ["ref.tilted_pld": 2])) == nil)
  }
}
