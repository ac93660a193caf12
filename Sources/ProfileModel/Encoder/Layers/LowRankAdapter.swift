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
  ///
  /// - Parameter given: the parameters as they are, of which `parameters` are a copy.
  package func apply(_ given: [Float], to parameters: inout [Float]) {
    DenseKernels.multiply(
      given, .init(up.place), by: given, .init(down.place), into: &parameters, weight.place,
      adding: true)
  }

  /// Adds the gradients of A and B, given that of W + B A at the place of W.
  package func fold(_ parameters: [Float], into gradients: inout [Float]) {
    let found = Array(gradients[weight.range])
    let place = MatrixPlace(rows: weight.rows, columns: weight.columns)
    DenseKernels.multiply(
      found, .init(place), by: parameters, .init(down.place, transposed: true),
      into: &gradients, up.place, adding: true)
    DenseKernels.multiply(
      parameters, .init(up.place, transposed: true), by: found, .init(place),
      into: &gradients, down.place, adding: true)
  }
}
