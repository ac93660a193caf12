package import CryptoPrimitives

/// What a device's local work comes to, before it is clipped.
package enum LocalUpdate: Sendable, Equatable {
  /// A number for each coordinate.
  case dense([Float])
  /// Zero outside of a few stretches.
  case sparse(SparseUpdate)
}

extension ContributionMechanism {
  /// As `contribute` of its numbers; a sparse update is rounded at the cost of its stretches.
  ///
  /// The noise of a device covers all coordinates, whatever the update looks like.
  /// - Throws: `ContributionError`; `sum` is then as before.
  package func contribute(
    _ update: LocalUpdate, to sum: inout ContributionSum, randomness: inout RandomStream
  ) throws(ContributionError) {
    guard case .sparse(let sparse) = update, request.rotation == nil else {
      return try contribute(
        update.values(dimension: request.dimension), to: &sum, randomness: &randomness)
    }
    try contributeDeferringNoise(sparse, to: &sum, randomness: &randomness)
    drawOwnNoise(to: &sum, randomness: &randomness)
  }

  /// As `contribute`, with the device's noise left to `drawDeferredNoise`: in simulations only.
  package func contributeDeferringNoise(
    _ update: LocalUpdate, to sum: inout ContributionSum, randomness: inout RandomStream
  ) throws(ContributionError) {
    guard case .sparse(let sparse) = update, request.rotation == nil else {
      return try contributeDeferringNoise(
        update.values(dimension: request.dimension), to: &sum, randomness: &randomness)
    }
    try contributeDeferringNoise(sparse, to: &sum, randomness: &randomness)
  }
}

extension LocalUpdate {
  /// Shape: [dimension], or what a faulty sparse update comes to: its length is checked where it is used.
  fileprivate func values(dimension: Int) -> [Float] {
    switch self {
    case .dense(let values): return values
    case .sparse(let update):
      guard update.values.count == update.ranges.reduce(0, { $0 + $1.count }),
        update.ranges.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= dimension })
      else { return [] }
      if update.ranges == [0..<dimension] { return update.values }
      var values = [Float](repeating: 0, count: dimension)
      var next = 0
      for range in update.ranges {
        for index in range {
          values[index] = update.values[next]
          next += 1
        }
      }
      return values
    }
  }
}
