import Behavior
import NumericalMethods
import ProfileModel
import Testing

/// Every layer's gradient against differences of its own output, at sizes that PyTorch's golden
/// values do not have.
@Suite struct GradientCheckTests {
  private func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

  private func initial(_ layout: ParameterLayout) -> [Float] {
    // Far from zeros and ones, where a forgotten gain or shift would not show.
    zip(layout.initialValues(seed: 3), randomVector(layout.count, seed: 4)).map { $0 + 0.3 * $1 }
  }

  @Test func attentionWithDropout() {
    var layout = ParameterLayout()
    let layer = CausalSelfAttention("layer", width: 4, heads: 2, in: &layout)
    let parameters = initial(layout)
    let sequences = PackedSequences(lengths: [1, 0, 3])
    let dropout = Dropout(rate: 0.4, seed: 9)
    let x = randomVector(16, seed: 1)
    let weight = randomVector(16, seed: 2)
    func output(_ x: [Float], _ parameters: [Float]) -> CausalSelfAttention.Activations {
      var found = layer.activations(capacity: 4, longest: 3)
      layer.forward(x, sequences, parameters, dropout: dropout, place: 5, into: &found)
      return found
    }
    var found = output(x, parameters)
    var (dx, gradients) = (zeros(16), zeros(layout.count))
    layer.backward(
      x, outputGradient: weight, sequences, parameters, dropout: dropout, place: 5, &found,
      gradients: &gradients, inputGradient: &dx)
    expectGradient(dx, of: { weighted(output($0, parameters).output, weight) }, at: x)
    expectGradient(
      gradients, of: { weighted(output(x, $0).output, weight) }, at: parameters)
  }

  @Test func blockWithDropout() {
    var layout = ParameterLayout()
    let layer = TransformerBlock("layer", width: 4, heads: 2, inner: 5, in: &layout)
    let parameters = initial(layout)
    let sequences = PackedSequences(lengths: [2, 3])
    let dropout = Dropout(rate: 0.3, seed: 11)
    let x = randomVector(20, seed: 5).map { 2 * $0 }
    let weight = randomVector(20, seed: 6)
    func output(_ x: [Float], _ parameters: [Float]) -> Double {
      var (stream, found) = (x, layer.activations(capacity: 5, longest: 3))
      layer.forward(&stream, sequences, parameters, dropout: dropout, place: 7, into: &found)
      return weighted(stream, weight)
    }
    var (stream, found) = (x, layer.activations(capacity: 5, longest: 3))
    layer.forward(&stream, sequences, parameters, dropout: dropout, place: 7, into: &found)
    var (gradient, gradients) = (weight, zeros(layout.count))
    layer.backward(
      &gradient, sequences, parameters, dropout: dropout, place: 7, &found, gradients: &gradients)
    expectGradient(gradient, of: { output($0, parameters) }, at: x)
    expectGradient(gradients, of: { output(x, $0) }, at: parameters)
  }

  /// AUGRU whose attention comes from the candidate: gradients pass through both (DIEN).
  @Test func interestEvolution() {
    var layout = ParameterLayout()
    let attention = TargetAttention("attention", width: 3, hidden: 4, in: &layout)
    let recurrence = GatedRecurrence("recurrence", inputs: 3, width: 3, in: &layout)
    let parameters = initial(layout)
    let sequences = PackedSequences(lengths: [4])
    let events = randomVector(12, seed: 7)
    let candidate = randomVector(3, seed: 8)
    let weight = randomVector(12, seed: 9)
    func output(_ events: [Float], _ candidate: [Float], _ parameters: [Float]) -> Double {
      var asked = attention.activations(capacity: 4)
      attention.forward(
        events: events, rows: 4, candidate: candidate, parameters, into: &asked)
      var found = recurrence.activations(capacity: 4, sequences: 1)
      recurrence.forward(
        events, sequences, parameters, attention: asked.attention, into: &found)
      return weighted(found.output, weight)
    }
    var asked = attention.activations(capacity: 4)
    attention.forward(events: events, rows: 4, candidate: candidate, parameters, into: &asked)
    var found = recurrence.activations(capacity: 4, sequences: 1)
    recurrence.forward(events, sequences, parameters, attention: asked.attention, into: &found)
    var (dEvents, dCandidate, gradients) = (zeros(12), zeros(3), zeros(layout.count))
    recurrence.backward(
      events, outputGradient: weight, sequences, parameters, attention: asked.attention, &found,
      gradients: &gradients, inputGradient: &dEvents)
    attention.backward(
      events: events, rows: 4, candidate: candidate, outputGradient: zeros(3),
      attentionGradient: found.attentionGradient, parameters, &asked, gradients: &gradients,
      eventGradient: &dEvents, candidateGradient: &dCandidate)
    expectGradient(dEvents, of: { output($0, candidate, parameters) }, at: events, tolerance: 1e-2)
    expectGradient(
      dCandidate, of: { output(events, $0, parameters) }, at: candidate, tolerance: 1e-2)
    expectGradient(
      gradients, of: { output(events, candidate, $0) }, at: parameters, tolerance: 1e-2)
  }

  /// The whole encoder with kinds, gaps and projected fixed vectors, for each shape and objective.
  @Test(arguments: [
    (SequenceEncoder.Shape.mean, NextItemObjective.fullSoftmax), (.recurrent, .fullSoftmax),
    (.transformer(blocks: 1, heads: 2, inner: 5), .fullSoftmax),
    (.transformer(blocks: 2, heads: 1, inner: 3), .sampledSoftmax(negatives: 3)),
    (.mean, .pairwise(negatives: 2)), (.recurrent, .logistic(negatives: 3)),
    (.events, .fullSoftmax),
  ]) func wholeEncoder(shape: SequenceEncoder.Shape, objective: NextItemObjective) throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 9)
    configuration.shape = shape
    try expectExact(of: configuration, objective)
  }

  /// Vectors that each candidate reads out for itself.
  @Test(arguments: [
    (SequenceEncoder.Readout.interests(2), NextItemObjective.fullSoftmax),
    (.interests(3), .pairwise(negatives: 2)),
    (.attention(hidden: 3), .sampledSoftmax(negatives: 3)),
    (.attention(hidden: 3), .fullSoftmax),
    (.evolution(hidden: 3), .logistic(negatives: 2)),
  ]) func readouts(readout: SequenceEncoder.Readout, objective: NextItemObjective) throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 9)
    configuration.shape = .recurrent
    configuration.readout = readout
    try expectExact(of: configuration, objective)
  }

  /// States that are joined with the means of the fixed views.
  @Test(arguments: [ViewFusion.Rule.gated, .weighted, .stacked])
  func fusedViews(rule: ViewFusion.Rule) throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 9)
    configuration.shape = .recurrent
    configuration.fusion = rule
    try expectExact(of: configuration, .fullSoftmax)
  }

  /// Corrections of low rank in the place of matrices, under two losses that share one gradient.
  @Test(arguments: [
    SequenceEncoder.Shape.recurrent, .transformer(blocks: 1, heads: 2, inner: 5),
  ]) func adapters(shape: SequenceEncoder.Shape) throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 9)
    configuration.shape = shape
    configuration.adapterRank = 2
    let encoder = try expectExact(of: configuration, .fullSoftmax, tellsApart: true)
    #expect(encoder.adapters.count == (shape == .recurrent ? 2 : 4))
  }

  /// Telling three people apart by random parts of their windows.
  @Test func contrast() throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 9)
    configuration.width = 4
    configuration.shape = .recurrent
    configuration.length = 4
    let encoder = try SequenceEncoder(configuration)
    let sequences = try [[3, 0, 6, 1, 1], [5, 2, 8], [7, 4, 4, 2]].map { items in
      try EventSequence(
        items: items, kinds: items.map { _ in .rate }, gaps: items.map { _ in 0 }, itemCount: 9)
    }
    let windows = sequences.indices.map {
      TrainingWindow(user: Int32($0), events: 0..<sequences[$0].count)
    }
    let parameters = initial(encoder.layout)
    func loss(_ parameters: [Float]) -> (Double, [Float]) {
      var learner = ContrastiveLearner(encoder, temperature: 0.5, windows: 3)
      var generator = DeterministicGenerator(seed: 5)
      var gradients = zeros(encoder.layout.count)
      let loss = learner.accumulate(
        windows, of: sequences, weight: 1, parameters, &generator,
        dropout: Dropout(rate: 0.2, seed: 3), into: &gradients)
      return (loss, gradients)
    }
    expectGradient(
      loss(parameters).1, of: { loss($0).0 }, at: parameters, every: 3, tolerance: 1e-2)
    var learner = ContrastiveLearner(encoder, temperature: 0.5, windows: 3)
    var generator = DeterministicGenerator(seed: 5)
    var gradients = zeros(encoder.layout.count)
    let alone = learner.accumulate(
      windows.prefix(1), of: sequences, weight: 1, parameters, &generator, dropout: .none,
      into: &gradients)
    #expect(alone == 0)
    #expect(gradients.allSatisfy { $0 == 0 })
  }

  @discardableResult
  private func expectExact(
    of given: SequenceEncoder.Configuration, _ objective: NextItemObjective,
    tellsApart: Bool = false
  ) throws -> SequenceEncoder {
    var configuration = given
    configuration.width = 4
    configuration.length = 4
    configuration.contextWidth = 2
    configuration.fixed = [
      FixedItemVectors(name: "content", width: 3, values: randomVector(27, seed: 12))
    ]
    let encoder = try SequenceEncoder(configuration)
    let sequences = [
      try EventSequence(
        items: [3, 0, 6, 1, 1], kinds: [.view, .buy, .rate, .view, .like],
        gaps: [0, 3, 1, 7, 2], itemCount: 9),
      try EventSequence(items: [5, 2], kinds: [.click, .click], gaps: [0, 4], itemCount: 9),
    ]
    let windows = [
      TrainingWindow(user: 0, events: 0..<5), TrainingWindow(user: 1, events: 0..<2),
    ]
    let dropout = Dropout(rate: 0.2, seed: 21)
    let parameters = initial(encoder.layout)
    func loss(_ parameters: [Float]) -> (Double, [Float]) {
      var learner = NextItemLearner(encoder, objective, windows: 2)
      var generator = DeterministicGenerator(seed: 1)
      _ = learner.chooseItems(for: windows, of: sequences, &generator)
      var gradients = zeros(encoder.layout.count)
      var loss = learner.accumulate(
        windows, of: sequences, weight: 1, parameters, dropout: dropout, into: &gradients)
      if tellsApart {
        var contrast = ContrastiveLearner(encoder, temperature: 0.5, windows: 2)
        loss += contrast.accumulate(
          windows, of: sequences, weight: 1, parameters, &generator, dropout: dropout,
          into: &gradients)
      }
      encoder.fold(&gradients, parameters)
      return (loss, gradients)
    }
    // Each value takes four trainings of the whole encoder: every seventh is checked.
    expectGradient(
      loss(parameters).1, of: { loss($0).0 }, at: parameters, every: 7, tolerance: 1e-2)
    return encoder
  }
}
