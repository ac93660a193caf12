/// Pearson's statistic and its critical value.
package enum ChiSquare {
  /// The sum of (observed - expected)^2 / expected.
  package static func statistic(observed: [Double], expected: [Double]) -> Double {
    zip(observed, expected).reduce(0) { sum, pair in
      sum + (pair.0 - pair.1) * (pair.0 - pair.1) / pair.1
    }
  }

  /// The value that the statistic exceeds with probability about 10^-6.
  ///
  /// - Formula: Wilson and Hilferty's cube approximation at the normal quantile 4.753.
  package static func criticalValue(degreesOfFreedom: Int) -> Double {
    let k = Double(degreesOfFreedom)
    let root = 1 - 2 / (9 * k) + 4.753 * (2 / (9 * k)).squareRoot()
    return k * root * root * root
  }
}
