/// Quality of yes/no decisions by a threshold on a probability.
package struct DecisionMetrics: Sendable, Equatable {
  /// One point of the receiver operating characteristic.
  package struct Point: Sendable, Equatable {
    package let falsePositiveRate: Double
    package let truePositiveRate: Double
  }

  package let truePositives: Int
  package let falsePositives: Int
  package let trueNegatives: Int
  package let falseNegatives: Int
  /// Area under the curve, ties half; 1/2 when one class is empty.
  package let auc: Double
  /// From (0, 0) to (1, 1), thinned to at most about two hundred points.
  package let roc: [Point]

  private static let mostPoints = 200

  /// Decides yes from the threshold on.
  package init(_ decisions: [(probability: Double, isPositive: Bool)], threshold: Double) {
    var yes = (positive: 0, negative: 0)
    var no = (positive: 0, negative: 0)
    for decision in decisions {
      switch (decision.probability >= threshold, decision.isPositive) {
      case (true, true): yes.positive += 1
      case (true, false): yes.negative += 1
      case (false, true): no.positive += 1
      case (false, false): no.negative += 1
      }
    }
    truePositives = yes.positive
    falsePositives = yes.negative
    trueNegatives = no.negative
    falseNegatives = no.positive
    let curve = Self.curve(
      decisions.sorted { $0.probability > $1.probability },
      positives: max(yes.positive + no.positive, 1), negatives: max(yes.negative + no.negative, 1))
    let hasBoth = yes.positive + no.positive > 0 && yes.negative + no.negative > 0
    auc = hasBoth ? Self.area(under: curve) : 0.5
    roc = Self.thinned(curve)
  }

  /// Share of right decisions; 0 without any.
  package var accuracy: Double {
    ratio(
      truePositives + trueNegatives,
      truePositives + trueNegatives + falsePositives + falseNegatives)
  }

  /// Share of the yeses that are right; 0 without any.
  package var precision: Double { ratio(truePositives, truePositives + falsePositives) }

  /// Share of the positives that are found; 0 without any.
  package var recall: Double { ratio(truePositives, truePositives + falseNegatives) }

  /// Harmonic mean of precision and recall; 0 when both are.
  package var f1: Double {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }

  /// One point per distinct probability, so that ties make a slanted piece.
  private static func curve(
    _ descending: [(probability: Double, isPositive: Bool)], positives: Int, negatives: Int
  ) -> [Point] {
    var points = [Point(falsePositiveRate: 0, truePositiveRate: 0)]
    var found = (positive: 0, negative: 0)
    for (index, decision) in descending.enumerated() {
      if decision.isPositive { found.positive += 1 } else { found.negative += 1 }
      let isLastOfTie =
        index + 1 == descending.count || descending[index + 1].probability != decision.probability
      if isLastOfTie {
        points.append(
          Point(
            falsePositiveRate: Double(found.negative) / Double(negatives),
            truePositiveRate: Double(found.positive) / Double(positives)))
      }
    }
    return points
  }

  private static func area(under curve: [Point]) -> Double {
    zip(curve, curve.dropFirst()).reduce(0) { sum, pair in
      sum + (pair.1.falsePositiveRate - pair.0.falsePositiveRate)
        * (pair.0.truePositiveRate + pair.1.truePositiveRate) / 2
    }
  }

  private static func thinned(_ curve: [Point]) -> [Point] {
    guard curve.count > mostPoints, let last = curve.last else { return curve }
    let step = Double(curve.count - 1) / Double(mostPoints - 1)
    return (0..<(mostPoints - 1)).map { curve[Int(Double($0) * step)] } + [last]
  }
}
