internal import NumericalMethods

/// y = [x, u] W' + b for rows x beside one vector u that all of them share, such as items beside a
/// user: what belongs to u is computed once.
package struct SharedInputLinearLayer: Sendable {
  /// Columns of x first, then those of u.
  ///
  /// Shape: [outputs, own + shared].
  package let weight: ParameterSlot
  package let bias: ParameterSlot
  package let own: Int
  package let shared: Int
  package var outputs: Int { weight.rows }

  package init(
    _ name: String, own: Int, shared: Int, outputs: Int, in layout: inout ParameterLayout
  ) {
    let bound = ParameterSlot.Initialization.uniform(bound: 1 / Float(own + shared).squareRoot())
    self.own = own
    self.shared = shared
    weight = layout.add(name + ".weight", rows: outputs, columns: own + shared, bound)
    bias = layout.add(name + ".bias", columns: outputs, bound)
  }

  private var ownWeight: MatrixPlace {
    MatrixPlace(start: weight.start, rows: outputs, columns: own, stride: own + shared)
  }

  private var sharedWeight: MatrixPlace {
    MatrixPlace(start: weight.start + own, rows: outputs, columns: shared, stride: own + shared)
  }

  /// - Parameters:
  ///   - x: from row `first` on. Shape: [*, own].
  ///   - u: Shape: [shared].
  ///   - constant: overwritten with what u and the bias add to each row. Shape: [outputs].
  ///   - y: overwritten. Shape: [rows, outputs].
  package func forward(
    _ x: [Float], first: Int, rows: Int, beside u: [Float], _ parameters: [Float],
    constant: inout [Float], into y: inout [Float]
  ) {
    NeuralKernels.copy(parameters, from: bias.start, into: &constant, at: 0, count: outputs)
    DenseKernels.multiply(
      u, .init(MatrixPlace(rows: 1, columns: shared)), by: parameters,
      .init(sharedWeight, transposed: true), into: &constant,
      MatrixPlace(rows: 1, columns: outputs), adding: true)
    DenseKernels.multiply(
      x, .init(MatrixPlace(start: first * own, rows: rows, columns: own)), by: parameters,
      .init(ownWeight, transposed: true), into: &y, MatrixPlace(rows: rows, columns: outputs))
    NeuralKernels.addToRows(constant, at: 0, rows: rows, columns: outputs, &y)
  }

  /// Adds the gradients of the parameters, overwrites those of x and u.
  ///
  /// - Parameter constant: overwritten with the sum of the output's gradients over rows.
  package func backward(
    _ x: [Float], first: Int, rows: Int, beside u: [Float], outputGradient: [Float],
    _ parameters: [Float], constant: inout [Float], gradients: inout [Float],
    inputGradient: inout [Float], sharedGradient: inout [Float]
  ) {
    let output = MatrixPlace(rows: rows, columns: outputs)
    let input = MatrixPlace(start: first * own, rows: rows, columns: own)
    let total = MatrixPlace(rows: 1, columns: outputs)
    for column in 0..<outputs { constant[column] = 0 }
    NeuralKernels.addRows(
      of: outputGradient, rows: rows, columns: outputs, to: &constant, at: 0)
    NeuralKernels.copy(
      constant, from: 0, into: &gradients, at: bias.start, count: outputs, adding: true)
    DenseKernels.multiply(
      outputGradient, .init(output, transposed: true), by: x, .init(input), into: &gradients,
      ownWeight, adding: true)
    for row in 0..<outputs {
      NeuralKernels.axpy(
        constant[row], u, at: 0, into: &gradients,
        at: weight.start + row * (own + shared) + own, count: shared)
    }
    DenseKernels.multiply(
      outputGradient, .init(output), by: parameters, .init(ownWeight), into: &inputGradient,
      MatrixPlace(rows: rows, columns: own))
    DenseKernels.multiply(
      constant, .init(total), by: parameters, .init(sharedWeight), into: &sharedGradient,
      MatrixPlace(rows: 1, columns: shared))
  }
}
