import Behavior
import NumericalMethods
import ProfileModel
import ReleasedParts
import Testing

@Suite struct RankerTests {
  private func example(seed: UInt64) -> RankerExample {
    var generator = DeterministicGenerator(seed: seed)
    return RankerExample(
      features: (0..<(21 * RankerFeature.allCases.count)).map { _ in
        Float(generator.nextUnit()) * 4 - 2
      })
  }

  /// Central differences of the loss; the step balances rounding and truncation for Float.
  @Test(arguments: 1...10) func ascentIsMinusTheGradientOfTheLoss(seed: UInt64) {
    let example = example(seed: seed)
    var generator = DeterministicGenerator(seed: seed, stream: 1)
    let weights = RankerFeature.allCases.map { _ in Float(generator.nextUnit()) - 0.5 }
    let ascent = example.ascent(weights: weights)
    let step: Float = 0.02
    for feature in weights.indices {
      var above = weights
      var below = weights
      above[feature] += step
      below[feature] -= step
      let slope = (example.loss(weights: above) - example.loss(weights: below)) / (2 * step)
      #expect(abs(ascent[feature] + slope) < 2e-3)
    }
  }

  @Test func negativesAreNeitherTheTargetNorOwnItems() {
    var generator = DeterministicGenerator(seed: 5)
    var table = FeatureTable(itemCount: 12)
    let rest = Fixture.history([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    table.fill(for: rest, model: Fixture.model)
    let example = RankerExample(
      target: 10, history: rest, table: table, negatives: 200, generator: &generator)
    // Only item 11 is left to be drawn, with probability 1/12 each: none in 200 draws has
    // probability below 3e-8, and the seed is fixed.
    let expected = table.features(of: 11)
    let width = RankerFeature.allCases.count
    #expect(example.candidateCount > 1)
    #expect(Array(example.features[0..<width]) == table.features(of: 10))
    for candidate in 1..<example.candidateCount {
      #expect(Array(example.features[(candidate * width)..<((candidate + 1) * width)]) == expected)
    }
  }

  /// An ablation trains as if its features were 0: all others move as without them, and those stay.
  @Test(arguments: RankerAblation.allCases)
  func ablationHidesExactlyItsFeatures(missing: RankerAblation) {
    let hidden: Set<RankerFeature> =
      switch missing {
      case .recency: [.contentRecent, .gramRecent]
      case .content: [.contentHistory, .contentRecent]
      case .basis: [.gram, .gramRoot, .gramRecent]
      }
    let whole = example(seed: 9)
    let width = RankerFeature.allCases.count
    var blind = whole.features
    for index in blind.indices where hidden.contains(RankerFeature.allCases[index % width]) {
      blind[index] = 0
    }
    let weights = (1...width).map { Float($0) / 10 }
    #expect(
      whole.ascent(weights: weights, without: missing)
        == RankerExample(features: blind).ascent(weights: weights))
    #expect(whole.ascent(weights: weights, without: missing) != whole.ascent(weights: weights))
    // What comes after the features is an encoder's score, which goes by order.
    #expect(missing.hides(column: width) == (missing == .recency))
  }

  @Test func featuresAreStandardizedOverTheCatalogue() {
    var table = FeatureTable(itemCount: 12)
    table.fill(for: Fixture.history([1, 4, 9]), model: Fixture.model)
    for feature in RankerFeature.allCases where feature != .popularityTaste {
      let column = table.columns[feature.rawValue]
      #expect(abs(column.reduce(0, +) / 12) < 1e-4)
      #expect(column.allSatisfy { (-4...8).contains($0) })
    }
  }

  @Test func emptyHistoryLeavesOnlyPopularity() {
    var table = FeatureTable(itemCount: 12)
    table.fill(for: Fixture.history([]), model: Fixture.model)
    for feature in RankerFeature.allCases where feature != .popularity {
      #expect(table.columns[feature.rawValue].allSatisfy { $0 == 0 })
    }
  }

  /// An encoder of public people is one feature more, and one that sees the order of events.
  @Test func aPublicEncoderIsAFeature() throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 12)
    configuration.width = 4
    configuration.length = 3
    configuration.shape = .recurrent
    let encoder = try SequenceEncoder(configuration)
    var scorer = try SequenceScorer(encoder, parameters: encoder.layout.initialValues(seed: 1))
    let model = FeatureModel(
      content: Fixture.content, popularity: Fixture.popularity, scorer: Fixture.scorer,
      publicEncoder: scorer)
    let width = RankerFeature.allCases.count + 1
    #expect(model.featureCount == width && model.initialWeights.count == width)
    #expect(model.initialWeights.last == 0)
    var table = FeatureTable(itemCount: 12)
    // Twice: the second history must find nothing of the first.
    table.fill(for: Fixture.history([5, 6]), model: model)
    table.fill(for: Fixture.history([0, 1, 4, 9]), model: model)
    var expected = [Float](repeating: 0, count: 12)
    try scorer.score(
      EventSequence(
        items: [1, 4, 9], kinds: [.rate, .rate, .rate], gaps: [0, 0, 0], itemCount: 12),
      into: &expected)
    VectorKernels.standardize(&expected, low: -4, high: 8)
    #expect(table.columns.count == width && table.columns[width - 1] == expected)
    var generator = DeterministicGenerator(seed: 5)
    let example = RankerExample(
      target: 10, history: Fixture.history([0, 1, 4, 9]), table: table, negatives: 20,
      generator: &generator)
    #expect(example.width == width && example.features[width - 1] == expected[10])
    #expect(
      example.ascent(weights: model.initialWeights, without: .recency)[width - 1] == 0)
    #expect(example.ascent(weights: model.initialWeights)[width - 1] != 0)
  }
}
