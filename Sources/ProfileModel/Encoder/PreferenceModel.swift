internal import NumericalMethods

/// Whether a user likes an item: a vector of each, one hidden layer, one logit.
///
/// The item vectors and the layers are shared; the user's vector never leaves the device.
/// - Source: He et al. 2017, "Neural collaborative filtering", section 3.3, arXiv:1708.05031.
package struct PreferenceModel: Sendable {
  package let layout: ParameterLayout
  /// Shape: [items, width].
  package let items: ParameterSlot
  let first: SharedInputLinearLayer
  let second: LinearLayer
  package let width: Int

  package init(itemCount: Int, width: Int, hidden: Int) {
    var layout = ParameterLayout()
    items = layout.add(
      "items.identity", rows: itemCount, columns: width, .normal(standardDeviation: 0.1),
      isRowSparse: true)
    first = SharedInputLinearLayer(
      "first", own: width, shared: width, outputs: hidden, in: &layout)
    second = LinearLayer("second", inputs: hidden, outputs: 1, in: &layout)
    self.layout = layout
    self.width = width
  }

  /// Where the layers' parameters lie: all that are not items' vectors.
  package var layers: Range<Int> { items.range.upperBound..<layout.count }
}

/// Trains the model on one device after another, in space that is made once.
///
/// Only the vectors of the device's own items are copied and changed.
package struct PreferenceLearner: Sendable {
  package let model: PreferenceModel
  private let batch: Int
  /// The device's copy of its items' vectors.
  ///
  /// Shape: [own items, width].
  private var rows: [Float] = []
  /// The device's copy of the parameters; of the items' part nothing is looked at.
  private var parameters: [Float]
  private var gradients: [Float]
  private var constant: [Float]
  private var hidden: [Float]
  private var logits: [Float]
  private var hiddenGradient: [Float]
  private var inputGradient: [Float]
  private var userGradient: [Float]

  /// - Parameter batch: ratings of one step, at most.
  package init(_ model: PreferenceModel, batch: Int) {
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    let hiddenWidth = model.first.outputs
    self.model = model
    self.batch = batch
    parameters = zeros(model.layout.count)
    gradients = zeros(model.layout.count)
    constant = zeros(hiddenWidth)
    hidden = zeros(batch * hiddenWidth)
    logits = zeros(batch)
    hiddenGradient = zeros(batch * hiddenWidth)
    inputGradient = zeros(batch * model.width)
    userGradient = zeros(model.width)
  }

  /// A hundred times the loss of one who does not know; neither more nor NaN is gone on from.
  ///
  /// Numbers can be finite long after they have stopped to mean anything.
  private static let greatestLoss = 100 * 0.693_147_180_559_945_3

  /// SGD over the device's ratings in their order.
  ///
  /// - Parameters:
  ///   - items: distinct and ascending.
  ///   - labels: 0 to 1 for each item.
  ///   - user: the device's own vector, changed in place.
  ///   - update: overwritten with the change of the items' vectors, then of the layers.
  /// - Returns: the mean loss before each step.
  /// - Throws: `EncoderError.diverged`, `.unknownItem` or `.unequalLists`.
  package mutating func train(
    items: [Int32], labels: [Float], user: inout [Float], given: [Float], rate: Float,
    epochs: Int = 1, update: inout [Float]
  ) throws(EncoderError) -> Double {
    try load(items, labels, given)
    var loss = 0.0
    for _ in 0..<epochs {
      loss += try epoch(labels, items.count, &user, rate)
    }
    writeUpdate(items, given, into: &update)
    return loss / Double(max(epochs * items.count, 1))
  }

  /// Coordinates of the update that `train` writes.
  ///
  /// - Parameter ranges: overwritten; its space is kept.
  package func ranges(_ items: [Int32], into ranges: inout [Range<Int>]) {
    ranges.removeAll(keepingCapacity: true)
    for item in items { ranges.append(model.items.row(Int(item))) }
    ranges.append(model.layers)
  }

  private mutating func load(
    _ items: [Int32], _ labels: [Float], _ given: [Float]
  ) throws(EncoderError) {
    guard given.count == model.layout.count else {
      throw .wrongParameterCount(found: given.count, expected: model.layout.count)
    }
    guard labels.count == items.count else {
      throw .unequalLists(field: "labels", found: labels.count, expected: items.count)
    }
    let width = model.width
    if rows.count < items.count * width {
      rows += [Float](repeating: 0, count: items.count * width - rows.count)
    }
    for (row, item) in items.enumerated() {
      guard item >= 0, Int(item) < model.items.rows else {
        throw .unknownItem(index: item, itemCount: model.items.rows)
      }
      NeuralKernels.copy(
        given, from: model.items.row(Int(item)).lowerBound, into: &rows, at: row * width,
        count: width)
    }
    NeuralKernels.copy(
      given, from: model.layers.lowerBound, into: &parameters, at: model.layers.lowerBound,
      count: model.layers.count)
  }

  /// One epoch; returns its sum of losses before each step.
  private mutating func epoch(
    _ labels: [Float], _ total: Int, _ user: inout [Float], _ rate: Float
  ) throws(EncoderError) -> Double {
    let layers = model.layers
    var loss = 0.0
    for start in stride(from: 0, to: total, by: batch) {
      let count = min(batch, total - start)
      let stepLoss = step(labels, start, count, user)
      guard stepLoss <= Self.greatestLoss * Double(count) else {
        throw .diverged(step: start / batch, learningRate: Double(rate))
      }
      loss += stepLoss
      NeuralKernels.axpy(
        -rate, inputGradient, at: 0, into: &rows, at: start * model.width,
        count: count * model.width)
      NeuralKernels.axpy(-rate, userGradient, into: &user, count: model.width)
      NeuralKernels.axpy(
        -rate, gradients, at: layers.lowerBound, into: &parameters, at: layers.lowerBound,
        count: layers.count)
    }
    return loss
  }

  /// Leaves the gradients of one batch's mean loss, and returns its sum of losses.
  private mutating func step(
    _ labels: [Float], _ start: Int, _ count: Int, _ user: [Float]
  ) -> Double {
    let hiddenWidth = model.first.outputs
    for index in model.layers { gradients[index] = 0 }
    model.first.forward(
      rows, first: start, rows: count, beside: user, parameters, constant: &constant,
      into: &hidden)
    NeuralKernels.relu(&hidden, count: count * hiddenWidth)
    model.second.forward(hidden, rows: count, parameters, into: &logits)
    let loss = LogisticLoss.apply(
      &logits, labels: labels, start: start, count: count, weight: 1 / Float(count))
    model.second.accumulate(hidden, outputGradient: logits, rows: count, into: &gradients)
    model.second.propagate(
      outputGradient: logits, rows: count, parameters, into: &hiddenGradient)
    NeuralKernels.reluBackward(output: hidden, &hiddenGradient, count: count * hiddenWidth)
    model.first.backward(
      rows, first: start, rows: count, beside: user, outputGradient: hiddenGradient, parameters,
      constant: &constant, gradients: &gradients, inputGradient: &inputGradient,
      sharedGradient: &userGradient)
    return loss
  }

  private func writeUpdate(_ items: [Int32], _ given: [Float], into update: inout [Float]) {
    let width = model.width
    let (own, layers) = (items.count * width, model.layers)
    if update.count != own + layers.count {
      update = [Float](repeating: 0, count: own + layers.count)
    }
    NeuralKernels.copy(rows, from: 0, into: &update, at: 0, count: own)
    for (row, item) in items.enumerated() {
      NeuralKernels.axpy(
        -1, given, at: model.items.row(Int(item)).lowerBound, into: &update, at: row * width,
        count: width)
    }
    NeuralKernels.copy(
      parameters, from: layers.lowerBound, into: &update, at: own, count: layers.count)
    NeuralKernels.axpy(
      -1, given, at: layers.lowerBound, into: &update, at: own, count: layers.count)
  }
}
