internal import NumericalMethods
package import ProfileModel
internal import Synchronization

/// Trains an encoder on everybody's sequences in one place: the upper bound that federated training
/// is compared with.
///
/// A batch is cut into parts of fixed size whose gradients are added in their order, so that results
/// do not depend on the number of threads.
package struct CentralEncoderTraining: Sendable {
  package struct Configuration: Sendable {
    package var objective = NextItemObjective.fullSoftmax
    /// Weight of telling people apart beside foretelling their events; 0 for not at all.
    package var contrast: Float = 0
    package var epochs = 40
    /// Windows of one step.
    package var batch = 128
    package var peakRate: Float = 3e-3
    /// Share of all steps in which the rate rises.
    package var warmUpShare = 0.1
    package var dropout: Float = 0.3
    package var weightDecay: Float = 0
    /// Largest norm of a step's gradient.
    package var clipNorm = 1.0
    /// Whether windows are cut anew for each epoch, at random places.
    package var recutsWindows = false
    /// How much of the average over steps the next step keeps; 0 for the last step's parameters.
    package var averaging: Float = 0
    package var seed: UInt64 = 1

    package init() {}
  }

  /// Windows of one part: enough to fill the matrix products, few enough for many threads.
  private static let partWindows = 8
  /// Of the cosines between people.
  private static let temperature: Float = 0.2

  package let encoder: SequenceEncoder
  package let configuration: Configuration
  let workers: Workers

  package init(
    encoder: SequenceEncoder, configuration: Configuration, threads: Int?
  ) {
    self.encoder = encoder
    self.configuration = configuration
    workers = Workers(count: threads)
  }

  /// Trains, and returns the parameters.
  ///
  /// - Parameters:
  ///   - start: the parameters to begin with; nil for the layout's initial values.
  ///   - progress: called after each epoch with its number and its mean loss per event.
  /// - Throws: `EncoderError.diverged`.
  package func run(
    _ sequences: [EventSequence], from start: [Float]? = nil,
    progress: @Sendable (Int, Double) -> Void = { _, _ in }
  ) async throws -> [Float] {
    var parameters = start ?? encoder.layout.initialValues(seed: configuration.seed)
    let lengths = sequences.map(\.count)
    var generator = DeterministicGenerator(seed: configuration.seed, stream: 0x6570_6F63)
    let plan = windows(lengths, nil, &generator)
    guard !plan.isEmpty else { return parameters }
    let steps = configuration.epochs * stepsPerEpoch(plan)
    var state = State(self, parameters: parameters, steps: steps)
    for epoch in 0..<configuration.epochs {
      // As many steps as planned, whatever the cut: the schedule counts on it.
      var windows = configuration.recutsWindows ? windows(lengths, epoch, &generator) : plan
      windows.shuffle(using: &generator)
      let loss = try await self.epoch(
        windows, sequences, &parameters, &state, stepCount: stepsPerEpoch(plan))
      progress(epoch + 1, loss / Double(windows.reduce(0) { $0 + $1.targetCount }))
    }
    return configuration.averaging > 0 ? state.average : parameters
  }

  /// What a training carries from step to step.
  private struct State {
    let schedule: LearningRateSchedule
    let spaces: Spaces
    var optimizer: Optimizer
    var total: Gradients
    var average: [Float]
    var step = 0

    init(_ training: CentralEncoderTraining, parameters: [Float], steps: Int) {
      let configuration = training.configuration
      schedule = LearningRateSchedule(
        peak: configuration.peakRate,
        warmUpSteps: Int(configuration.warmUpShare * Double(steps)), steps: steps, decay: .cosine)
      spaces = Spaces(
        encoder: training.encoder, objective: configuration.objective,
        tellsApart: configuration.contrast > 0, windows: partWindows)
      optimizer = Optimizer(
        .adam(), parameterCount: parameters.count, weightDecay: configuration.weightDecay)
      total = Gradients(count: parameters.count)
      average = parameters
    }
  }

  private func stepsPerEpoch(_ windows: [TrainingWindow]) -> Int {
    (windows.count + configuration.batch - 1) / configuration.batch
  }

  private func windows(
    _ lengths: [Int], _ epoch: Int?, _ generator: inout DeterministicGenerator
  ) -> [TrainingWindow] {
    let length = encoder.configuration.length
    return lengths.enumerated().flatMap { user, count in
      TrainingWindow.windows(
        user: Int32(user), eventCount: count, length: length,
        newest: epoch == nil ? nil : 1 + generator.nextIndex(below: length))
    }
  }

  private func epoch(
    _ windows: [TrainingWindow], _ sequences: [EventSequence], _ parameters: inout [Float],
    _ state: inout State, stepCount: Int
  ) async throws -> Double {
    var loss = 0.0
    for step in 0..<stepCount {
      try Task.checkCancellation()
      let range = (step * windows.count / stepCount)..<((step + 1) * windows.count / stepCount)
      loss += try await accumulate(
        windows[range], sequences, parameters, state.step, state.spaces, &state.total)
      let rate = state.schedule.rate(at: state.step)
      let norm = state.total.clip(to: configuration.clipNorm)
      guard norm.isFinite, loss.isFinite else {
        throw EncoderError.diverged(step: state.step, learningRate: Double(rate))
      }
      state.optimizer.step(&parameters, state.total, rate: rate)
      if configuration.averaging > 0 {
        for index in parameters.indices {
          state.average[index] +=
            (1 - configuration.averaging) * (parameters[index] - state.average[index])
        }
      }
      state.step += 1
    }
    return loss
  }

  /// Leaves the gradient of a batch's mean loss in `total` and returns the sum of losses.
  private func accumulate(
    _ batch: ArraySlice<TrainingWindow>, _ sequences: [EventSequence], _ parameters: [Float],
    _ number: Int, _ spaces: Spaces, _ total: inout Gradients
  ) async throws -> Double {
    let weight = 1 / Float(max(batch.reduce(0) { $0 + $1.targetCount }, 1))
    let size = Self.partWindows
    let parts = (batch.count + size - 1) / size
    let outcome = try await workers.forEach(
      parts, block: 1, state: { (learner: spaces.takeLearner(), found: [Part]()) }
    ) { state, index in
      let first = batch.startIndex + index * size
      var gradients = spaces.takeGradients()
      gradients.clear()
      let windows = batch[first..<min(first + size, batch.endIndex)]
      var generator = DeterministicGenerator(
        seed: configuration.seed &+ UInt64(number), stream: 0x6E65_6761_0000_0000 | UInt64(index))
      _ = state.learner.nextItem.chooseItems(for: windows, of: sequences, &generator)
      let dropout = Dropout(
        rate: configuration.dropout,
        seed: configuration.seed &+ UInt64(number) &* 1_000_003 &+ UInt64(index))
      let loss = state.learner.nextItem.accumulate(
        windows, of: sequences, weight: weight, parameters, dropout: dropout,
        into: &gradients.values)
      _ = state.learner.contrast?.accumulate(
        windows, of: sequences, weight: configuration.contrast / Float(batch.count), parameters,
        &generator, dropout: Dropout(rate: configuration.dropout, seed: generator.next()),
        into: &gradients.values)
      encoder.fold(&gradients.values, parameters)
      state.found.append(Part(index: index, loss: loss, gradients: gradients))
    }
    total.clear()
    var loss = 0.0
    for part in outcome.states.flatMap(\.found).sorted(by: { $0.index < $1.index }) {
      total.add(part.gradients)
      loss += part.loss
    }
    for state in outcome.states {
      spaces.give(state.learner)
      for part in state.found { spaces.give(part.gradients) }
    }
    return loss
  }

  private struct Part: Sendable {
    let index: Int
    let loss: Double
    let gradients: Gradients
  }

  /// What one part is trained with.
  private struct Learner: Sendable {
    var nextItem: NextItemLearner
    var contrast: ContrastiveLearner?
  }

  /// Workspaces and gradients that are used again in every step.
  private final class Spaces: Sendable {
    private struct Stock {
      var learners: [Learner] = []
      var gradients: [Gradients] = []
    }

    private let stock = Mutex(Stock())
    private let encoder: SequenceEncoder
    private let objective: NextItemObjective
    private let tellsApart: Bool
    private let windows: Int

    init(
      encoder: SequenceEncoder, objective: NextItemObjective, tellsApart: Bool, windows: Int
    ) {
      self.encoder = encoder
      self.objective = objective
      self.tellsApart = tellsApart
      self.windows = windows
    }

    func takeLearner() -> Learner {
      stock.withLock { $0.learners.popLast() }
        ?? Learner(
          nextItem: NextItemLearner(encoder, objective, windows: windows),
          contrast: tellsApart
            ? ContrastiveLearner(encoder, temperature: temperature, windows: windows) : nil)
    }

    func takeGradients() -> Gradients {
      stock.withLock { $0.gradients.popLast() } ?? Gradients(count: encoder.layout.count)
    }

    func give(_ learner: Learner) { stock.withLock { $0.learners.append(learner) } }
    func give(_ gradients: Gradients) { stock.withLock { $0.gradients.append(gradients) } }
  }
}
