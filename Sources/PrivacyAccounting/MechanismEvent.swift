/// What a mechanism did to one user's data, as far as its privacy loss depends on it.
///
/// An event counts every release in which the same user takes part: the accountant composes them
/// adaptively and takes no account of sampling.
package enum MechanismEvent: Sendable, Equatable {
  /// Integer vectors plus independent discrete Gaussian noise on every coordinate.
  ///
  /// `variance` is the parameter of the noise and `squaredSensitivity` the square of the greatest
  /// L2 distance between neighboring sums, both in ring units and whole numbers.
  case discreteGaussian(variance: Double, squaredSensitivity: Double, dimension: Int, count: Int)
  /// Real vectors plus Gaussian noise of `noiseMultiplier` times the sensitivity.
  case gaussian(noiseMultiplier: Double, count: Int)

  /// Throws for numbers that describe no mechanism.
  func validate() throws(AccountingError) {
    switch self {
    case .discreteGaussian(let variance, let squaredSensitivity, let dimension, let count):
      try Self.require(variance, "variance", atLeast: 0)
      try Self.require(squaredSensitivity, "squared sensitivity", atLeast: 0)
      try Self.require(Double(dimension), "dimension", atLeast: 1)
      try Self.require(Double(count), "count", atLeast: 0)
    case .gaussian(let noiseMultiplier, let count):
      try Self.require(noiseMultiplier, "noise multiplier", atLeast: 0)
      try Self.require(Double(count), "count", atLeast: 0)
    }
  }

  private static func require(
    _ value: Double, _ field: String, atLeast least: Double
  ) throws(AccountingError) {
    // Written so that NaN fails too.
    guard value.isFinite, value >= least else {
      throw .outOfRange(field: field, value: value, allowed: "finite and at least \(least)")
    }
  }
}

extension MechanismEvent {
  /// The same release composed `count` times.
  package func counted(_ count: Int) -> MechanismEvent {
    switch self {
    case .discreteGaussian(let variance, let squaredSensitivity, let dimension, _):
      .discreteGaussian(
        variance: variance, squaredSensitivity: squaredSensitivity, dimension: dimension,
        count: count)
    case .gaussian(let noiseMultiplier, _):
      .gaussian(noiseMultiplier: noiseMultiplier, count: count)
    }
  }
}
