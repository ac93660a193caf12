extension CanarySet {
  /// How much each canary is in the releases: inner products, summed with the schedule's signs.
  ///
  /// For Gaussian noise this is the best statistic there is. In units of squared clip norms an included
  /// canary adds one for every release.
  /// - Parameter releases: the noisy sums of all rounds in which canaries took part, in order. Shape:
  ///   [rounds, d].
  /// - Throws: `AuditError` for a release of another length or with numbers that are not finite.
  /// - Complexity: O(rounds d) in disjoint blocks, else O(rounds m d).
  package func scores(of releases: [[Float]]) throws(AuditError) -> [Double] {
    for release in releases {
      guard release.count == dimension else {
        throw .countMismatch(
          field: "coordinates of a release", found: release.count, expected: dimension)
      }
      if let index = release.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(field: "coordinates of a release", index: index)
      }
    }
    return (0..<count).map { index in
      let (start, values) = canary(index)
      var score = 0.0
      for (round, release) in releases.enumerated() {
        var product = 0.0
        for offset in values.indices { product += values[offset] * Double(release[start + offset]) }
        score += sign(inRelease: round) * product
      }
      return score / (clipNorm * clipNorm)
    }
  }

  /// The sum of releases with the signs of the schedule: what was learned of canaries over all of them.
  ///
  /// Shape: [rounds, d] in, [d] out.
  /// - Throws: `AuditError` for a release of another length.
  package func learned(from releases: [[Float]]) throws(AuditError) -> [Float] {
    var sum = [Float](repeating: 0, count: dimension)
    for (round, release) in releases.enumerated() {
      guard release.count == dimension else {
        throw .countMismatch(
          field: "coordinates of a release", found: release.count, expected: dimension)
      }
      let sign = Float(sign(inRelease: round))
      for index in sum.indices { sum[index] += sign * release[index] }
    }
    return sum
  }

  /// The cosine of the angle between each canary and what was learned from them.
  ///
  /// - Parameter update: the sum of releases in which every canary took part. Shape: [d].
  /// - Throws: `AuditError`; `outOfRange` for an update that is zero.
  package func cosines(with update: [Float]) throws(AuditError) -> [Double] {
    let norm = update.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let products = try scores(of: [update])
    guard norm > 0 else {
      throw .outOfRange(field: "the update's norm", value: norm, allowed: "above 0")
    }
    return products.map { $0 * clipNorm / norm }
  }
}
