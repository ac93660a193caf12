import ProfileModel
import Testing

@Suite struct DecisionMetricsTests {
  private let decisions: [(probability: Double, isPositive: Bool)] = [
    (0.9, true), (0.8, false), (0.7, true), (0.3, true), (0.2, false), (0.1, false),
  ]

  @Test func countsAndRatesAtTheThreshold() {
    let metrics = DecisionMetrics(decisions, threshold: 0.5)
    #expect(metrics.truePositives == 2 && metrics.falsePositives == 1)
    #expect(metrics.trueNegatives == 2 && metrics.falseNegatives == 1)
    #expect(metrics.accuracy == 4.0 / 6)
    #expect(metrics.precision == 2.0 / 3)
    #expect(metrics.recall == 2.0 / 3)
    #expect(abs(metrics.f1 - 2.0 / 3) < 1e-12)
    // Of nine pairs seven are in order.
    #expect(abs(metrics.auc - 7.0 / 9) < 1e-12)
  }

  @Test func tiesCountHalf() {
    let metrics = DecisionMetrics([(0.5, true), (0.5, false)], threshold: 0.5)
    #expect(metrics.auc == 0.5)
    #expect(metrics.roc.count == 2)
  }

  @Test func emptyClassesAreDefined() {
    let nothing = DecisionMetrics([], threshold: 0.5)
    #expect(nothing.auc == 0.5 && nothing.accuracy == 0 && nothing.f1 == 0)
    let onlyNegatives = DecisionMetrics([(0.1, false)], threshold: 0.5)
    #expect(onlyNegatives.auc == 0.5 && onlyNegatives.accuracy == 1)
  }

  @Test func longCurvesAreThinnedAndKeepTheirEnds() {
    let many = (0..<5000).map { (probability: Double($0) / 5000, isPositive: $0 % 3 == 0) }
    let roc = DecisionMetrics(many, threshold: 0.5).roc
    #expect(roc.count <= 201)
    #expect(roc.first?.falsePositiveRate == 0 && roc.first?.truePositiveRate == 0)
    #expect(roc.last?.falsePositiveRate == 1 && roc.last?.truePositiveRate == 1)
  }

  @Test func tagQualityByHand() {
    let quality = TagQuality(
      predicted: [[0, 1, 2], [0, 1, 3], [4, 5, 6]], truth: [[0, 1], [9], []], tagCount: 10)
    #expect(abs(quality.precisionAt3 - 1.0 / 3) < 1e-7)
    #expect(quality.precisions.count == 2 && quality.recalls == [1, 0])
    #expect(quality.recall == 0.5)
    #expect(quality.coverage == 0.7)
  }
}
