internal import NumericalMethods

/// Cross entropy of the next item among all items of a table.
///
/// **Formula**: mean over rows of -log softmax(H E' + b)[target].
package struct FullSoftmaxLoss: Sendable {
  /// Rows whose logits are held at once: they stay in the second-level cache.
  private static let tileRows = 64
  private var logits: [Float] = []

  package init() {}

  /// Returns the sum of losses over rows, unweighted.
  ///
  /// - Parameters:
  ///   - hidden: Shape: [rows, width].
  ///   - targets: rows of `table`. Shape: [rows].
  ///   - weight: of each row in the gradients.
  ///   - table: its gradients are added to.
  ///   - hiddenGradient: overwritten. Shape: [rows, width].
  package mutating func apply(
    _ hidden: [Float], targets: [Int32], rows: Int, width: Int, weight: Float,
    table: inout ItemTable.Rows, hiddenGradient: inout [Float]
  ) -> Double {
    let items = table.count
    if logits.count < Self.tileRows * items {
      logits = [Float](repeating: 0, count: Self.tileRows * items)
    }
    let vectors = MatrixPlace(rows: items, columns: width)
    var loss = 0.0
    for start in stride(from: 0, to: rows, by: Self.tileRows) {
      let count = min(Self.tileRows, rows - start)
      let states = MatrixPlace(start: start * width, rows: count, columns: width)
      let tile = MatrixPlace(rows: count, columns: items)
      DenseKernels.multiply(
        hidden, .init(states), by: table.vectors, .init(vectors, transposed: true),
        into: &logits, tile)
      NeuralKernels.addToRows(table.biases, at: 0, rows: count, columns: items, &logits)
      loss += NeuralKernels.crossEntropy(
        &logits, targets: targets, start: start, rows: count, columns: items, weight: weight)
      DenseKernels.multiply(
        logits, .init(tile), by: table.vectors, .init(vectors), into: &hiddenGradient, states)
      DenseKernels.multiply(
        logits, .init(tile, transposed: true), by: hidden, .init(states),
        into: &table.vectorGradients, vectors, adding: true)
      NeuralKernels.addRows(
        of: logits, rows: count, columns: items, to: &table.biasGradients, at: 0)
    }
    return loss
  }
}
