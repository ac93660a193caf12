package import NumericalMethods
package import ProfileModel

/// The task `encoder` of the shape `preference` on a device: tell the own items from others.
///
/// Holds the space of one device after another; a simulation has one for each thread.
package struct PreferenceWork: Sendable {
  /// How a device trains.
  package struct Configuration: Sendable {
    package var epochs: Int
    /// Items of one step.
    package var batch: Int
    package var learningRate: Float
    /// Own items of a round, the newest.
    package var length: Int
    /// Draws from all items that are set beside them.
    package var negatives: Int

    package init(
      epochs: Int, batch: Int, learningRate: Float, length: Int, negatives: Int
    ) {
      self.epochs = epochs
      self.batch = batch
      self.learningRate = learningRate
      self.length = length
      self.negatives = negatives
    }
  }

  package let configuration: Configuration
  private let given: [Float]
  private var learner: PreferenceLearner
  private var items: [Int32] = []
  private var labels: [Float] = []
  /// Coordinates that the last device changed: disjoint and ascending.
  package private(set) var ranges: [Range<Int>] = []
  /// Their changes, stretch after stretch.
  package private(set) var values: [Float] = []

  /// - Parameter given: the parameters that every device starts from.
  package init(_ model: PreferenceModel, given: [Float], _ configuration: Configuration) {
    self.configuration = configuration
    self.given = given
    learner = PreferenceLearner(model, batch: configuration.batch)
  }

  /// Trains on one history and leaves the change in `ranges` and `values`: none for an empty one.
  ///
  /// - Parameters:
  ///   - user: the device's own vector, which is trained with the rest and stays.
  ///   - generator: the device's own, for the items beside its own.
  /// - Throws: `EncoderError.diverged` or `.unknownItem`; nothing is to be contributed then.
  package mutating func train(
    _ history: InteractionHistory, user: inout [Float],
    _ generator: inout DeterministicGenerator
  ) throws(EncoderError) {
    guard !history.isEmpty else {
      ranges.removeAll(keepingCapacity: true)
      values.removeAll(keepingCapacity: true)
      return
    }
    choose(history, &generator)
    _ = try learner.train(
      items: items, labels: labels, user: &user, given: given, rate: configuration.learningRate,
      epochs: configuration.epochs, update: &values)
    learner.ranges(items, into: &ranges)
  }

  /// The newest own items and as many draws from all, each once, ascending; own ones are labeled 1,
  /// however they came here.
  private mutating func choose(
    _ history: InteractionHistory, _ generator: inout DeterministicGenerator
  ) {
    items.removeAll(keepingCapacity: true)
    items += history.items.suffix(configuration.length)
    for _ in 0..<configuration.negatives {
      items.append(Int32(generator.nextIndex(below: learner.model.items.rows)))
    }
    items.sort()
    var end = 0
    for index in items.indices where index == 0 || items[index] != items[index - 1] {
      items[end] = items[index]
      end += 1
    }
    items.removeLast(items.count - end)
    labels.removeAll(keepingCapacity: true)
    let own = history.sortedItems
    var next = 0
    for item in items {
      while next < own.count, own[next] < item { next += 1 }
      labels.append(next < own.count && own[next] == item ? 1 : 0)
    }
  }
}
