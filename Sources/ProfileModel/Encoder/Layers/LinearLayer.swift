internal import NumericalMethods

/// y = x W' + b.
package struct LinearLayer: Sendable {
  /// Shape: [outputs, inputs].
  package let weight: ParameterSlot
  /// Shape: [outputs].
  package let bias: ParameterSlot?
  package var inputs: Int { weight.columns }
  package var outputs: Int { weight.rows }

  /// Appends its parameters to `layout`.
  ///
  /// Weights start uniform within 1 / sqrt(inputs), as PyTorch's do.
  package init(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true,
    weights: ParameterSlot.Initialization? = nil, in layout: inout ParameterLayout
  ) {
    let bound = ParameterSlot.Initialization.uniform(bound: 1 / Float(inputs).squareRoot())
    weight = layout.add(name + ".weight", rows: outputs, columns: inputs, weights ?? bound)
    bias = hasBias ? layout.add(name + ".bias", columns: outputs, bound) : nil
  }

  /// - Parameters:
  ///   - x: Shape: [rows, inputs].
  ///   - y: overwritten. Shape: [rows, outputs].
  package func forward(_ x: [Float], rows: Int, _ parameters: [Float], into y: inout [Float]) {
    let output = MatrixPlace(rows: rows, columns: outputs)
    DenseKernels.multiply(
      x, .init(MatrixPlace(rows: rows, columns: inputs)), by: parameters,
      .init(weight.place, transposed: true), into: &y, output)
    if let bias {
      NeuralKernels.addToRows(parameters, at: bias.start, rows: rows, columns: outputs, &y)
    }
  }

  /// Adds the gradients of weight and bias.
  ///
  /// - Parameters:
  ///   - x: what forward saw. Shape: [rows, inputs].
  ///   - outputGradient: Shape: [rows, outputs].
  package func accumulate(
    _ x: [Float], outputGradient: [Float], rows: Int, into gradients: inout [Float]
  ) {
    DenseKernels.multiply(
      outputGradient, .init(MatrixPlace(rows: rows, columns: outputs), transposed: true), by: x,
      .init(MatrixPlace(rows: rows, columns: inputs)), into: &gradients, weight.place,
      adding: true)
    if let bias {
      NeuralKernels.addRows(
        of: outputGradient, rows: rows, columns: outputs, to: &gradients, at: bias.start)
    }
  }

  /// The gradient of the input.
  ///
  /// - Parameter inputGradient: overwritten, or added to. Shape: [rows, inputs].
  package func propagate(
    outputGradient: [Float], rows: Int, _ parameters: [Float], into inputGradient: inout [Float],
    adding: Bool = false
  ) {
    DenseKernels.multiply(
      outputGradient, .init(MatrixPlace(rows: rows, columns: outputs)), by: parameters,
      .init(weight.place), into: &inputGradient, MatrixPlace(rows: rows, columns: inputs),
      adding: adding)
  }
}
