internal import NumericalMethods

/// A correction of low rank to a matrix of parameters: W + B A is used in the place of W.
///
/// What is trained where a whole matrix would be too long to contribute. It works on parameters, not on what
/// passes through a layer, so that every layer can have one.
/// - Source: Hu et al. 2021, "LoRA: low-rank adaptation of large language models",
///   arXiv:2106.09685.
package struct LowRankAdapter: Sendable {
  /// W, which stays as it is.
  ///
  /// Shape: [outputs, inputs].
  package let weight: ParameterSlot
  /// A, random at first.
  ///
  /// Shape: [rank, inputs].
  package let down: ParameterSlot
  /// B, zero at first, so that the correction starts from nothing.
  ///
  /// Shape: [outputs, rank].
  package let up: ParameterSlot

  /// How the names of adapters' parameters start.
  package static let prefix = "adapter."

  package init(_ weight: ParameterSlot, rank: Int, in layout: inout ParameterLayout) {
    self.weight = weight
    down = layout.add(
      Self.prefix + weight.name + ".down", rows: rank, columns: weight.columns,
      .normal(standardDeviation: 1 / Float(weight.columns).squareRoot()))
    up = layout.add(
      Self.prefix + weight.name + ".up", rows: weight.rows, columns: rank, .zeros)
  }

  /// Adds B A to W.
  package func apply(to parameters: inout [Float]) {
    // The product reads what it writes to, though never the same places.
    let given = parameters
    DenseKernels.multiply(
      given, .init(up.place), by: given, .init(down.place), into: &parameters, weight.place,
      adding: true)
  }

  /// Adds the gradients of A and B to `gradients`, given that of W + B A at the place of W.
  package func fold(_ gradients: inout [Float], _ parameters: [Float]) {
    let given = gradients
    DenseKernels.multiply(
      given, .init(weight.place), by: parameters, .init(down.place, transposed: true),
      into: &gradients, up.place, adding: true)
    DenseKernels.multiply(
      parameters, .init(up.place, transposed: true), by: given, .init(weight.place),
      into: &gradients, down.place, adding: true)
  }
}
