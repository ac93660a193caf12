package import NumericalMethods
package import ProfileModel

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The task `encoder` on a device: train the given encoder on the own sequence.
///
/// Holds the space of one device after another; a simulation has one for each thread.
package struct EncoderWork: Sendable {
  /// How a device trains.
  package struct Configuration: Sendable {
    package var objective: NextItemObjective
    package var epochs: Int
    /// Windows of one step.
    package var batch: Int
    package var learningRate: Float
    /// Pull towards the given parameters, times half their squared distance (FedProx).
    ///
    /// - Source: Li et al. 2020, "Federated optimization in heterogeneous networks",
    ///   arXiv:1812.06127.
    package var proximal: Float
    package var dropout: Float
    /// Largest norm of one step's gradient; what leaves the device is clipped besides.
    package var gradientNorm: Double

    package init(
      objective: NextItemObjective, epochs: Int, batch: Int, learningRate: Float,
      proximal: Float = 0, dropout: Float = 0, gradientNorm: Double = 5
    ) {
      self.objective = objective
      self.epochs = epochs
      self.batch = batch
      self.learningRate = learningRate
      self.proximal = proximal
      self.dropout = dropout
      self.gradientNorm = gradientNorm
    }
  }

  package let configuration: Configuration
  package let slots: TrainedSlots
  private let encoder: SequenceEncoder
  /// The newest windows, at most, that a device trains on: a history of any length costs it no more.
  package static let mostWindows = 100
  /// A hundred times the loss per event of ranking at random: clipped steps leave numbers finite long
  /// after they have stopped to mean anything.
  private let greatestLoss: Double
  private var learner: NextItemLearner
  private var gradients: Gradients
  private var optimizer: Optimizer
  private var update: [Float]
  /// The parameters as this device changed them; equal to the given ones between devices.
  private var parameters: [Float]
  private let given: [Float]

  /// - Parameter given: the parameters that every device starts from, those that are not trained
  ///   included.
  package init(
    _ encoder: SequenceEncoder, slots: TrainedSlots, given: [Float], _ configuration: Configuration
  ) {
    self.configuration = configuration
    self.slots = slots
    self.given = given
    self.encoder = encoder
    greatestLoss = 100 * log(Double(encoder.configuration.itemCount))
    learner = NextItemLearner(encoder, configuration.objective, windows: configuration.batch)
    gradients = Gradients(count: encoder.layout.count)
    optimizer = Optimizer(.sgd, parameterCount: encoder.layout.count)
    update = [Float](repeating: 0, count: slots.count)
    parameters = given
  }

  /// The change that training on one sequence makes; zeros for fewer than two events.
  ///
  /// - Parameter generator: the device's own, for dropout, negatives and the order of windows.
  /// - Returns: Shape: [trained parameters].
  /// - Throws: `EncoderError.diverged`, or `.unknownItem` for a sequence that was made for a larger table;
  ///   nothing is contributed then.
  package mutating func update(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) -> [Float] {
    defer { restore() }
    try train(sequence, &generator)
    slots.difference(parameters, given, into: &update)
    return update
  }

  /// The parameters after training on one sequence, for this device and nobody else.
  package mutating func personalized(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) -> [Float] {
    defer { restore() }
    try train(sequence, &generator)
    return parameters
  }

  private mutating func restore() {
    for range in slots.ranges {
      NeuralKernels.copy(
        given, from: range.lowerBound, into: &parameters, at: range.lowerBound,
        count: range.count)
    }
  }

  private mutating func train(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    for item in sequence.items where Int(item) >= encoder.configuration.itemCount {
      throw .unknownItem(index: item, itemCount: encoder.configuration.itemCount)
    }
    var windows = TrainingWindow.windows(
      user: 0, eventCount: sequence.count, length: encoder.configuration.length,
      most: Self.mostWindows)
    var step = 0
    for _ in 0..<configuration.epochs {
      windows.shuffle(using: &generator)
      for start in stride(from: 0, to: windows.count, by: configuration.batch) {
        let batch = windows[start..<min(start + configuration.batch, windows.count)]
        try self.step(batch, sequence, step, &generator)
        step += 1
      }
    }
  }

  private mutating func step(
    _ windows: ArraySlice<TrainingWindow>, _ sequence: EventSequence, _ number: Int,
    _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    if let touched = learner.chooseItems(for: windows, of: [sequence], &generator) {
      gradients.clear(visiting: touched, of: encoder.layout)
    } else {
      gradients.clear()
    }
    gradients.restrict(to: slots.ranges)
    let targets = windows.reduce(0) { $0 + $1.targetCount }
    let loss = learner.accumulate(
      windows, of: [sequence], weight: 1 / Float(max(targets, 1)), parameters,
      dropout: Dropout(rate: configuration.dropout, seed: generator.next()),
      into: &gradients.values)
    encoder.fold(&gradients.values, parameters)
    let norm = gradients.clip(to: configuration.gradientNorm)
    guard loss.isFinite, norm.isFinite, loss <= greatestLoss * Double(max(targets, 1)) else {
      throw .diverged(step: number, learningRate: Double(configuration.learningRate))
    }
    if configuration.proximal > 0 {
      for range in gradients.ranges {
        for index in range {
          gradients.values[index] +=
            configuration.proximal * (parameters[index] - given[index])
        }
      }
    }
    optimizer.step(&parameters, gradients, rate: configuration.learningRate)
  }
}
