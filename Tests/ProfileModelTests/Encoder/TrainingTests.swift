import Behavior
import NumericalMethods
import ProfileModel
import Testing

@Suite struct EncoderTrainingTests {
  @Test func everyEventButTheFirstIsATargetOnce() {
    for count in 0...23 {
      let windows = TrainingWindow.windows(user: 3, eventCount: count, length: 5)
      let targets = windows.flatMap { Array($0.events.dropFirst()) }.sorted()
      #expect(targets == (count < 2 ? [] : Array(1..<count)))
      #expect(windows.allSatisfy { $0.targetCount <= 5 && $0.user == 3 })
    }
  }

  /// The mask keeps the share it should, and each place and seed has its own.
  @Test func dropoutKeepsItsShare() {
    let dropout = Dropout(rate: 0.3, seed: 4)
    var first = [Float](repeating: 1, count: 100_000)
    var again = first
    var other = first
    dropout.apply(&first, count: 100_000, place: 1)
    dropout.apply(&again, count: 100_000, place: 1)
    dropout.apply(&other, count: 100_000, place: 2)
    #expect(first == again)
    // Standard deviation 145; 6 of them.
    let kept = first.count { $0 != 0 }
    #expect(abs(kept - 70_000) < 870)
    #expect(first.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
    // Independent masks agree at 0.58 of the places.
    let equal = zip(first, other).count { $0 == $1 }
    #expect(abs(equal - 58_000) < 940)
  }

  @Test func noDropoutChangesNothing() {
    var x: [Float] = [1, 2, 3]
    Dropout.none.apply(&x, count: 3, place: 0)
    #expect(x == [1, 2, 3])
  }

  private func learner(
    _ objective: NextItemObjective
  ) throws -> (NextItemLearner, [EventSequence], [TrainingWindow]) {
    var configuration = SequenceEncoder.Configuration(itemCount: 40)
    configuration.width = 8
    configuration.length = 6
    configuration.shape = .transformer(blocks: 1, heads: 2, inner: 8)
    let encoder = try SequenceEncoder(configuration)
    let items: [Int32] = [1, 7, 2, 9, 4, 1, 7, 2]
    let sequence = try EventSequence(
      items: items, kinds: items.map { _ in .view }, gaps: items.map { _ in 0 }, itemCount: 40)
    return (
      NextItemLearner(encoder, objective, windows: 2), [sequence],
      TrainingWindow.windows(user: 0, eventCount: items.count, length: 6)
    )
  }

  /// With a device's own few items, only their rows and the negatives' get a gradient.
  @Test func onlyTouchedRowsGetGradients() throws {
    var (learner, sequences, windows) = try learner(.sampledSoftmax(negatives: 10))
    let layout = learner.encoder.layout
    var generator = DeterministicGenerator(seed: 5)
    let touched = try #require(
      learner.chooseItems(for: windows, of: sequences, &generator))
    #expect(touched.count == 15)
    #expect(Set([1, 7, 2, 9, 4]).isSubset(of: Set(touched)))
    var gradients = Gradients(count: layout.count)
    gradients.clear(visiting: touched, of: layout)
    let ranges = gradients.ranges
    _ = learner.accumulate(
      windows, of: sequences, weight: 1, layout.initialValues(seed: 1), dropout: .none,
      into: &gradients.values)
    for index in gradients.values.indices where gradients.values[index] != 0 {
      #expect(ranges.contains { $0.contains(index) })
    }
    let identity = try #require(learner.encoder.items.identity)
    for item in touched {
      #expect(gradients.values[identity.row(Int(item))].contains { $0 != 0 })
    }
  }

  @Test func negativesRunOutGracefully() throws {
    var (learner, sequences, windows) = try learner(.logistic(negatives: 1000))
    var generator = DeterministicGenerator(seed: 5)
    let touched = learner.chooseItems(for: windows, of: sequences, &generator)
    #expect(touched == Array(0..<40))
  }

  /// A few steps of each objective make the own next items likelier.
  @Test(arguments: [
    NextItemObjective.fullSoftmax, .sampledSoftmax(negatives: 20), .pairwise(negatives: 20),
    .logistic(negatives: 20),
  ]) func trainingLowersTheLoss(objective: NextItemObjective) throws {
    var (learner, sequences, windows) = try learner(objective)
    let layout = learner.encoder.layout
    var parameters = layout.initialValues(seed: 2)
    var optimizer = Optimizer(.adam(), parameterCount: layout.count)
    var losses: [Double] = []
    for _ in 0..<60 {
      // The same negatives each time, so that losses can be compared.
      var generator = DeterministicGenerator(seed: 6)
      var gradients = Gradients(count: layout.count)
      if let touched = learner.chooseItems(for: windows, of: sequences, &generator) {
        gradients.clear(visiting: touched, of: layout)
      }
      losses.append(
        learner.accumulate(
          windows, of: sequences, weight: 0.1, parameters, dropout: .none,
          into: &gradients.values))
      optimizer.step(&parameters, gradients, rate: 0.02)
    }
    #expect((losses.last ?? .infinity) < 0.3 * losses[0])
  }
}
