internal import NumericalMethods

/// InfoNCE: two views of one user should be closer to each other than to those of others.
///
/// **Formula**: mean over rows i of -log softmax(cos(a_i, p_j) / temperature over j)[i].
/// - Source: van den Oord, Li, Vinyals 2018, arXiv:1807.03748; with cosines as in Chen et al. 2020,
///   "SimCLR", arXiv:2002.05709.
package struct ContrastiveLoss: Sendable {
  package let temperature: Float
  private var anchorUnits: [Float] = []
  private var partnerUnits: [Float] = []
  private var norms: [Float] = []
  private var logits: [Float] = []
  private var unitGradient: [Float] = []
  /// Shorter vectors are taken to have no direction and get no gradient.
  private static let leastNorm: Float = 1e-8

  package init(temperature: Float) {
    precondition(temperature > 0, "a temperature is positive")
    self.temperature = temperature
  }

  /// Returns the sum of losses over rows, unweighted; row i of `partners` belongs to row i of
  /// `anchors`.
  ///
  /// - Parameters:
  ///   - anchors: Shape: [rows, width], as all others.
  ///   - anchorGradient: overwritten, as is `partnerGradient`.
  package mutating func apply(
    anchors: [Float], partners: [Float], rows: Int, width: Int, weight: Float,
    anchorGradient: inout [Float], partnerGradient: inout [Float]
  ) -> Double {
    guard rows > 0 else { return 0 }
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    if norms.count < 2 * rows || anchorUnits.count < rows * width {
      (anchorUnits, partnerUnits) = (zeros(rows * width), zeros(rows * width))
      (norms, unitGradient) = (zeros(2 * rows), zeros(rows * width))
      logits = zeros(rows * rows)
    }
    let matrix = MatrixPlace(rows: rows, columns: width)
    let square = MatrixPlace(rows: rows, columns: rows)
    Self.normalize(anchors, 0, rows, width, into: &anchorUnits, &norms)
    Self.normalize(partners, rows, rows, width, into: &partnerUnits, &norms)
    DenseKernels.multiply(
      anchorUnits, .init(matrix), by: partnerUnits, .init(matrix, transposed: true), into: &logits,
      square, scale: 1 / temperature)
    let loss = NeuralKernels.crossEntropy(
      &logits, targets: Array(0..<Int32(rows)), rows: rows, columns: rows, weight: weight)
    DenseKernels.multiply(
      logits, .init(square), by: partnerUnits, .init(matrix), into: &unitGradient, matrix,
      scale: 1 / temperature)
    denormalize(anchorUnits, 0, rows, width, into: &anchorGradient)
    DenseKernels.multiply(
      logits, .init(square, transposed: true), by: anchorUnits, .init(matrix), into: &unitGradient,
      matrix, scale: 1 / temperature)
    denormalize(partnerUnits, rows, rows, width, into: &partnerGradient)
    return loss
  }

  private static func normalize(
    _ x: [Float], _ offset: Int, _ rows: Int, _ width: Int, into units: inout [Float],
    _ norms: inout [Float]
  ) {
    for row in 0..<rows {
      let range = (row * width)..<((row + 1) * width)
      let norm = Float(NeuralKernels.squaredNorm(x, in: range).squareRoot())
      norms[offset + row] = norm
      let factor = norm > leastNorm ? 1 / norm : 0
      for index in range { units[index] = x[index] * factor }
    }
  }

  /// From the gradient g by the unit vector u to that by the vector: (g - u (u.g)) / norm.
  private func denormalize(
    _ units: [Float], _ offset: Int, _ rows: Int, _ width: Int, into gradient: inout [Float]
  ) {
    for row in 0..<rows {
      let start = row * width
      let along = NeuralKernels.dot(units, at: start, unitGradient, at: start, count: width)
      let norm = norms[offset + row]
      let factor = norm > Self.leastNorm ? 1 / norm : 0
      for index in start..<(start + width) {
        gradient[index] = factor * (unitGradient[index] - along * units[index])
      }
    }
  }
}
