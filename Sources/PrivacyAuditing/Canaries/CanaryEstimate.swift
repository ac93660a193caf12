internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An estimate of epsilon from canary clients: never a bound, from neither side.
///
/// It takes cosines of canaries that were in for normal and compares them with what canaries that
/// were not in would have, N(0, 1/d). It has no confidence, may lie below or above the truth, and
/// speaks of average canaries instead of the worst ones. So it has no verdict, and no claim passes or
/// fails by it.
/// - Source: Andrew, Kairouz, Oh, Oprea, McMahan, Suriyakumar 2024, arXiv:2302.03098, Algorithm 2.
package struct CanaryEstimate: Sendable, Equatable {
  package let meanCosine: Double
  package let cosineStandardDeviation: Double
  package let dimension: Int
  package let delta: Double
  /// In nats, at `delta`: an estimate, not a bound.
  package let epsilonEstimate: Double

  /// Estimates from the cosines themselves; their variance is divided by k - 1.
  ///
  /// - Range: at least 2 cosines, each finite and not all the same.
  /// - Throws: `AuditError`.
  package init(cosines: [Double], dimension: Int, delta: Double) throws(AuditError) {
    try AuditError.require(cosines.count, "the number of canaries", in: 2...1_000_000)
    try AuditError.requireFinite(cosines, "cosines")
    let count = Double(cosines.count)
    let mean = cosines.reduce(0, +) / count
    let squares = cosines.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    try self.init(
      meanCosine: mean, cosineStandardDeviation: (squares / (count - 1)).squareRoot(),
      dimension: dimension, delta: delta)
  }

  /// Estimates from the mean and the standard deviation of cosines.
  ///
  /// - Range: mean in [-1, 1], standard deviation above 0 and at most 2, `dimension` >= 1, `delta` in
  ///   (0, 1).
  /// - Formula: the least epsilon at which N(mean, deviation^2) and N(0, 1/d) are indistinguishable in
  ///   both directions.
  /// - Throws: `AuditError.outOfRange`.
  package init(
    meanCosine: Double, cosineStandardDeviation: Double, dimension: Int, delta: Double
  ) throws(AuditError) {
    try AuditError.require(dimension, "the dimension", in: 1...1_000_000_000)
    try AuditError.require(delta: delta, allowsZero: false)
    guard abs(meanCosine) <= 1 else {
      throw .outOfRange(field: "the mean cosine", value: meanCosine, allowed: "from -1 to 1")
    }
    guard cosineStandardDeviation > 0, cosineStandardDeviation <= 2 else {
      throw .outOfRange(
        field: "the standard deviation of cosines", value: cosineStandardDeviation,
        allowed: "above 0 and at most 2")
    }
    // In units of the standard deviation that canaries without influence have.
    let unit = Double(dimension).squareRoot()
    let pair = NormalPair(mean: meanCosine * unit, deviation: cosineStandardDeviation * unit)
    self.meanCosine = meanCosine
    self.cosineStandardDeviation = cosineStandardDeviation
    self.dimension = dimension
    self.delta = delta
    self.epsilonEstimate = max(
      pair.epsilon(.forward, delta: delta), pair.epsilon(.backward, delta: delta))
  }
}
