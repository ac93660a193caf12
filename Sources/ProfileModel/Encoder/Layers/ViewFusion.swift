internal import NumericalMethods

/// Joins several views of one user, such as sequence, content and gram, into one vector.
package struct ViewFusion: Sendable {
  /// How views are joined.
  package enum Rule: Sendable, Equatable {
    /// Sum with weights sigma(W [h_1; ...; h_m] + b), one per view, that depend on the user.
    case gated
    /// Sum with one learned weight per view for everybody, softmax(w).
    case weighted
    /// A linear layer over all views side by side.
    case stacked
  }

  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    /// The weight of each view.
    ///
    /// Shape: [rows, views]; for `weighted` the first row only.
    package fileprivate(set) var weights: [Float]
    /// Shape: [rows, width].
    package var output: [Float]
    var weightGradient: [Float]
  }

  package let rule: Rule
  package let views: Int
  package let width: Int
  private let gate: LinearLayer?
  private let shared: ParameterSlot?
  private let stack: LinearLayer?

  package init(
    _ name: String, _ rule: Rule, views: Int, width: Int, in layout: inout ParameterLayout
  ) {
    self.rule = rule
    self.views = views
    self.width = width
    switch rule {
    case .gated:
      gate = LinearLayer(name + ".gate", inputs: views * width, outputs: views, in: &layout)
      (shared, stack) = (nil, nil)
    case .weighted:
      shared = layout.add(name + ".weights", columns: views, .zeros)
      (gate, stack) = (nil, nil)
    case .stacked:
      stack = LinearLayer(name + ".stack", inputs: views * width, outputs: width, in: &layout)
      (gate, shared) = (nil, nil)
    }
  }

  package func activations(capacity: Int) -> Activations {
    let weights = [Float](repeating: 0, count: capacity * views)
    return Activations(
      weights: weights, output: [Float](repeating: 0, count: capacity * width),
      weightGradient: weights)
  }

  /// - Parameter x: the views side by side. Shape: [rows, views * width].
  package func forward(
    _ x: [Float], rows: Int, _ parameters: [Float], into found: inout Activations
  ) {
    if let stack {
      stack.forward(x, rows: rows, parameters, into: &found.output)
      return
    }
    if let gate {
      gate.forward(x, rows: rows, parameters, into: &found.weights)
      NeuralKernels.sigmoid(&found.weights, count: rows * views)
    } else if let shared {
      NeuralKernels.copy(parameters, from: shared.start, into: &found.weights, at: 0, count: views)
      NeuralKernels.softmax(&found.weights, rows: 1, columns: views)
    }
    for row in 0..<rows {
      for column in 0..<width { found.output[row * width + column] = 0 }
      for view in 0..<views {
        NeuralKernels.axpy(
          found.weights[weightIndex(row, view)], x, at: (row * views + view) * width,
          into: &found.output, at: row * width, count: width)
      }
    }
  }

  private func weightIndex(_ row: Int, _ view: Int) -> Int {
    rule == .weighted ? view : row * views + view
  }

  /// Adds the gradients of the parameters and overwrites that of x.
  ///
  /// - Parameter outputGradient: Shape: [rows, width].
  package func backward(
    _ x: [Float], outputGradient: [Float], rows: Int, _ parameters: [Float],
    _ found: inout Activations, gradients: inout [Float], inputGradient: inout [Float]
  ) {
    if let stack {
      stack.accumulate(x, outputGradient: outputGradient, rows: rows, into: &gradients)
      stack.propagate(
        outputGradient: outputGradient, rows: rows, parameters, into: &inputGradient)
      return
    }
    for index in 0..<(rows * views) { found.weightGradient[index] = 0 }
    for index in 0..<(rows * views * width) { inputGradient[index] = 0 }
    for row in 0..<rows {
      for view in 0..<views {
        let start = (row * views + view) * width
        let weight = weightIndex(row, view)
        found.weightGradient[weight] += NeuralKernels.dot(
          x, at: start, outputGradient, at: row * width, count: width)
        NeuralKernels.axpy(
          found.weights[weight], outputGradient, at: row * width, into: &inputGradient, at: start,
          count: width)
      }
    }
    if let gate {
      for index in 0..<(rows * views) {
        let weight = found.weights[index]
        found.weightGradient[index] *= weight * (1 - weight)
      }
      gate.accumulate(x, outputGradient: found.weightGradient, rows: rows, into: &gradients)
      gate.propagate(
        outputGradient: found.weightGradient, rows: rows, parameters, into: &inputGradient,
        adding: true)
    } else if let shared {
      NeuralKernels.softmaxBackward(
        output: found.weights, &found.weightGradient, rows: 1, columns: views)
      NeuralKernels.copy(
        found.weightGradient, from: 0, into: &gradients, at: shared.start, count: views,
        adding: true)
    }
  }
}
