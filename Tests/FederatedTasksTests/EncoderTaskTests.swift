import Behavior
import CryptoPrimitives
import FederatedTasks
import Foundation
import NumericalMethods
import PrivacyMechanisms
import ProfileModel
import TestSupport
import Testing

@testable import DeviceTasks

extension EncoderWork {
  /// The change of all trained parameters.
  fileprivate mutating func update(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) -> [Float] {
    try train(sequence, &generator)
    var update = [Float](repeating: 0, count: slots.count)
    for (index, value) in zip(ranges.joined(), values) { update[index] = value }
    return update
  }
}

/// Both halves of the task `encoder`.
@Suite struct EncoderTaskTests {
  private func encoder(_ itemCount: Int = 30) throws -> SequenceEncoder {
    var configuration = SequenceEncoder.Configuration(itemCount: itemCount)
    configuration.width = 8
    configuration.length = 6
    configuration.shape = .transformer(blocks: 1, heads: 2, inner: 8)
    return try SequenceEncoder(configuration)
  }

  private func sequence(_ items: [Int32]) throws -> EventSequence {
    try EventSequence(
      items: items, kinds: items.map { _ in BehaviorKind.view }, gaps: items.map { _ in 0 },
      itemCount: 30)
  }

  private func local(
    _ objective: NextItemObjective = .fullSoftmax, rate: Float = 0.5, epochs: Int = 1,
    proximal: Float = 0
  ) -> EncoderWork.Configuration {
    EncoderWork.Configuration(
      objective: objective, epochs: epochs, batch: 4, learningRate: rate, proximal: proximal)
  }

  private func all(_ encoder: SequenceEncoder) -> TrainedSlots {
    TrainedSlots(encoder.layout) { _ in true }
  }

  /// One local step is the negative gradient times the rate.
  @Test func oneStepIsTheGradient() throws {
    let encoder = try encoder()
    let given = encoder.layout.initialValues(seed: 1)
    var work = EncoderWork(encoder, slots: all(encoder), given: given, local())
    var generator = DeterministicGenerator(seed: 2)
    let sequence = try sequence([3, 1, 4, 1, 5])
    let update = try work.update(sequence, &generator)
    var learner = NextItemLearner(encoder, .fullSoftmax, windows: 1)
    var gradient = [Float](repeating: 0, count: encoder.layout.count)
    _ = learner.accumulate(
      [TrainingWindow(user: 0, events: 0..<5)], of: [sequence], weight: 0.25, given,
      dropout: .none, into: &gradient)
    for (found, expected) in zip(update, gradient) { #expect(abs(found + 0.5 * expected) < 1e-6) }
  }

  /// One device after another starts from what was given: no trace of the one before.
  @Test(arguments: [NextItemObjective.fullSoftmax, .sampledSoftmax(negatives: 5)])
  func devicesDoNotSeeEachOther(objective: NextItemObjective) throws {
    let encoder = try encoder()
    let given = encoder.layout.initialValues(seed: 1)
    func fresh() -> EncoderWork {
      EncoderWork(encoder, slots: all(encoder), given: given, local(objective, epochs: 3))
    }
    var shared = fresh()
    var alone = fresh()
    let (first, second) = (try sequence([1, 2, 3, 4]), try sequence([9, 8, 7]))
    var generator = DeterministicGenerator(seed: 4)
    _ = try shared.update(first, &generator)
    var (one, other) = (DeterministicGenerator(seed: 5), DeterministicGenerator(seed: 5))
    let after = try shared.update(second, &one)
    let before = try alone.update(second, &other)
    #expect(after == before)
    #expect(after.contains { $0 != 0 })
  }

  @Test(arguments: [[], [Int32(7)]]) func tooFewEventsChangeNothing(items: [Int32]) throws {
    let encoder = try encoder()
    var work = EncoderWork(
      encoder, slots: all(encoder), given: encoder.layout.initialValues(seed: 1), local())
    var generator = DeterministicGenerator(seed: 2)
    #expect(try work.update(sequence(items), &generator).allSatisfy { $0 == 0 })
  }

  /// A training with a gradient of the whole table, as if every device touched all of it.
  private func denseUpdate(
    _ encoder: SequenceEncoder, _ slots: TrainedSlots, _ given: [Float],
    _ configuration: EncoderWork.Configuration, _ sequence: EventSequence
  ) -> [Float] {
    var generator = DeterministicGenerator(seed: 5)
    var parameters = given
    var learner = NextItemLearner(encoder, configuration.objective, windows: configuration.batch)
    var windows = TrainingWindow.windows(
      user: 0, eventCount: sequence.count, length: encoder.configuration.length)
    for _ in 0..<configuration.epochs {
      windows.shuffle(using: &generator)
      for start in stride(from: 0, to: windows.count, by: configuration.batch) {
        let batch = windows[start..<min(start + configuration.batch, windows.count)]
        _ = learner.chooseItems(for: batch, of: [sequence], &generator)
        var gradient = [Float](repeating: 0, count: encoder.layout.count)
        _ = learner.accumulate(
          batch, of: [sequence], weight: 1 / Float(batch.reduce(0) { $0 + $1.targetCount }),
          parameters, dropout: Dropout(rate: 0, seed: generator.next()), into: &gradient)
        encoder.fold(&gradient, parameters)
        for index in slots.ranges.joined() {
          parameters[index] -= configuration.learningRate * gradient[index]
        }
      }
    }
    return slots.ranges.joined().map { parameters[$0] - given[$0] }
  }

  /// What is trained sparsely comes to the bits of a training that visits everything, for what is
  /// trained of items and of layers, with and without corrections.
  @Test(
    arguments: [NextItemObjective.fullSoftmax, .sampledSoftmax(negatives: 3)],
    ["items.", "block", "adapter.", ""])
  func sparseTrainingIsDenseTraining(objective: NextItemObjective, prefix: String) throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 30)
    configuration.width = 8
    configuration.length = 6
    configuration.shape = .transformer(blocks: 1, heads: 2, inner: 8)
    configuration.adapterRank = 2
    let encoder = try SequenceEncoder(configuration)
    let given = encoder.layout.initialValues(seed: 1)
    let slots = TrainedSlots(encoder.layout) { $0.name.hasPrefix(prefix) }
    let training = local(objective, epochs: 3)
    let sequence = try sequence((0..<40).map { ($0 * $0 + 3) % 11 })
    var work = EncoderWork(encoder, slots: slots, given: given, training)
    for _ in 0..<2 {
      var generator = DeterministicGenerator(seed: 5)
      let update = try work.update(sequence, &generator)
      let dense = denseUpdate(encoder, slots, given, training, sequence)
      #expect(update.contains { $0 != 0 })
      #expect(zip(update, dense).allSatisfy { $0 == $1 })
    }
  }

  /// Of a large table only the rows of own items and negatives are read, written, sent and put back.
  @Test func rowsThatNoDeviceTouchedAreLeftAlone() throws {
    let itemCount = 20_000
    let encoder = try encoder(itemCount)
    let identity = try #require(encoder.items.identity)
    let bias = try #require(encoder.items.bias)
    let slots = all(encoder)
    func work() -> EncoderWork {
      EncoderWork(
        encoder, slots: slots, given: encoder.layout.initialValues(seed: 1),
        local(.sampledSoftmax(negatives: 10), epochs: 2))
    }
    func sequence(_ items: [Int32]) throws -> EventSequence {
      try EventSequence(
        items: items, kinds: items.map { _ in .view }, gaps: items.map { _ in 0 },
        itemCount: itemCount)
    }
    let (first, second) = (try sequence([5, 6, 7, 8]), try sequence([100, 19_000, 3]))
    var (shared, fresh) = (work(), work())
    var generator = DeterministicGenerator(seed: 2)
    try shared.train(first, &generator)
    generator = DeterministicGenerator(seed: 3)
    try fresh.train(second, &generator)
    let touched = fresh.ranges.filter { $0.upperBound <= bias.range.upperBound }
    // Two epochs of one step: at most the own items and twice ten negatives, and a bias for each.
    let rows = touched.reduce(0) { $0 + $1.clamped(to: identity.range).count } / identity.columns
    #expect((13...23).contains(rows))
    #expect(touched.reduce(0) { $0 + $1.clamped(to: bias.range).count } == rows)
    // Whoever reads, writes or puts back another row leaves a trace of what lies there now.
    let mark: Float = 1e30
    var marked = IndexSet(integersIn: identity.start..<bias.range.upperBound)
    for range in touched { marked.remove(integersIn: range) }
    for index in marked { shared.parameters[index] = mark }
    generator = DeterministicGenerator(seed: 3)
    try shared.train(second, &generator)
    #expect(shared.ranges == fresh.ranges && shared.values == fresh.values)
    #expect(marked.allSatisfy { shared.parameters[$0] == mark })
    // Its gradient visits those rows and no other.
    #expect(shared.gradients.ranges.allSatisfy { !marked.intersects(integersIn: $0) })
    for index in marked where shared.gradients.values[index] != 0 {
      Issue.record("a row that was not touched has a gradient at \(index)")
    }
  }

  /// After the first device nothing is made anew that is as long as a table, a history or an update.
  @Test func spaceIsKeptFromDeviceToDevice() throws {
    let encoder = try encoder()
    var work = EncoderWork(
      encoder, slots: all(encoder), given: encoder.layout.initialValues(seed: 1),
      local(.sampledSoftmax(negatives: 5), epochs: 2))
    func space() -> [Int] {
      [
        unsafe work.values.withUnsafeBytes { Int(bitPattern: $0.baseAddress) },
        unsafe work.ranges.withUnsafeBytes { Int(bitPattern: $0.baseAddress) },
        unsafe work.parameters.withUnsafeBytes { Int(bitPattern: $0.baseAddress) },
        unsafe work.gradients.values.withUnsafeBytes { Int(bitPattern: $0.baseAddress) },
        unsafe work.gradients.ranges.withUnsafeBytes { Int(bitPattern: $0.baseAddress) },
      ]
    }
    // Once to make room for whatever one of them needs.
    var before: [Int] = []
    for _ in 0..<2 {
      before = space()
      var generator = DeterministicGenerator(seed: 2)
      for start in 0..<20 as Range<Int32> {
        try work.train(sequence([start, start + 1, start + 2, start + 9]), &generator)
      }
      try work.train(sequence((0..<200).map { $0 % 30 }), &generator)
    }
    #expect(space() == before)
  }

  /// However long a history is, a device trains on the newest windows of it.
  @Test func aMillionEventsCostNoMoreThanTheNewest() throws {
    let encoder = try encoder()
    let given = encoder.layout.initialValues(seed: 1)
    let newest = EncoderWork.mostWindows * encoder.configuration.length + 1
    let items = (0..<1_000_000).map { Int32(($0 * $0) % 30) }
    func update(_ items: [Int32]) throws -> [Float] {
      var work = EncoderWork(encoder, slots: all(encoder), given: given, local())
      var generator = DeterministicGenerator(seed: 2)
      return try work.update(sequence(items), &generator)
    }
    let whole = try update(items)
    #expect(try update(items.suffix(newest)) == whole)
    #expect(try update(items.suffix(newest - 1)) != whole)
    #expect(whole.allSatisfy { $0.isFinite })
  }

  /// Parameters that are not trained stay on the device and out of the update.
  @Test func untrainedSlotsStay() throws {
    let encoder = try encoder()
    let slots = TrainedSlots(encoder.layout) { !$0.name.hasPrefix("items.") }
    let given = encoder.layout.initialValues(seed: 1)
    var work = EncoderWork(encoder, slots: slots, given: given, local(epochs: 2))
    var generator = DeterministicGenerator(seed: 2)
    let sequence = try sequence([3, 1, 4, 1, 5])
    #expect(try work.update(sequence, &generator).count == encoder.sharedParameterCount)
    let own = try work.personalized(sequence, &generator)
    let items = try #require(encoder.items.identity)
    #expect(own[items.range] == given[items.range])
    #expect(own != given)
  }

  /// Layers of the device's own are made from its history, are what the shared ones are trained beside,
  /// and neither leave the device nor stay for the next.
  @Test func ownLayersAreReconstructedAndNeverSent() throws {
    let encoder = try encoder()
    let given = encoder.layout.initialValues(seed: 1)
    let isOwn = { @Sendable (slot: ParameterSlot) in slot.name.hasPrefix("norm.") }
    let own = TrainedSlots(encoder.layout, where: isOwn)
    let shared = TrainedSlots(encoder.layout) { !isOwn($0) }
    var work = EncoderWork(
      encoder, slots: shared, given: given, local(epochs: 2), own: .init(slots: own, epochs: 3))
    let sequence = try sequence([3, 1, 4, 1, 5])
    func update(_ work: inout EncoderWork) throws -> [Float] {
      var generator = DeterministicGenerator(seed: 2)
      return try work.update(sequence, &generator)
    }
    let sent = try update(&work)
    #expect(sent.count == shared.count && shared.count + own.count == encoder.layout.count)
    #expect(work.parameters == given)
    // The same in two steps: first the own layers alone, then the others from there.
    var first = EncoderWork(encoder, slots: own, given: given, local(epochs: 3))
    var generator = DeterministicGenerator(seed: 2)
    let made = try first.personalized(sequence, &generator)
    #expect(own.values(of: made) != own.values(of: given))
    #expect(shared.values(of: made) == shared.values(of: given))
    var second = EncoderWork(encoder, slots: shared, given: made, local(epochs: 2))
    #expect(try update(&second) == sent)
    var without = EncoderWork(encoder, slots: shared, given: given, local(epochs: 2))
    #expect(try update(&without) != sent)
  }

  @Test func proximalTermHoldsBack() throws {
    let encoder = try encoder()
    let given = encoder.layout.initialValues(seed: 1)
    func distance(_ proximal: Float) throws -> Float {
      var work = EncoderWork(
        encoder, slots: all(encoder), given: given, local(epochs: 10, proximal: proximal))
      var generator = DeterministicGenerator(seed: 2)
      return try work.update(sequence([3, 1, 4, 1, 5]), &generator).reduce(0) { $0 + $1 * $1 }
    }
    #expect(try distance(1) < 0.7 * distance(0))
  }

  /// A rate that blows up is named, nothing is returned, and the next device is not harmed.
  @Test func divergenceIsNamed() throws {
    let encoder = try encoder()
    let given = encoder.layout.initialValues(seed: 1)
    var work = EncoderWork(
      encoder, slots: all(encoder), given: given, local(rate: 1e38, epochs: 50))
    var generator = DeterministicGenerator(seed: 2)
    let sequence = try sequence([3, 1, 4, 1, 5])
    do throws(EncoderError) {
      _ = try work.update(sequence, &generator)
      Issue.record("a learning rate of 1e38 was not noticed")
    } catch .diverged(_, let rate) {
      #expect(rate > 9e37)
    }
    #expect(try work.personalized(EventSequence(), &generator) == given)
  }

  private func release(_ values: [Float], contributors: Int) throws -> Release {
    let mechanism = try ContributionMechanism(
      ContributionMechanism.Request(
        dimension: values.count, clipNorm: 1000, maximumCohort: contributors, ringBits: 32,
        scaleBits: 20, noiseMultiplier: nil))
    var sum = mechanism.makeSum()
    var randomness = RandomStream(source: SplitMixSource())
    for _ in 0..<contributors {
      try mechanism.contribute(values, to: &sum, randomness: &randomness)
    }
    return try mechanism.release(sum, noise: &randomness)
  }

  private func moved(
    _ algorithm: EncoderTask.Algorithm, rounds: Int, of total: Int, rate: Double = 0.5
  ) throws -> [Float] {
    var task = EncoderTask(
      configuration: EncoderTask.Configuration(
        algorithm: algorithm, rounds: total, rate: rate, expectedCohort: 2), initial: [0, 10])
    for _ in 0..<rounds { try task.step(try release([4, -2], contributors: 2)) }
    return task.parameters
  }

  /// A step out of the range of numbers changes nothing, and names round and rate.
  @Test func aStepThatDivergesIsNamed() throws {
    var task = EncoderTask(
      configuration: EncoderTask.Configuration(
        algorithm: .average, rounds: 2, rate: 1e38, expectedCohort: 2), initial: [0, 10])
    let release = try release([400, -2], contributors: 2)
    #expect(throws: EncoderTask.Divergence(round: 1, serverRate: 1e38)) { try task.step(release) }
    #expect(task.parameters == [0, 10] && task.completedRounds == 0)
  }

  /// A state of another training is not gone on from.
  @Test func aStateOfAnotherTrainingIsRefused() {
    func task(_ algorithm: EncoderTask.Algorithm, _ count: Int) -> EncoderTask {
      EncoderTask(
        configuration: EncoderTask.Configuration(
          algorithm: algorithm, rounds: 2, rate: 1, expectedCohort: 2),
        initial: [Float](repeating: 0, count: count))
    }
    var found = task(.averageWithMomentum(0.5), 2)
    var late = found.state
    late.completedRounds = 3
    for other in [task(.average, 2).state, task(.averageWithMomentum(0.5), 3).state, late] {
      let goesOn = found.resume(other)
      #expect(!goesOn)
    }
    var kept = found.state
    (kept.completedRounds, kept.parameters) = (1, [4, 5])
    let goesOn = found.resume(kept)
    #expect(goesOn && found.state == kept)
  }

  /// A sequence of another catalogue is refused before anything is looked up.
  @Test func aSequenceOfALargerCatalogueIsRefused() throws {
    let encoder = try encoder(5)
    var work = EncoderWork(
      encoder, slots: all(encoder), given: encoder.layout.initialValues(seed: 1), local())
    var generator = DeterministicGenerator(seed: 2)
    #expect(throws: EncoderError.unknownItem(index: 7, itemCount: 5)) {
      try work.update(sequence([1, 7, 2]), &generator)
    }
  }

  /// Four rounds of two devices that are held to what they were given, by each rule, against PyTorch.
  @Test(arguments: [
    (EncoderTask.Algorithm.average, "average", 0.8),
    (.averageWithMomentum(0.6), "momentum", 0.8),
    (.adam(beta1: 0.8, beta2: 0.99, epsilon: 1e-7), "adam", 0.05), (.reptile, "reptile", 0.8),
  ]) func roundsMatchPyTorch(
    algorithm: EncoderTask.Algorithm, name: String, rate: Double
  ) throws {
    let golden = try EncoderVectors("federated_rounds")
    var configuration = SequenceEncoder.Configuration(itemCount: 5)
    configuration.width = 3
    configuration.length = 5
    configuration.shape = .events
    let encoder = try SequenceEncoder(configuration)
    let sequences = try ([[3, 0, 4, 1, 1], [2, 4, 3]] as [[Int32]]).map(sequence)
    let slots = all(encoder)
    let settings = EncoderTask.Configuration(
      algorithm: algorithm, rounds: 4, rate: rate, expectedCohort: 2)
    var task = EncoderTask(
      configuration: settings, initial: encoder.layout.slots.flatMap { golden[$0.name] })
    let mechanism = try ContributionMechanism(
      ContributionMechanism.Request(
        dimension: slots.count, clipNorm: 4, maximumCohort: 2, ringBits: 32, scaleBits: 20,
        noiseMultiplier: nil))
    var randomness = RandomStream(source: SplitMixSource())
    for _ in 0..<4 {
      var work = EncoderWork(
        encoder, slots: slots, given: task.parameters,
        local(rate: 0.4, epochs: 2, proximal: 0.3))
      var sum = mechanism.makeSum()
      for sequence in sequences {
        var generator = DeterministicGenerator(seed: 1)
        try mechanism.contribute(
          work.update(sequence, &generator), to: &sum, randomness: &randomness)
      }
      try task.step(mechanism.release(sum, noise: &randomness))
    }
    for (found, expected) in zip(
      task.parameters, encoder.layout.slots.flatMap { golden["end.\(name).\($0.name)"] })
    {
      #expect(abs(found - expected) < 1e-4)
    }
  }

  @Test func averageMovesByTheMean() throws {
    let found = try moved(.average, rounds: 2, of: 5)
    #expect(abs(found[0] - 4) < 0.01 && abs(found[1] - 8) < 0.01)
  }

  @Test func momentumAddsUp() throws {
    // 0.5 (4) + 0.5 (4 + 0.5 * 4) = 5.
    let found = try moved(.averageWithMomentum(0.5), rounds: 2, of: 5)
    #expect(abs(found[0] - 5) < 0.01 && abs(found[1] - 7.5) < 0.01)
  }

  /// Steps of Adam have the size of the rate, whatever the size of changes.
  @Test func adamStepsBySign() throws {
    let found = try moved(
      .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8), rounds: 1, of: 10, rate: 0.25)
    #expect(abs(found[0] - 0.25) < 1e-4 && abs(found[1] - 9.75) < 1e-4)
  }

  @Test func reptileComesToRest() throws {
    // Rates 0.5 and 0.25 of two rounds.
    let found = try moved(.reptile, rounds: 2, of: 2)
    #expect(abs(found[0] - 3) < 0.01 && abs(found[1] - 8.5) < 0.01)
  }
}
