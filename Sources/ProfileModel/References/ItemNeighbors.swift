internal import NumericalMethods

/// Items that the same people took, by cosine, the nearest of each item.
///
/// A reference that needs all histories in one place, never part of a federation.
///
/// **Formula**: s_ij = n_ij / sqrt(n_i n_j), kept for the k largest of each column; scores = x S.
/// - Source: Sarwar, Karypis, Konstan, Riedl 2001, "Item-based collaborative filtering recommendation
///   algorithms", section 3.
package struct ItemNeighbors: Sendable {
  private let itemCount: Int
  /// Row-major.
  ///
  /// Shape: [items, items].
  private let similarities: [Float]

  /// - Parameters:
  ///   - histories: distinct items per user.
  ///   - neighbors: k; ties with the last of them are kept, too.
  package init(histories: [[Int32]], itemCount: Int, neighbors: Int) {
    precondition(neighbors > 0)
    var counts = [Float](repeating: 0, count: itemCount * itemCount)
    for history in histories {
      for row in history {
        let base = Int(row) * itemCount
        for column in history { counts[base + Int(column)] += 1 }
      }
    }
    let norms = (0..<itemCount).map { max(counts[$0 * itemCount + $0], 1).squareRoot() }
    for row in 0..<itemCount {
      for column in 0..<itemCount {
        counts[row * itemCount + column] /= norms[row] * norms[column]
      }
      counts[row * itemCount + row] = 0
    }
    if neighbors < itemCount {
      var least = [Float](repeating: 0, count: itemCount)
      for row in 0..<itemCount {
        // The matrix is symmetric: a row is a column.
        least[row] =
          counts[(row * itemCount)..<((row + 1) * itemCount)].sorted(by: >)[neighbors - 1]
      }
      for row in 0..<itemCount {
        for column in 0..<itemCount where counts[row * itemCount + column] < least[column] {
          counts[row * itemCount + column] = 0
        }
      }
    }
    self.itemCount = itemCount
    similarities = counts
  }

  /// Scores all items for a history.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package func scores(of history: [Int32], into scores: inout [Float]) {
    for index in scores.indices { scores[index] = 0 }
    VectorKernels.addRows(history, of: similarities, columns: itemCount, into: &scores)
  }
}
