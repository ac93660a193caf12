internal import CKernels

/// A mean with its confidence interval.
package struct Interval: Sendable, Equatable {
  package let value: Double
  package let low: Double
  package let high: Double

  package init(value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }
}

/// Resamples of one set of users, drawn once and applied to many metrics.
///
/// Percentile bootstrap; Efron, Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
package struct BootstrapPlan: Sendable {
  private let users: Int
  private let resamples: Int
  /// How often each user is drawn in each resample, at most 255.
  ///
  /// Shape: [resamples, users].
  private let counts: [UInt8]

  package init(users: Int, resamples: Int, seed: UInt64) {
    var counts = [UInt8](repeating: 0, count: users * resamples)
    if users > 0 {
      var generator = DeterministicGenerator(seed: seed, stream: 0x626F_6F74)
      for resample in 0..<resamples {
        let base = resample * users
        for _ in 0..<users {
          let index = base + generator.nextIndex(below: users)
          // 256 draws of one user among many do not happen; among few they must not trap.
          if counts[index] < .max { counts[index] += 1 }
        }
      }
    }
    self.users = users
    self.resamples = resamples
    self.counts = counts
  }

  /// Mean and central 95 % of the resampled means; a point without resamples, zeros without users.
  package func interval(of values: [Float]) -> Interval {
    precondition(values.count == users)
    guard users > 0 else { return Interval(value: 0, low: 0, high: 0) }
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(users)
    guard resamples > 0 else { return Interval(value: mean, low: mean, high: mean) }
    let means = resampledMeans(values).sorted()
    return Interval(
      value: mean, low: means[Int((0.025 * Double(resamples - 1)).rounded())],
      high: means[Int((0.975 * Double(resamples - 1)).rounded())])
  }

  private func resampledMeans(_ values: [Float]) -> [Double] {
    unsafe counts.withUnsafeBufferPointer { counts in
      unsafe values.withUnsafeBufferPointer { values in
        guard let weights = counts.baseAddress, let first = values.baseAddress else { return [] }
        return (0..<resamples).map { resample in
          unsafe silhouette_weighted_sum(weights + resample * users, first, users)
            / Double(users)
        }
      }
    }
  }
}
