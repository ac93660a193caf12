internal import Behavior
internal import DeviceTasks
internal import NumericalMethods
internal import ProfileModel
internal import ReleasedParts

/// What a device does with a sequence encoder, timed on one core: the Transformer of the standard sizes
/// over generated people and 1,682 items, with random parameters.
package struct DeviceBenchmark: Sendable {
  /// A kind of work, the median of its repetitions and the most that it may take.
  package struct Figure: Sendable {
    package let name: String
    package let milliseconds: Double
    package let most: Double
    package var isMissed: Bool { !(milliseconds <= most) }
  }

  private static let items = 1682

  package init() {}

  /// Times everything.
  package func run() throws -> [Figure] {
    [try refresh(), try topTen(), try localEpoch()]
  }

  private func median(
    _ repetitions: Int, _ work: (Int) throws -> Void
  ) rethrows -> Double {
    let clock = ContinuousClock()
    var found: [Double] = []
    // The first ones fill caches and are not counted.
    for repetition in 0..<(repetitions + 3) {
      let start = clock.now
      try work(repetition)
      if repetition >= 3 { found.append(1000 * start.duration(to: clock.now).seconds) }
    }
    return found.sorted()[found.count / 2]
  }

  private func encoder(itemCount: Int) throws(EncoderError) -> SequenceEncoder {
    try SequenceEncoder(SequenceEncoder.Configuration(itemCount: itemCount))
  }

  private func sequence(_ count: Int, itemCount: Int) throws(EncoderError) -> EventSequence {
    var generator = DeterministicGenerator(seed: 5)
    let items = (0..<count).map { _ in Int32(generator.nextIndex(below: itemCount)) }
    return try EventSequence(
      items: items, kinds: items.map { _ in .rate }, gaps: items.map { _ in 0 },
      itemCount: itemCount)
  }

  /// Profile vector, tags, affinities, activity and the encoder's state of a history of 50 events.
  private func refresh() throws -> Figure {
    let population = try SyntheticPopulation(
      configuration: .init(
        users: 200, items: Self.items, events: 20_000, interests: 12, seed: 1)
    ).population()
    let (catalogue, log) = (population.catalogue, population.log)
    var counts = [Float](repeating: 1, count: Self.items)
    for user in 0..<log.userCount {
      for event in log.history(of: user).events { counts[Int(event.item)] += 1 }
    }
    let popularity = Popularity(values: counts)
    let content = ContentFeatures(catalogue: catalogue)
    let coordinates = GramCoordinates(
      popularity: popularity,
      partition: ItemPartition(
        popularity: popularity, content: content, headItems: 300, tailGroups: 60, seed: 1))
    var generator = DeterministicGenerator(seed: 3)
    let (order, rank) = (coordinates.partition.coordinateCount, 13)
    let basis = ItemBasis(
      coordinateCount: order, rank: rank,
      vectors: (0..<(order * rank)).map { _ in Float(generator.nextUnit()) - 0.5 },
      eigenvalues: [Float](repeating: 1, count: rank), noiseEdge: 0)
    let builder = ProfileBuilder(
      catalogue: catalogue, scorer: GramScorer(coordinates: coordinates, basis: basis),
      shares: CategoryShares(popularity: popularity, catalogue: catalogue), halfLifeDays: 30)
    let events = (0..<log.userCount).map { log.history(of: $0) }.max {
      $0.events.count < $1.events.count
    }
    let newest = DeviceHistory(events: events?.events.suffix(50) ?? [], clock: log.clock)
    let encoder = try encoder(itemCount: Self.items)
    var scorer = try SequenceScorer(
      encoder, parameters: encoder.layout.initialValues(seed: 1))
    let milliseconds = try median(200) { _ in
      let history = InteractionHistory(newest)
      _ = builder.profile(of: history, events: newest, now: newest.events.last?.time ?? 0)
      _ = try scorer.state(
        EventSequence(history, clock: log.clock, itemCount: Self.items))
    }
    return Figure(
      name: "profile refresh of \(newest.events.count) events", milliseconds: milliseconds, most: 1)
  }

  /// The ten best of 100,000 items after 50 events.
  private func topTen() throws -> Figure {
    let count = 100_000
    let encoder = try encoder(itemCount: count)
    var scorer = try SequenceScorer(
      encoder, parameters: encoder.layout.initialValues(seed: 1))
    let sequence = try sequence(50, itemCount: count)
    let known = sequence.items.sorted()
    var scores = [Float](repeating: 0, count: count)
    let milliseconds = try median(30) { _ in
      try scorer.score(sequence, into: &scores)
      _ = topItems(count: 10, scores: scores, excluding: known)
    }
    return Figure(name: "top 10 of 100,000 items", milliseconds: milliseconds, most: 10)
  }

  /// One epoch over 100 events with softmax over all items: the work of a round on a device.
  private func localEpoch() throws -> Figure {
    let encoder = try encoder(itemCount: Self.items)
    var work = EncoderWork(
      encoder, slots: TrainedSlots(encoder.layout) { _ in true },
      given: encoder.layout.initialValues(seed: 1),
      EncoderWork.Configuration(
        objective: .fullSoftmax, epochs: 1, batch: 4, learningRate: 0.1, dropout: 0.3))
    let sequence = try sequence(100, itemCount: Self.items)
    let milliseconds = try median(50) { repetition in
      var generator = DeterministicGenerator(seed: UInt64(repetition))
      try work.train(sequence, &generator)
    }
    return Figure(name: "local epoch of 100 events", milliseconds: milliseconds, most: 10)
  }
}
