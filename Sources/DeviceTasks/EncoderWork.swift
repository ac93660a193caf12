package import NumericalMethods
package import ProfileModel

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The task `encoder` on a device: train the given encoder on the own sequence.
///
/// Holds the space of one device after another; a simulation has one for each thread. Of items' own
/// vectors only the rows of events and negatives are read, changed, sent and put back.
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

  /// Layers that are never sent: a device makes its own from its history, and has them while it trains
  /// what is shared.
  ///
  /// They are made anew each time, so that a device has nothing to keep, and one that comes for the first
  /// time is not behind.
  /// - Source: Singhal et al. 2021, "Federated reconstruction: partially local federated learning",
  ///   arXiv:2102.03448; here with the same windows for both parts, as histories are short.
  package struct Reconstruction: Sendable {
    /// Nothing that is trained together is among them.
    package let slots: TrainedSlots
    package let epochs: Int

    package init(slots: TrainedSlots, epochs: Int) {
      (self.slots, self.epochs) = (slots, epochs)
    }
  }

  package let configuration: Configuration
  package let slots: TrainedSlots
  private let own: Reconstruction?
  private let encoder: SequenceEncoder
  /// The newest windows, at most, that a device trains on: a history of any length costs it no more.
  package static let mostWindows = 100
  /// A hundred times the loss per event of ranking at random: clipped steps leave numbers finite long
  /// after they have stopped to mean anything.
  private let greatestLoss: Double
  private var learner: NextItemLearner
  /// Of one step.
  private(set) var gradients: Gradients
  private var optimizer: Optimizer
  /// The parameters as this device changed them; equal to the given ones between devices.
  var parameters: [Float]
  private let given: [Float]
  /// Items that the device touched, in one step after the other; not used where all are.
  private var items: [Int32] = []
  /// Parameters that the device touched, trained or not: disjoint and ascending.
  private var visited: [Range<Int>] = []
  /// Those of them that are trained.
  private var touched: [Range<Int>] = []
  /// Coordinates of the last device's update that may differ from zero: disjoint and ascending.
  package private(set) var ranges: [Range<Int>] = []
  /// Their values, stretch after stretch.
  package private(set) var values: [Float] = []

  /// - Parameters:
  ///   - given: the parameters that every device starts from, those that are not trained included.
  ///   - own: layers of the device alone, if it has any.
  package init(
    _ encoder: SequenceEncoder, slots: TrainedSlots, given: [Float], _ configuration: Configuration,
    own: Reconstruction? = nil
  ) {
    self.configuration = configuration
    self.slots = slots
    self.own = own
    self.given = given
    self.encoder = encoder
    greatestLoss = 100 * log(Double(encoder.configuration.itemCount))
    learner = NextItemLearner(encoder, configuration.objective, windows: configuration.batch)
    gradients = Gradients(count: encoder.layout.count)
    optimizer = Optimizer(.sgd, parameterCount: encoder.layout.count)
    parameters = given
  }

  /// Trains on one sequence and leaves the change in `ranges` and `values`: none for fewer than two events.
  ///
  /// - Parameter generator: the device's own, for dropout, negatives and the order of windows.
  /// - Throws: `EncoderError.diverged`, or `.unknownItem` for a sequence that was made for a larger table;
  ///   nothing is to be contributed then.
  package mutating func train(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    defer { restore() }
    ranges.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    try follow(sequence, &generator)
    slots.places(of: touched, into: &ranges)
    slots.difference(parameters, given, in: touched, into: &values)
  }

  /// The parameters after training on one sequence, for this device and nobody else.
  package mutating func personalized(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) -> [Float] {
    defer { restore() }
    try follow(sequence, &generator)
    return parameters
  }

  private mutating func restore() {
    for range in touched {
      NeuralKernels.copy(
        given, from: range.lowerBound, into: &parameters, at: range.lowerBound,
        count: range.count)
    }
    for range in own?.slots.ranges ?? [] {
      NeuralKernels.copy(
        given, from: range.lowerBound, into: &parameters, at: range.lowerBound,
        count: range.count)
    }
  }

  private mutating func follow(
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    touched.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    for item in sequence.items where Int(item) >= encoder.configuration.itemCount {
      throw .unknownItem(index: item, itemCount: encoder.configuration.itemCount)
    }
    var windows = TrainingWindow.windows(
      user: 0, eventCount: sequence.count, length: encoder.configuration.length,
      most: Self.mostWindows)
    guard !windows.isEmpty else { return }
    defer { findTouched() }
    if let own { try train(own.slots, own.epochs, &windows, sequence, &generator) }
    try train(slots, configuration.epochs, &windows, sequence, &generator)
  }

  private mutating func train(
    _ slots: TrainedSlots, _ epochs: Int, _ windows: inout [TrainingWindow],
    _ sequence: EventSequence, _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    var step = 0
    for _ in 0..<epochs {
      windows.shuffle(using: &generator)
      for start in stride(from: 0, to: windows.count, by: configuration.batch) {
        let batch = windows[start..<min(start + configuration.batch, windows.count)]
        try self.step(slots, batch, sequence, step, &generator)
        step += 1
      }
    }
  }

  /// What of the trained parameters the steps may have changed, all of them together.
  private mutating func findTouched() {
    guard configuration.objective.negatives != nil else {
      touched += slots.ranges
      return
    }
    items.sort()
    encoder.layout.ranges(visiting: items, into: &visited)
    visited.intersections(with: slots.ranges, into: &touched)
  }

  private mutating func step(
    _ slots: TrainedSlots, _ windows: ArraySlice<TrainingWindow>, _ sequence: EventSequence,
    _ number: Int,
    _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    if let chosen = learner.chooseItems(for: windows, of: [sequence], &generator) {
      gradients.clear(visiting: chosen, of: encoder.layout)
      items += chosen
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
