package import NumericalMethods

/// Rows brought to mean 0 and variance 1, then scaled and shifted by learned vectors.
package struct LayerNormalization: Sendable {
  /// What forward keeps for backward; `output` is the result.
  package typealias Activations = NormalizationKernels.Rows

  package let gain: ParameterSlot
  package let shift: ParameterSlot
  package var columns: Int { gain.columns }

  package init(_ name: String, columns: Int, in layout: inout ParameterLayout) {
    gain = layout.add(name + ".gain", columns: columns, .ones)
    shift = layout.add(name + ".shift", columns: columns, .zeros)
  }

  package func activations(capacity: Int) -> Activations {
    Activations(capacity: capacity, columns: columns)
  }

  /// - Parameter x: Shape: [rows, columns].
  package func forward(
    _ x: [Float], rows: Int, _ parameters: [Float], into found: inout Activations
  ) {
    NormalizationKernels.forward(
      x, rows: rows, columns: columns, parameters, gain: gain.start, shift: shift.start,
      into: &found)
  }

  /// Adds the gradients of the parameters, and that of x to `inputGradient`.
  package func backward(
    outputGradient: [Float], rows: Int, _ parameters: [Float], _ found: Activations,
    gradients: inout [Float], inputGradient: inout [Float]
  ) {
    NormalizationKernels.backward(
      outputGradient, rows: rows, columns: columns, parameters, gain: gain.start,
      shift: shift.start, found: found, gradients: &gradients, inputGradient: &inputGradient)
  }
}
