internal import NumericalMethods

/// Two linear layers with a GELU between them.
package struct FeedForward: Sendable {
  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    /// Before the GELU.
    ///
    /// Shape: [rows, inner].
    var before: [Float]
    /// After the GELU and dropout.
    var after: [Float]
    /// Shape: [rows, width].
    package var output: [Float]
    var innerGradient: [Float]
  }

  let first: LinearLayer
  let second: LinearLayer

  package init(_ name: String, width: Int, inner: Int, in layout: inout ParameterLayout) {
    first = LinearLayer(name + ".first", inputs: width, outputs: inner, in: &layout)
    second = LinearLayer(name + ".second", inputs: inner, outputs: width, in: &layout)
  }

  package func activations(capacity: Int) -> Activations {
    let inner = [Float](repeating: 0, count: capacity * first.outputs)
    return Activations(
      before: inner, after: inner,
      output: [Float](repeating: 0, count: capacity * second.outputs), innerGradient: inner)
  }

  /// - Parameter x: Shape: [rows, width].
  package func forward(
    _ x: [Float], rows: Int, _ parameters: [Float], dropout: Dropout, place: UInt64,
    into found: inout Activations
  ) {
    first.forward(x, rows: rows, parameters, into: &found.before)
    NeuralKernels.gelu(found.before, into: &found.after, count: rows * first.outputs)
    dropout.apply(&found.after, count: rows * first.outputs, place: place)
    second.forward(found.after, rows: rows, parameters, into: &found.output)
  }

  /// Adds the gradients of the parameters and overwrites that of x.
  package func backward(
    _ x: [Float], outputGradient: [Float], rows: Int, _ parameters: [Float], dropout: Dropout,
    place: UInt64, _ found: inout Activations, gradients: inout [Float],
    inputGradient: inout [Float]
  ) {
    second.accumulate(found.after, outputGradient: outputGradient, rows: rows, into: &gradients)
    second.propagate(
      outputGradient: outputGradient, rows: rows, parameters, into: &found.innerGradient)
    dropout.apply(&found.innerGradient, count: rows * first.outputs, place: place)
    NeuralKernels.geluBackward(
      at: found.before, &found.innerGradient, count: rows * first.outputs)
    first.accumulate(x, outputGradient: found.innerGradient, rows: rows, into: &gradients)
    first.propagate(
      outputGradient: found.innerGradient, rows: rows, parameters, into: &inputGradient)
  }
}
