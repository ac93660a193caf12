/// A lower triangular strategy matrix whose diagonals are constant: C_ij = c_(i-j) for i >= j.
package struct ToeplitzStrategy: Sendable, Equatable {
  /// c_0, c_1, ..., as many as there are bands; all further ones are 0.
  package let coefficients: [Double]
  /// The number of rows and columns, at least that of bands.
  package let steps: Int

  /// - Throws: `outOfRange` unless c_0 > 0, all are finite, and there are 1 to `steps` of them.
  package init(coefficients: [Double], steps: Int) throws(AccountingError) {
    try MechanismEvent.require(Double(steps), "steps", atLeast: 1)
    try MechanismEvent.require(
      Double(coefficients.count), "number of coefficients", in: 1...Double(steps))
    try MatrixFactorization.require(finite: coefficients, "coefficient")
    guard coefficients[0] > 0 else {
      throw .outOfRange(
        field: "first coefficient", value: coefficients[0], allowed: "above 0")
    }
    self.coefficients = coefficients
    self.steps = steps
  }

  /// c_0 = 1, c_k = c_(k-1) (2k - 1) / (2k): the square root of the prefix sum matrix.
  ///
  /// Optimal up to a constant for the greatest error of a single participation.
  /// - Source: Fichtenberger, Henzinger, Upadhyay 2022, arXiv:2202.11205.
  package static func optimalCoefficients(_ count: Int) -> [Double] {
    var coefficients = [1.0]
    for k in stride(from: 1, to: count, by: 1) {
      coefficients.append(coefficients[k - 1] * Double(2 * k - 1) / Double(2 * k))
    }
    return coefficients
  }

  /// One user's squared sensitivity, rounded up.
  ///
  /// - One participation: the first column has the greatest norm.
  /// - Bands not above the separation: columns do not meet, so squared norms add up; they fall with
  ///   the step, and so the earliest steps are the worst.
  /// - Nonnegative coefficients that do not increase: the earliest steps at the least distance are
  ///   the worst (Kalinin, Lampert 2024, arXiv:2405.13763, Theorem 2).
  /// - Throws: `unsupported` for anything else; such a matrix may still do as `BandedStrategy`.
  package func squaredSensitivity(
    _ pattern: ParticipationPattern
  ) throws(AccountingError) -> Double {
    let count = pattern.count(steps: steps)
    let separation = pattern.minimumSeparation
    let isMonotone = zip(coefficients, coefficients.dropFirst()).allSatisfy { $0 >= $1 }
    let isNonnegative = coefficients.allSatisfy { $0 >= 0 }
    guard count == 1 || coefficients.count <= separation || (isMonotone && isNonnegative) else {
      throw .unsupported(
        mechanism: "a Toeplitz strategy with \(coefficients.count) bands",
        reason: "participations \(separation) steps apart overlap, and the coefficients are not "
          + "nonnegative and falling")
    }
    var sum = 0.0
    for row in 0..<steps {
      var entry = 0.0
      // In the second case signs do not matter: there is at most one column in each row.
      let earliest = max(0, row - coefficients.count + separation) / separation
      let latest = min(count - 1, row / separation)
      for participation in stride(from: earliest, through: latest, by: 1) {
        entry += coefficients[row - participation * separation]
      }
      sum += entry * entry
    }
    return MatrixFactorization.roundedUp(sum, count: steps + 2 * count)
  }

  /// The greatest and the mean variance of the published prefix sums for z of variance 1.
  ///
  /// The squared norms of the rows of A C^-1, A the matrix of ones on and below the diagonal. It is
  /// Toeplitz, too, so every row adds one square to the row above. Utility only: not rounded up.
  package var prefixSumVariance: (greatest: Double, mean: Double) {
    var inverse = [Double](repeating: 0, count: steps)
    var partial = 0.0
    var (row, total) = (0.0, 0.0)
    for k in 0..<steps {
      var sum = k == 0 ? 1.0 : 0.0
      for band in stride(from: 1, through: min(k, coefficients.count - 1), by: 1) {
        sum -= coefficients[band] * inverse[k - band]
      }
      inverse[k] = sum / coefficients[0]
      partial += inverse[k]
      row += partial * partial
      total += row
    }
    return (row, total / Double(steps))
  }
}
