import Behavior
import NumericalMethods
import ProfileModel
import TestSupport
import Testing

@Suite struct SequenceEncoderTests {
  private func configuration(
    _ shape: SequenceEncoder.Shape = .transformer(blocks: 2, heads: 2, inner: 6)
  ) -> SequenceEncoder.Configuration {
    var configuration = SequenceEncoder.Configuration(itemCount: 7)
    configuration.width = 4
    configuration.shape = shape
    configuration.length = 5
    return configuration
  }

  private func sequence(_ items: [Int32], itemCount: Int = 7) throws(EncoderError) -> EventSequence
  {
    try EventSequence(
      items: items, kinds: items.map { _ in .rate }, gaps: items.map { _ in 0 },
      itemCount: itemCount)
  }

  /// Embeddings, two blocks and the softmax together, against PyTorch.
  @Test func wholeModelMatchesPyTorch() throws {
    let golden = try EncoderVectors("sequence_encoder")
    let encoder = try SequenceEncoder(configuration())
    let parameters = parameters(of: encoder.layout, from: golden)
    var learner = NextItemLearner(encoder, .fullSoftmax, windows: 2)
    var gradients = [Float](repeating: 0, count: encoder.layout.count)
    let loss = learner.accumulate(
      [TrainingWindow(user: 0, events: 0..<5), TrainingWindow(user: 1, events: 0..<3)],
      of: [try sequence([3, 0, 6, 1, 1]), try sequence([5, 2, 4])], weight: 1, parameters,
      dropout: .none, into: &gradients)
    expectClose([Float(loss)], golden["output"])
    expectGradients(gradients, of: encoder.layout, match: golden)
    var scorer = try SequenceScorer(encoder, parameters: parameters)
    expectClose(try scorer.state(sequence([3, 0, 6, 1])), Array(golden["states"][12..<16]))
  }

  /// Kinds, gaps, fixed views, a recurrence, gated fusion and each readout, through the loss, against PyTorch.
  @Test(arguments: [
    (SequenceEncoder.Readout.state, "state"), (.interests(2), "interests"),
    (.attention(hidden: 3), "attention"), (.evolution(hidden: 3), "evolution"),
  ]) func allThatAnEncoderSeesMatchesPyTorch(
    readout: SequenceEncoder.Readout, name: String
  ) throws {
    let golden = try EncoderVectors("fused_encoder_" + name)
    var changed = configuration(.recurrent)
    changed.contextWidth = 3
    changed.fusion = .gated
    changed.readout = readout
    changed.fixed = [
      FixedItemVectors(name: "content", width: 3, values: golden["fixed.content"]),
      FixedItemVectors(name: "gram", width: 2, values: golden["fixed.gram"]),
    ]
    let encoder = try SequenceEncoder(changed)
    let parameters = parameters(of: encoder.layout, from: golden)
    var learner = NextItemLearner(encoder, .fullSoftmax, windows: 2)
    var gradients = [Float](repeating: 0, count: encoder.layout.count)
    func events(
      _ items: [Int32], _ kinds: [UInt8], _ gaps: [UInt8]
    ) throws -> EventSequence {
      try EventSequence(
        items: items, kinds: kinds.map { try #require(BehaviorKind(rawValue: $0)) }, gaps: gaps,
        itemCount: 7)
    }
    let loss = learner.accumulate(
      [TrainingWindow(user: 0, events: 0..<5), TrainingWindow(user: 1, events: 0..<3)],
      of: [
        try events([3, 0, 6, 1, 1], [0, 3, 4, 0, 1], [0, 2, 5, 7, 1]),
        try events([5, 2, 4], [4, 4, 2], [1, 1, 3]),
      ], weight: 1, parameters, dropout: .none, into: &gradients)
    expectClose([Float(loss)], golden["output"])
    expectGradients(gradients, of: encoder.layout, match: golden)
  }

  /// What comes later must not change an earlier state.
  @Test(arguments: [
    SequenceEncoder.Shape.events, .mean, .recurrent, .transformer(blocks: 2, heads: 2, inner: 6),
  ]) func statesDoNotSeeTheFuture(shape: SequenceEncoder.Shape) throws {
    let encoder = try SequenceEncoder(configuration(shape))
    var scorer = try SequenceScorer(
      encoder, parameters: encoder.layout.initialValues(seed: 1).map { 10 * $0 })
    var workspace = encoder.workspace(capacity: 5, sequences: 1)
    encoder.items.forward(Array(0..<7), scorer.parameters, into: &workspace.table)
    var batch = EventBatch()
    batch.append(try sequence([4, 2, 2, 6, 1]), 0..<5) { $0 }
    encoder.forward(batch, scorer.parameters, &workspace)
    for length in 1...5 {
      let state = try scorer.state(sequence(Array([4, 2, 2, 6, 1].prefix(length))))
      expectClose(state, Array(workspace.states[(4 * length - 4)..<(4 * length)]), tolerance: 1e-5)
    }
  }

  @Test(arguments: [
    SequenceEncoder.Readout.state, .interests(2), .attention(hidden: 3), .evolution(hidden: 3),
  ])
  func anEmptyHistoryScoresByBias(readout: SequenceEncoder.Readout) throws {
    var changed = configuration()
    changed.readout = readout
    let encoder = try SequenceEncoder(changed)
    var parameters = encoder.layout.initialValues(seed: 1)
    let bias = try #require(encoder.layout.slot("items.bias"))
    for (item, index) in bias.range.enumerated() { parameters[index] = Float(item) }
    var scorer = try SequenceScorer(encoder, parameters: parameters)
    var scores = [Float](repeating: .nan, count: 7)
    try scorer.score(EventSequence(), into: &scores)
    #expect(scores == [0, 1, 2, 3, 4, 5, 6])
  }

  /// The score by which an item is explained is that by which it is ranked.
  @Test(arguments: [
    SequenceEncoder.Readout.state, .interests(2), .attention(hidden: 3), .evolution(hidden: 3),
  ])
  func itemsAreExplainedByTheScoreThatRanksThem(readout: SequenceEncoder.Readout) throws {
    var changed = configuration(.recurrent)
    changed.readout = readout
    let encoder = try SequenceEncoder(changed)
    var scorer = try SequenceScorer(
      encoder, parameters: encoder.layout.initialValues(seed: 1).map { 10 * $0 })
    var (whole, rest) = ([Float](repeating: 0, count: 7), [Float](repeating: 0, count: 7))
    try scorer.score(sequence([3, 1, 6]), into: &whole)
    try scorer.score(sequence([3, 6]), into: &rest)
    let part = try #require(scorer.parts(of: sequence([3, 1, 6]), in: 5).first { $0.item == 1 })
    #expect(abs(part.part - (whole[5] - rest[5])) < 1e-4)
  }

  /// Shares of attention sum to one; with an even network each event has the same.
  @Test(arguments: [
    SequenceEncoder.Readout.interests(2), .attention(hidden: 3), .evolution(hidden: 3),
  ])
  func attentionIsDividedBetweenTheEvents(readout: SequenceEncoder.Readout) throws {
    var changed = configuration(.mean)
    changed.readout = readout
    let encoder = try SequenceEncoder(changed)
    var parameters = encoder.layout.initialValues(seed: 1).map { 10 * $0 }
    var scorer = try SequenceScorer(encoder, parameters: parameters)
    let shares = try #require(try scorer.attention(of: sequence([3, 1, 6]), in: 5))
    #expect(shares.map(\.item) == [3, 1, 6])
    #expect(abs(shares.reduce(0) { $0 + $1.share } - 1) < 1e-5)
    #expect(Set(shares.map(\.share)).count > 1)
    for slot in encoder.layout.slots where slot.name.hasPrefix("readout") {
      for index in slot.range { parameters[index] = 0 }
    }
    scorer = try SequenceScorer(encoder, parameters: parameters)
    let even = try #require(try scorer.attention(of: sequence([3, 1, 6]), in: 5))
    #expect(even.allSatisfy { abs($0.share - 1.0 / 3) < 1e-5 })
    #expect(try scorer.attention(of: EventSequence(), in: 5) == nil)
    #expect(throws: EncoderError.unknownItem(index: 7, itemCount: 7)) {
      try scorer.attention(of: sequence([3]), in: 7)
    }
    var plain = try SequenceScorer(
      try SequenceEncoder(configuration(.mean)),
      parameters: try SequenceEncoder(configuration(.mean)).layout.initialValues(seed: 1))
    #expect(try plain.attention(of: sequence([3]), in: 5) == nil)
  }

  /// What an event was is in the sequence: the newest one of each item counts.
  @Test func kindsOfEventsAreKept() throws {
    let events = DeviceHistory(
      events: [
        BehaviorEvent(item: 2, kind: .view, time: 1), BehaviorEvent(item: 4, kind: .click, time: 2),
        BehaviorEvent(item: 2, kind: .buy, time: 3),
        BehaviorEvent(item: 4, kind: .dislike, time: 4),
      ], clock: .unixSeconds)
    let found = try EventSequence(
      InteractionHistory(events), clock: .unixSeconds, itemCount: 7)
    #expect(found.items == [4, 2])
    #expect(found.kinds == [BehaviorKind.click.rawValue, BehaviorKind.buy.rawValue])
  }

  /// Only the newest events count, and a long history costs no more than its last part.
  @Test func aMillionEventsAreTheirLastFive() throws {
    let encoder = try SequenceEncoder(configuration())
    var scorer = try SequenceScorer(encoder, parameters: encoder.layout.initialValues(seed: 1))
    let items = (0..<1_000_000).map { Int32($0 % 7) }
    let long = try scorer.state(sequence(items))
    let short = try scorer.state(sequence(Array(items.suffix(5))))
    #expect(long == short)
  }

  /// Every shape makes finite scores of one event.
  @Test(arguments: [
    SequenceEncoder.Shape.events, .mean, .recurrent, .transformer(blocks: 2, heads: 2, inner: 6),
  ]) func oneEventIsASequence(shape: SequenceEncoder.Shape) throws {
    let encoder = try SequenceEncoder(configuration(shape))
    var scorer = try SequenceScorer(encoder, parameters: encoder.layout.initialValues(seed: 1))
    var scores = [Float](repeating: .nan, count: 7)
    try scorer.score(sequence([3]), into: &scores)
    #expect(scores.allSatisfy(\.isFinite) && Set(scores).count > 1)
    let parts = try scorer.parts(of: sequence([3]), in: 5)
    #expect(parts.map(\.item) == [3] && parts.allSatisfy(\.part.isFinite))
    #expect(try scorer.parts(of: EventSequence(), in: 5).isEmpty)
  }

  /// Times that a wrong clock put anywhere become gaps like others.
  @Test func wrongClocksLeaveASequence() throws {
    let history = InteractionHistory(items: [1, 2, 3, 4], times: [.min + 1, 0, .max, -7])
    let found = try EventSequence(history, clock: .unixSeconds, itemCount: 7)
    #expect(found.items == [1, 2, 3, 4])
    #expect(found.gaps.allSatisfy { Int($0) < TimeGap.bucketCount })
    var changed = configuration()
    changed.contextWidth = 2
    let encoder = try SequenceEncoder(changed)
    var scorer = try SequenceScorer(encoder, parameters: encoder.layout.initialValues(seed: 1))
    #expect(try scorer.state(found).allSatisfy(\.isFinite))
  }

  @Test func unknownItemsAreNamed() throws {
    #expect(throws: EncoderError.unknownItem(index: 7, itemCount: 7)) { try sequence([1, 7]) }
    #expect(throws: EncoderError.unknownItem(index: -1, itemCount: 7)) { try sequence([-1]) }
    let encoder = try SequenceEncoder(configuration())
    var scorer = try SequenceScorer(encoder, parameters: encoder.layout.initialValues(seed: 1))
    let foreign = try sequence([8], itemCount: 9)
    #expect(throws: EncoderError.unknownItem(index: 8, itemCount: 7)) {
      try scorer.state(foreign)
    }
  }

  @Test func listsOfDifferentLengthAreRefused() {
    #expect(throws: EncoderError.unequalLists(field: "kinds", found: 1, expected: 2)) {
      try EventSequence(items: [1, 2], kinds: [.view], gaps: [0, 0], itemCount: 7)
    }
    #expect(throws: EncoderError.unequalLists(field: "gaps", found: 0, expected: 2)) {
      try EventSequence(items: [1, 2], kinds: [.view, .buy], gaps: [], itemCount: 7)
    }
  }

  @Test func parametersOfAnotherModelAreRefused() throws {
    let encoder = try SequenceEncoder(configuration())
    var parameters = encoder.layout.initialValues(seed: 1)
    #expect(
      throws: EncoderError.wrongParameterCount(
        found: parameters.count - 1, expected: parameters.count)
    ) { try SequenceScorer(encoder, parameters: parameters.dropLast()) }
    let slot = try #require(encoder.layout.slot("block1.attention.last.bias"))
    parameters[slot.start + 2] = .nan
    #expect(throws: EncoderError.parameterNotFinite(slot: "block1.attention.last.bias")) {
      try SequenceScorer(encoder, parameters: parameters)
    }
  }

  @Test func impossibleConfigurationsAreNamed() {
    func field(_ change: (inout SequenceEncoder.Configuration) -> Void) -> String? {
      var changed = configuration()
      change(&changed)
      do throws(EncoderError) {
        _ = try SequenceEncoder(changed)
        return nil
      } catch .impossibleConfiguration(let field, _, _) {
        return field
      } catch {
        return "another error"
      }
    }
    #expect(field { _ in } == nil)
    #expect(field { $0.width = 0 } == "width")
    #expect(field { $0.length = 0 } == "length")
    #expect(field { $0.itemCount = 1 } == "itemCount")
    #expect(field { $0.shape = .transformer(blocks: 1, heads: 3, inner: 4) } == "heads")
    #expect(field { $0.hasItemIdentity = false } == "fixed")
    #expect(
      field { $0.fixed = [FixedItemVectors(name: "gram", width: 2, values: [1, 2])] }
        == "fixed.gram")
  }

  /// Recommender budget: at most 70,000 parameters beside the items' own.
  @Test func theStandardEncoderIsSmall() throws {
    let encoder = try SequenceEncoder(SequenceEncoder.Configuration(itemCount: 100))
    #expect(encoder.sharedParameterCount <= 70_000)
    #expect(encoder.layout.count == encoder.sharedParameterCount + 6_500)
  }

  @Test func gapsFallIntoBuckets() {
    let start = Int64(1_000_000)
    func bucket(_ gap: Int64) -> UInt8 {
      TimeGap.bucket(from: start, to: start + gap, .unixSeconds)
    }
    #expect(
      [0, 1, 60, 61, 3_600, 86_400, 604_800, 2_592_000, 9_000_000].map(bucket)
        == [1, 2, 2, 3, 3, 4, 5, 6, 7])
    #expect(bucket(-5) == 1)
    #expect(TimeGap.bucket(from: BehaviorEvent.unknownTime, to: start, .unixSeconds) == 0)
    #expect(TimeGap.bucket(from: 3, to: 4, .ordinal) == 0)
    #expect(TimeGap.bucket(from: .min + 1, to: .max, .unixSeconds) == 7)
  }

  @Test func historiesWithoutTimesHaveNoSequence() throws {
    let history = InteractionHistory(
      items: [3, 4, 5, 6], times: [BehaviorEvent.unknownTime, BehaviorEvent.unknownTime, 10, 90])
    let sequence = try EventSequence(
      history, clock: .unixSeconds, itemCount: 7)
    #expect(sequence.items == [5, 6])
    #expect(sequence.gaps == [0, 3])
    let last = try EventSequence(
      history, clock: .unixSeconds, limit: 1, itemCount: 7)
    #expect(last.items == [6])
    #expect(last.gaps == [3])
  }
}
