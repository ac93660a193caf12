/// A lower triangular strategy matrix given by its rows.
package struct BandedStrategy: Sendable, Equatable {
  package let rows: [[Double]]
  /// The least number such that C_ij = 0 for i - j >= bands.
  package let bands: Int

  /// - Throws: `outOfRange` unless the matrix is square, finite and lower triangular.
  package init(rows: [[Double]]) throws(AccountingError) {
    try MechanismEvent.require(Double(rows.count), "steps", atLeast: 1)
    var bands = 1
    for (index, row) in rows.enumerated() {
      guard row.count == rows.count else {
        throw .outOfRange(
          field: "length of row \(index)", value: Double(row.count),
          allowed: "\(rows.count), as the number of rows")
      }
      try MatrixFactorization.require(finite: row, "entry of row \(index)")
      if let above = row[(index + 1)...].first(where: { $0 != 0 }) {
        throw .outOfRange(
          field: "entry above the diagonal in row \(index)", value: above, allowed: "0")
      }
      if let first = row.firstIndex(where: { $0 != 0 }) { bands = max(bands, index - first + 1) }
    }
    self.rows = rows
    self.bands = bands
  }

  /// One user's squared sensitivity, rounded up.
  ///
  /// With contributions of norm at most 1 at the steps S it is at most the sum over i, j in S of
  /// |(C^T C)_ij|, and equal to it when no entry is negative. Columns at least `bands` apart do not
  /// meet. If `bands` is at most twice the separation, only consecutive participations meet, and
  /// dynamic programming over the last one finds the greatest sum (for bands up to the separation:
  /// Choquette-Choo et al. 2023, arXiv:2306.08153, algorithm 3). One participation needs no more
  /// than the greatest column.
  /// - Throws: `unsupported` where participations further apart meet, too.
  package func squaredSensitivity(
    _ pattern: ParticipationPattern
  ) throws(AccountingError) -> Double {
    let separation = pattern.minimumSeparation
    let count = pattern.count(steps: rows.count)
    guard count <= 2 || bands <= 2 * separation else {
      throw .unsupported(
        mechanism: "a strategy with \(bands) bands",
        reason: "with participations \(separation) steps apart three and more columns overlap")
    }
    let weights = rows.indices.map { product($0, $0) }
    let sum = pattern.greatestSum(weights: weights, horizon: bands) { earlier, later in
      2 * abs(product(earlier, later))
    }
    // Absolute values of products may have lost digits to cancellation; their squares bound that.
    let roundings = Double(bands + 4) * 0x1p-51 * Double(count) * weights.reduce(0, max)
    return MatrixFactorization.roundedUp(sum, count: 2 * count + bands) + roundings
  }

  /// The product of two columns.
  private func product(_ first: Int, _ second: Int) -> Double {
    var sum = 0.0
    for row in max(first, second)..<min(rows.count, min(first, second) + bands) {
      sum += rows[row][first] * rows[row][second]
    }
    return sum
  }
}
