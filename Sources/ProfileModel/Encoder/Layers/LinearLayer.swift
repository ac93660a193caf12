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

/// A correction of low rank to a linear layer: y += x A' B'.
///
/// What is trained in the layer's place where a whole matrix would be too long to contribute.
/// - Source: Hu et al. 2021, "LoRA: low-rank adaptation of large language models",
///   arXiv:2106.09685.
package struct LowRankAdapter: Sendable {
  /// A, random at first.
  ///
  /// Shape: [rank, inputs].
  package let down: ParameterSlot
  /// B, zero at first, so that the correction starts from nothing.
  ///
  /// Shape: [outputs, rank].
  package let up: ParameterSlot
  package var rank: Int { down.rows }

  package init(
    _ name: String, inputs: Int, outputs: Int, rank: Int, in layout: inout ParameterLayout
  ) {
    down = layout.add(
      name + ".down", rows: rank, columns: inputs,
      .normal(standardDeviation: 1 / Float(inputs).squareRoot()))
    up = layout.add(name + ".up", rows: outputs, columns: rank, .zeros)
  }

  /// - Parameters:
  ///   - low: overwritten with x A'. Shape: [rows, rank].
  ///   - y: added to. Shape: [rows, outputs].
  package func forward(
    _ x: [Float], rows: Int, _ parameters: [Float], low: inout [Float], into y: inout [Float]
  ) {
    let inner = MatrixPlace(rows: rows, columns: rank)
    DenseKernels.multiply(
      x, .init(MatrixPlace(rows: rows, columns: down.columns)), by: parameters,
      .init(down.place, transposed: true), into: &low, inner)
    DenseKernels.multiply(
      low, .init(inner), by: parameters, .init(up.place, transposed: true), into: &y,
      MatrixPlace(rows: rows, columns: up.rows), adding: true)
  }

  /// Adds the gradients of A and B, and that of x to `inputGradient`.
  ///
  /// - Parameters:
  ///   - low: what forward left.
  ///   - scratch: overwritten. Shape: [rows, rank].
  package func backward(
    _ x: [Float], low: [Float], outputGradient: [Float], rows: Int, _ parameters: [Float],
    scratch: inout [Float], gradients: inout [Float], inputGradient: inout [Float]
  ) {
    let inner = MatrixPlace(rows: rows, columns: rank)
    let input = MatrixPlace(rows: rows, columns: down.columns)
    let output = MatrixPlace(rows: rows, columns: up.rows)
    DenseKernels.multiply(
      outputGradient, .init(output, transposed: true), by: low, .init(inner), into: &gradients,
      up.place, adding: true)
    DenseKernels.multiply(
      outputGradient, .init(output), by: parameters, .init(up.place), into: &scratch, inner)
    DenseKernels.multiply(
      scratch, .init(inner, transposed: true), by: x, .init(input), into: &gradients, down.place,
      adding: true)
    DenseKernels.multiply(
      scratch, .init(inner), by: parameters, .init(down.place), into: &inputGradient, input,
      adding: true)
  }
}
