package import CryptoPrimitives
package import PrivacyAccounting

/// Prefix sums through a banded Toeplitz strategy matrix C: A C^-1 (C x + z) is published.
///
/// What is rounded: the public coefficients, once, to multiples of 2^-m. The answers a_0 x_t + ... +
/// a_(k-1) x_(t-k+1) with integers a = 2^m c are integers then, and the noise on them is the discrete
/// Gaussian on the same grid. The recursion that solves for x works on noisy answers in double
/// precision, which is post-processing. Memory is O(d bands).
/// - Source: Choquette-Choo et al. 2023, arXiv:2306.08153.
package struct BandedFactorizationNoise: CumulativeNoise {
  package let steps: Int
  package let squaredSensitivity: Double
  /// a_0, a_1, ...
  package let coefficients: [Int64]
  package private(set) var varianceFactor = 0.0
  package private(set) var stepVarianceFactor = 0.0
  /// The last steps' sums and their noisy reconstructions, latest first.
  private var recent: [[Int64]] = []
  private var solved: [[Double]] = []
  private var total: [Double] = []
  /// The last entries of the first column of C^-1, latest first, and their sum.
  private var inverse: [Double] = []
  private var inverseSum = 0.0

  /// - Parameters:
  ///   - coefficients: c_0 > 0, c_1, ..., each from 0 to 1.
  ///   - coefficientBits: m, from 1 to 16; each bit makes the noise's variance on its grid 4 times as large.
  /// - Throws: `CumulativeReleaseError`, also where the worst participation cannot be found.
  package init(
    coefficients: [Double], coefficientBits: Int = 8, steps: Int, pattern: ParticipationPattern
  ) throws(CumulativeReleaseError) {
    guard (1...16).contains(coefficientBits), (1...(1 << 14)).contains(coefficients.count),
      coefficients.allSatisfy({ $0 >= 0 && $0 <= 1 })
    else { throw .coefficientsOutOfRange(bits: coefficientBits) }
    let unit = Double(1 << coefficientBits)
    let rounded = coefficients.map { ($0 * unit).rounded() }
    do {
      squaredSensitivity = try ToeplitzStrategy(coefficients: rounded, steps: steps)
        .squaredSensitivity(pattern)
    } catch {
      throw .accounting(error)
    }
    self.coefficients = rounded.map { Int64($0) }
    self.steps = steps
  }

  /// The square root of the prefix-sum matrix, cut to the bands that leave the least noise on average.
  ///
  /// Bands up to the greatest power of two below `steps` and `mostBands`. Everything follows from the
  /// plan: the mean variance of a prefix sum is that of one answer times the sensitivity.
  /// - Source: Fichtenberger, Henzinger, Upadhyay 2022, arXiv:2202.11205 (coefficients).
  package static func best(
    steps: Int, pattern: ParticipationPattern
  ) throws(CumulativeReleaseError) -> BandedFactorizationNoise {
    var best: (noise: BandedFactorizationNoise, variance: Double)?
    var bands = 1
    while bands <= min(steps, mostBands) {
      let coefficients = ToeplitzStrategy.optimalCoefficients(bands)
      let noise = try BandedFactorizationNoise(
        coefficients: coefficients, steps: steps, pattern: pattern)
      do {
        let mean = try ToeplitzStrategy(coefficients: coefficients, steps: steps)
          .prefixSumVariance.mean
        let unit = Double(noise.coefficients[0])
        let variance = mean * noise.squaredSensitivity / (unit * unit)
        if variance < best?.variance ?? .infinity { best = (noise, variance) }
      } catch {
        throw .accounting(error)
      }
      bands *= 2
    }
    guard let best else { throw .coefficientsOutOfRange(bits: 0) }
    return best.noise
  }

  /// As many sums as this are kept in memory.
  private static let mostBands = 64

  package mutating func add(
    _ values: [Int64], noise: (inout RandomStream) -> Int64, using stream: inout RandomStream
  ) -> [Double] {
    if total.isEmpty { total = [Double](repeating: 0, count: values.count) }
    // Sums are below 2^31, coefficients at most 2^16 and bands at most 2^14: answers are below 2^62.
    var answers = values.map { $0 * coefficients[0] }
    for (band, earlier) in recent.enumerated() {
      let factor = coefficients[band + 1]
      for index in answers.indices { answers[index] += factor * earlier[index] }
    }
    for index in answers.indices { answers[index] += noise(&stream) }
    push(values, into: &recent)
    solve(answers)
    updateVariance()
    return total
  }

  /// x_t = (y_t - a_1 x_(t-1) - ...) / a_0, from noisy answers alone.
  private mutating func solve(_ answers: [Int64]) {
    var step = answers.map { Double($0) }
    for (band, earlier) in solved.enumerated() {
      let factor = Double(coefficients[band + 1])
      for index in step.indices { step[index] -= factor * earlier[index] }
    }
    let first = Double(coefficients[0])
    for index in step.indices {
      step[index] /= first
      total[index] += step[index]
    }
    push(step, into: &solved)
  }

  /// Adds the squares of the next entries of the first columns of A C^-1 and C^-1.
  private mutating func updateVariance() {
    var entry = varianceFactor == 0 ? 1.0 : 0
    for (band, earlier) in inverse.enumerated() {
      entry -= Double(coefficients[band + 1]) * earlier
    }
    entry /= Double(coefficients[0])
    inverseSum += entry
    varianceFactor += inverseSum * inverseSum
    stepVarianceFactor += entry * entry
    push(entry, into: &inverse)
  }

  private func push<Element>(_ element: Element, into list: inout [Element]) {
    list.insert(element, at: 0)
    if list.count >= coefficients.count { list.removeLast() }
  }
}
