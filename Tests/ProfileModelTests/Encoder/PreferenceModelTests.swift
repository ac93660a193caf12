import NumericalMethods
import ProfileModel
import TestSupport
import Testing

@Suite struct PreferenceModelTests {
  private let model = PreferenceModel(itemCount: 9, width: 3, hidden: 4)

  /// The layer with a shared input is the plain layer on rows that repeat it.
  @Test func sharedInputEqualsRepeatedInput() {
    var layout = ParameterLayout()
    let layer = SharedInputLinearLayer("layer", own: 3, shared: 2, outputs: 4, in: &layout)
    var plainLayout = ParameterLayout()
    let plain = LinearLayer("layer", inputs: 5, outputs: 4, in: &plainLayout)
    #expect(layout.count == plainLayout.count)
    let parameters = randomVector(layout.count, seed: 1)
    let x = randomVector(15, seed: 2)
    let u = randomVector(2, seed: 3)
    let weight = randomVector(12, seed: 4)
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    // Rows 2, 3 and 4 of five.
    let joined = (2..<5).flatMap { Array(x[(3 * $0)..<(3 * $0 + 3)]) + u }
    var (constant, y, expected) = (zeros(4), zeros(12), zeros(12))
    layer.forward(x, first: 2, rows: 3, beside: u, parameters, constant: &constant, into: &y)
    plain.forward(joined, rows: 3, parameters, into: &expected)
    expectClose(y, expected, tolerance: 1e-5)
    var (gradients, dx, du) = (zeros(layout.count), zeros(9), zeros(2))
    layer.backward(
      x, first: 2, rows: 3, beside: u, outputGradient: weight, parameters, constant: &constant,
      gradients: &gradients, inputGradient: &dx, sharedGradient: &du)
    var (plainGradients, dJoined) = (zeros(layout.count), zeros(15))
    plain.accumulate(joined, outputGradient: weight, rows: 3, into: &plainGradients)
    plain.propagate(outputGradient: weight, rows: 3, parameters, into: &dJoined)
    expectClose(gradients, plainGradients, tolerance: 1e-5)
    expectClose(dx, (0..<3).flatMap { Array(dJoined[(5 * $0)..<(5 * $0 + 3)]) }, tolerance: 1e-5)
    expectClose(
      du, (3..<5).map { column in (0..<3).reduce(Float(0)) { $0 + dJoined[5 * $1 + column] } },
      tolerance: 1e-5)
  }

  /// One step of SGD moves by the gradient, which differences of the loss confirm.
  @Test func oneStepFollowsTheGradient() throws {
    let items: [Int32] = [1, 4, 7]
    let labels: [Float] = [1, 0, 1]
    let given = randomVector(model.layout.count, seed: 5)
    let start = randomVector(3, seed: 6)
    let rate: Float = 0.5
    func run(_ given: [Float], _ user: [Float]) throws -> (Double, [Float], [Float]) {
      var learner = PreferenceLearner(model, batch: 3)
      var (moved, update) = (user, [Float]())
      let loss = try learner.train(
        items: items, labels: labels, user: &moved, given: given, rate: rate, update: &update)
      return (loss, update, moved)
    }
    let (_, update, moved) = try run(given, start)
    var ranges: [Range<Int>] = []
    PreferenceLearner(model, batch: 3).ranges(items, into: &ranges)
    let touched = ranges.flatMap { Array($0) }
    #expect(touched.count == update.count)
    var whole = [Float](repeating: 0, count: given.count)
    for (index, value) in zip(touched, update) { whole[index] = -value / rate }
    expectGradient(whole, of: { (try? run($0, start).0) ?? .nan }, at: given, tolerance: 1e-2)
    expectGradient(
      zip(start, moved).map { ($0 - $1) / rate }, of: { (try? run(given, $0).0) ?? .nan },
      at: start,
      tolerance: 1e-2)
  }

  /// Two epochs in two steps each, against PyTorch.
  @Test func trainingMatchesPyTorch() throws {
    let golden = try EncoderVectors("preference_model")
    let given = parameters(of: model.layout, from: golden)
    var learner = PreferenceLearner(model, batch: 2)
    let items: [Int32] = [1, 4, 7]
    var (user, update) = (golden["user"], [Float]())
    let loss = try learner.train(
      items: items, labels: golden["labels"], user: &user, given: given, rate: golden["rate"][0],
      epochs: 2, update: &update)
    expectClose([Float(loss)], golden["loss"])
    expectClose(user, golden["end.user"])
    var (ranges, trained) = ([Range<Int>](), given)
    learner.ranges(items, into: &ranges)
    for (index, change) in zip(ranges.joined(), update) { trained[index] += change }
    expectClose(trained, model.layout.slots.flatMap { golden["end." + $0.name] })
  }

  @Test func badInputIsNamed() {
    var learner = PreferenceLearner(model, batch: 2)
    var (user, update) = ([Float](repeating: 0, count: 3), [Float]())
    let given = model.layout.initialValues(seed: 1)
    #expect(throws: EncoderError.unknownItem(index: 9, itemCount: 9)) {
      try learner.train(
        items: [1, 9], labels: [0, 1], user: &user, given: given, rate: 0.1, update: &update)
    }
    #expect(throws: EncoderError.unequalLists(field: "labels", found: 1, expected: 2)) {
      try learner.train(
        items: [1, 2], labels: [0], user: &user, given: given, rate: 0.1, update: &update)
    }
    #expect(
      throws: EncoderError.wrongParameterCount(found: 2, expected: model.layout.count)
    ) {
      try learner.train(
        items: [1], labels: [0], user: &user, given: [0, 0], rate: 0.1, update: &update)
    }
    #expect(throws: EncoderError.self) {
      try learner.train(
        items: [1, 2, 3, 4, 5, 6], labels: [0, 1, 0, 1, 0, 1], user: &user,
        given: given.map { $0 * 1e30 }, rate: 1e30, update: &update)
    }
  }

  /// Numbers that are finite and mean nothing any more are a divergence, too.
  @Test func finiteDivergenceIsNamed() throws {
    var learner = PreferenceLearner(model, batch: 2)
    var (user, update) = ([Float](repeating: 0.5, count: 3), [Float]())
    // All zeros but the last bias: the model is certain of what is wrong.
    var given = [Float](repeating: 0, count: model.layout.count)
    given[given.count - 1] = 1e4
    let error = #expect(throws: EncoderError.diverged(step: 0, learningRate: Double(Float(0.1)))) {
      try learner.train(
        items: [1, 2], labels: [0, 0], user: &user, given: given, rate: 0.1, update: &update)
    }
    #expect(error?.description.contains("at learning rate 0.1:") == true)
  }

  @Test func withoutRatingsNothingChanges() throws {
    var learner = PreferenceLearner(model, batch: 2)
    var (user, update) = ([Float](repeating: 1, count: 3), [Float]())
    let loss = try learner.train(
      items: [], labels: [], user: &user, given: model.layout.initialValues(seed: 1), rate: 0.1,
      update: &update)
    #expect(loss == 0 && user == [1, 1, 1] && update.allSatisfy { $0 == 0 })
  }

  /// Two epochs are two runs of one, the second from where the first ended.
  @Test func epochsFollowEachOther() throws {
    let items: [Int32] = [0, 3, 5, 8]
    let labels: [Float] = [1, 0, 0, 1]
    let given = randomVector(model.layout.count, seed: 7)
    var learner = PreferenceLearner(model, batch: 3)
    var (user, update) = (randomVector(3, seed: 8), [Float]())
    var (again, expected) = (user, given)
    var ranges: [Range<Int>] = []
    learner.ranges(items, into: &ranges)
    for _ in 0..<2 {
      _ = try learner.train(
        items: items, labels: labels, user: &again, given: expected, rate: 0.1, update: &update)
      for (index, change) in zip(ranges.joined(), update) { expected[index] += change }
    }
    _ = try learner.train(
      items: items, labels: labels, user: &user, given: given, rate: 0.1, epochs: 2,
      update: &update)
    expectClose(user, again, tolerance: 1e-5)
    expectClose(
      update, ranges.joined().map { expected[$0] - given[$0] }, tolerance: 1e-5)
  }

  /// The scores of all items are the logits whose loss training lowers.
  @Test func scoresOrderWhatWasLearned() throws {
    let items: [Int32] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    let labels: [Float] = items.map { $0 % 3 == 0 ? 1 : 0 }
    let given = randomVector(model.layout.count, seed: 9)
    var learner = PreferenceLearner(model, batch: 9)
    var (user, update) = (randomVector(3, seed: 10), [Float]())
    _ = try learner.train(
      items: items, labels: labels, user: &user, given: given, rate: 0.5, epochs: 200,
      update: &update)
    let trained = zip(given, update).map { $0 + $1 }
    var scorer = try PreferenceScorer(model, parameters: trained)
    var scores = [Float](repeating: 0, count: 9)
    scorer.score(user: user, into: &scores)
    let liked = zip(scores, labels).filter { $0.1 == 1 }.map(\.0)
    let others = zip(scores, labels).filter { $0.1 == 0 }.map(\.0)
    #expect((liked.min() ?? 0) > (others.max() ?? 0))
    #expect(throws: EncoderError.self) {
      try PreferenceScorer(model, parameters: trained.map { _ in .nan })
    }
  }
}
