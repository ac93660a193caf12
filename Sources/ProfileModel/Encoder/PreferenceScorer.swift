internal import NumericalMethods

/// Scores all items for one user: what a device does with released item vectors and its own vector.
package struct PreferenceScorer: Sendable {
  private let model: PreferenceModel
  private let parameters: [Float]
  private var hidden: [Float]
  private var constant: [Float]

  /// - Throws: `EncoderError.wrongParameterCount` or `.parameterNotFinite`.
  package init(_ model: PreferenceModel, parameters: [Float]) throws(EncoderError) {
    try model.layout.check(parameters)
    self.model = model
    self.parameters = parameters
    hidden = [Float](repeating: 0, count: model.items.rows * model.first.outputs)
    constant = [Float](repeating: 0, count: model.first.outputs)
  }

  /// The logit of every item.
  ///
  /// - Parameters:
  ///   - user: the device's own vector. Shape: [width].
  ///   - scores: overwritten. Shape: [items].
  package mutating func score(user: [Float], into scores: inout [Float]) {
    let items = model.items.rows
    precondition(user.count == model.width && scores.count == items)
    // Item vectors come first in the layout, so that the parameters are the rows of all items.
    model.first.forward(
      parameters, first: 0, rows: items, beside: user, parameters, constant: &constant,
      into: &hidden)
    NeuralKernels.relu(&hidden, count: items * model.first.outputs)
    model.second.forward(hidden, rows: items, parameters, into: &scores)
  }
}
