package import NumericalMethods

/// Embarrassingly shallow autoencoder: a strong item-to-item model that needs all histories in one
/// place.
///
/// The reference for what privacy costs, never part of a federation.
///
/// **Formula**: P = (X'X + lambda I)^-1, B_ij = -P_ij / P_jj, B_jj = 0; scores = x B.
/// - Source: Steck 2019, "Embarrassingly shallow autoencoders for sparse data", arXiv:1905.03375.
package struct EASE: Sendable {
  private let itemCount: Int
  /// B, row-major.
  ///
  /// Shape: [items, items].
  private let weights: [Float]

  /// - Parameters:
  ///   - histories: distinct items per user.
  ///   - regularization: lambda.
  package init(
    histories: [[Int32]], itemCount: Int, regularization: Double
  ) throws(NumericalError) {
    var gram = [Double](repeating: 0, count: itemCount * itemCount)
    for history in histories {
      for row in history {
        let base = Int(row) * itemCount
        for column in history { gram[base + Int(column)] += 1 }
      }
    }
    for item in 0..<itemCount { gram[item * itemCount + item] += regularization }
    try SymmetricPositive.invert(&gram, order: itemCount)
    let factors = (0..<itemCount).map { -1 / gram[$0 * itemCount + $0] }
    var weights = [Float](repeating: 0, count: gram.count)
    for row in 0..<itemCount {
      for column in 0..<itemCount where row != column {
        weights[row * itemCount + column] = Float(gram[row * itemCount + column] * factors[column])
      }
    }
    self.itemCount = itemCount
    self.weights = weights
  }

  /// Scores all items for a history.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package func scores(of history: [Int32], into scores: inout [Float]) {
    for index in scores.indices { scores[index] = 0 }
    VectorKernels.addRows(history, of: weights, columns: itemCount, into: &scores)
  }
}
