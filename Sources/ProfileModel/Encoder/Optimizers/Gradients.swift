internal import NumericalMethods

/// The gradient of a flat parameter vector, together with what of it may differ from zero.
///
/// With item tables of many rows a device touches few: only those are cleared, clipped and stepped.
package struct Gradients: Sendable {
  /// Shape: [parameters]; zero outside of what is visited.
  package var values: [Float]
  /// What is clipped and stepped: disjoint and ascending.
  package private(set) var ranges: [Range<Int>]
  /// What may differ from zero, trained or not.
  private var visited: [Range<Int>]

  /// A gradient that may differ from zero everywhere.
  package init(count: Int) {
    values = [Float](repeating: 0, count: count)
    ranges = [0..<count]
    visited = ranges
  }

  /// Sets everything to zero; from now on all of it may change.
  package mutating func clear() {
    zero()
    visited.removeAll(keepingCapacity: true)
    visited.append(0..<values.count)
    takeAll()
  }

  /// Sets everything to zero; from now on only some rows of row-sparse parameters may change.
  ///
  /// - Parameter rows: ascending.
  package mutating func clear(visiting rows: [Int32], of layout: ParameterLayout) {
    zero()
    layout.ranges(visiting: rows, into: &visited)
    takeAll()
  }

  /// Leaves what lies outside of the trained parameters out of clipping and stepping.
  ///
  /// - Parameter trained: ascending.
  package mutating func restrict(to trained: [Range<Int>]) {
    visited.intersections(with: trained, into: &ranges)
  }

  /// A copy, for lists that share their space allocate when one of them changes.
  private mutating func takeAll() {
    ranges.removeAll(keepingCapacity: true)
    ranges += visited
  }

  private mutating func zero() {
    for range in visited { for index in range { values[index] = 0 } }
  }

  package var norm: Double {
    ranges.reduce(0.0) { $0 + NeuralKernels.squaredNorm(values, in: $1) }.squareRoot()
  }

  /// Scales the gradient down to a norm and returns the norm that it had.
  ///
  /// A gradient that is not finite is left alone; its norm tells.
  package mutating func clip(to limit: Double) -> Double {
    let norm = norm
    guard norm > limit, norm.isFinite else { return norm }
    let factor = Float(limit / norm)
    for range in ranges { for index in range { values[index] *= factor } }
    return norm
  }

  /// Adds another gradient of the same ranges.
  package mutating func add(_ other: Gradients) {
    for range in other.ranges {
      NeuralKernels.axpy(
        1, other.values, at: range.lowerBound, into: &values, at: range.lowerBound,
        count: range.count)
    }
  }
}
