package import CryptoPrimitives
internal import RingArithmetic

/// An update that is zero outside of a few stretches, as when a device touched few items.
package struct SparseUpdate: Sendable, Equatable {
  /// Coordinates that may differ from zero: disjoint and ascending.
  package var ranges: [Range<Int>]
  /// Their values, stretch after stretch.
  package var values: [Float]

  package init(ranges: [Range<Int>], values: [Float]) {
    self.ranges = ranges
    self.values = values
  }
}

extension ContributionMechanism {
  /// Contributes a sparse update at the cost of its stretches: in simulations only, where the noise
  /// of devices is drawn later.
  ///
  /// Zeros are rounded to zeros whatever the randomness, so that the integers follow the same law as
  /// those of the dense update; the bounds on their norm are the same. On a real device the noise of
  /// the zeros hides which coordinates it touched; there is nothing to be saved.
  /// - Throws: `ContributionError`; `sum` is then as before.
  package func contributeDeferringNoise(
    _ update: SparseUpdate, to sum: inout ContributionSum, randomness: inout RandomStream
  ) throws(ContributionError) {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    precondition(request.rotation == nil, "a rotation leaves no update sparse")
    guard sum.contributors < request.maximumCohort else {
      throw .cohortIsFull(maximumCohort: request.maximumCohort)
    }
    var end = 0
    var count = 0
    for range in update.ranges {
      guard range.lowerBound >= end, range.upperBound <= request.dimension else {
        throw .wrongLength(found: range.upperBound, expected: request.dimension)
      }
      end = range.upperBound
      count += range.count
    }
    guard count == update.values.count else {
      throw .wrongLength(found: update.values.count, expected: count)
    }
    let multiplier = try clippingMultiplier(ofValues: update.values)
    let fits = unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: max(count, 1)) {
      rounded in
      let fits = unsafe update.values.withUnsafeBufferPointer { values in
        unsafe round(values, times: multiplier, into: rounded, using: &randomness)
      }
      guard fits else { return false }
      var start = 0
      for range in update.ranges {
        unsafe sum.total.add(
          UnsafeBufferPointer(rebasing: rounded[start..<(start + range.count)]),
          at: range.lowerBound)
        start += range.count
      }
      return true
    }
    guard fits else { throw .roundingNeverFits(attempts: Self.attemptLimit) }
    sum.contributors += 1
    if case .devices = request.placement, noise != nil { sum.deferredNoises += 1 }
  }
}
