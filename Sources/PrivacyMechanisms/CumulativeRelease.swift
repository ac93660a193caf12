package import CryptoPrimitives
internal import DiscreteNoise
package import PrivacyAccounting
internal import RingArithmetic

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A way to publish all prefix sums of a run with noise that is correlated over its steps.
///
/// A strategy asks integer questions about the steps' integer sums; discrete Gaussian noise is added to
/// each answer, and the prefix sums are computed from noisy answers alone.
package protocol CumulativeNoise: Sendable {
  /// How many steps a run may have.
  var steps: Int { get }
  /// The greatest squared norm of all answers for one user whose contributions have norm 1, rounded up.
  var squaredSensitivity: Double { get }
  /// The variance of the last prefix sum's noise over that of one answer's.
  var varianceFactor: Double { get }
  /// The same for the last step: the last prefix sum less the one before.
  var stepVarianceFactor: Double { get }

  /// Takes the next step's sum and returns the noisy sum of all steps so far, in ring units.
  mutating func add(
    _ step: [Int64], noise: (inout RandomStream) -> Int64, using stream: inout RandomStream
  ) -> [Double]
}

extension CumulativeNoise {
  /// How much of each answer's noise is in each step, for a run that has not begun.
  ///
  /// Step t takes in the noise of answers 0 to t; one answer is given in each step.
  /// Shape: [steps, steps], row t with t + 1 numbers.
  package var stepNoise: [[Double]] {
    var rows = (0..<steps).map { [Double](repeating: 0, count: $0 + 1) }
    var unused = RandomStream(source: NoRandomness())
    for answer in 0..<steps {
      var (run, given, before) = (self, 0, 0.0)
      for step in 0..<steps {
        let total = run.add(
          [0],
          noise: { _ in
            given += 1
            return given - 1 == answer ? 1 : 0
          }, using: &unused)[0]
        if step >= answer { rows[step][answer] = total - before }
        before = total
      }
    }
    return rows
  }
}

/// For noise that is none.
private struct NoRandomness: RandomSource {
  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    preconditionFailure("nothing random is asked for")
  }
}

/// Prefix sums of rounds for plans that trust the coordinator.
///
/// The coordinator sees every round's sum without noise: the guarantee is against A1 and A2 only, and
/// `observed` says so, for it answers infinity for everybody else.
/// - Privacy: one user contributes at most as often, and as far apart, as the strategy was built for;
///   the round that admits contributions sees to that.
package struct CumulativeRelease<Strategy: CumulativeNoise>: Sendable {
  package let mechanism: ContributionMechanism
  /// The whole run, as one event.
  package let observed: ObservedMechanism
  package private(set) var strategy: Strategy
  /// Steps taken in so far.
  package private(set) var step = 0
  private var previous: [Float] = []
  let noise: DiscreteGaussian
  /// z: of one Gaussian release that costs what the run costs.
  package let noiseMultiplier: Double

  /// A run that hides one user with the noise multiplier z.
  ///
  /// The variance of each answer's noise is z^2 S D2^2 + 4, rounded up, with S the strategy's squared
  /// sensitivity: the run costs what one Gaussian release with z costs.
  /// - Parameter mechanism: clip and encoding of every round; without noise of its own.
  package init(
    _ mechanism: ContributionMechanism, noiseMultiplier: Double, strategy: Strategy
  ) throws(CumulativeReleaseError) {
    try Self.check(mechanism, noiseMultiplier: noiseMultiplier)
    let squaredNorm = (strategy.squaredSensitivity * Double(mechanism.squaredRoundedBound)).nextUp
    let variance =
      (noiseMultiplier * noiseMultiplier * squaredNorm * (1 + 0x1p-50) + 4).rounded(.up)
    guard variance <= Double(DiscreteGaussian.supportedVarianceTerms.upperBound) else {
      throw .noiseTooWide(varianceInGridUnits: variance)
    }
    do {
      noise = try DiscreteGaussian(varianceNumerator: UInt64(variance))
    } catch {
      throw .noiseTooWide(varianceInGridUnits: variance)
    }
    let answers = strategy.steps * mechanism.request.encodedDimension
    observed = .central(
      .approximate(
        .discreteGaussian(
          variance: variance, shift: .bounded(squaredNorm: squaredNorm, dimension: answers)),
        totalVariation: Double(answers) * DiscreteGaussian.totalVariationBound))
    self.noiseMultiplier = noiseMultiplier
    self.mechanism = mechanism
    self.strategy = strategy
  }

  /// The weights with which the steps of a run show best whether a user was in some of them.
  ///
  /// The sum of what the steps have released, times these, is the user's contribution plus noise, of the least
  /// variance that any weights leave.
  /// - Formula: w = S^-1 h / (h^T S^-1 h), with h 1 where the user takes part and S = M M^T the covariance of
  ///   the steps' noise; M is `stepNoise`. Gauss and Markov.
  /// - Range: one entry for each step, at least one of them true.
  package func weights(participating: [Bool]) -> [Double] {
    precondition(participating.count == strategy.steps, "one entry for each step")
    precondition(participating.contains(true), "somebody who is never in cannot be looked for")
    let rows = strategy.stepNoise
    // M y = h, downwards; M^T w = y, upwards.
    var solved = participating.map { $0 ? 1.0 : 0 }
    for step in rows.indices {
      for earlier in 0..<step { solved[step] -= rows[step][earlier] * solved[earlier] }
      solved[step] /= rows[step][step]
    }
    let precision = solved.reduce(0) { $0 + $1 * $1 }
    for step in rows.indices.reversed() {
      solved[step] /= rows[step][step]
      for earlier in 0..<step { solved[earlier] -= rows[step][earlier] * solved[step] }
    }
    return solved.map { $0 / precision }
  }

  private static func check(
    _ mechanism: ContributionMechanism, noiseMultiplier: Double
  ) throws(CumulativeReleaseError) {
    guard mechanism.request.noiseMultiplier == nil, mechanism.request.placement == .coordinator
    else { throw .mechanismHasItsOwnNoise }
    guard noiseMultiplier > 0, noiseMultiplier.isFinite else {
      throw .noiseMultiplierOutOfRange(noiseMultiplier)
    }
    let greatest = ContributionMechanism.greatestSum(
      mechanism.request, scaleBits: mechanism.scaleBits, bound: mechanism.squaredRoundedBound,
      drawn: nil)
    guard greatest < exp2(Double(mechanism.request.ringBits - 2)) else {
      throw .ringTooNarrow(
        ringBits: mechanism.request.ringBits,
        neededBits: ContributionMechanism.neededBits(greatest) + 1)
    }
  }

  /// A centered ring element as an integer that moves by one when the element does, even where it wraps.
  ///
  /// The identity up to 2^(b-2), from where on it goes back to 0 at 2^(b-1) = -2^(b-1). Noise comes after
  /// this step, so a plain representative would let devices that send garbage put a sum where one user's
  /// contribution moves it by 2^b.
  static func folded(_ centered: Int32, bits: Int) -> Int64 {
    let value = Int64(centered)
    let (quarter, half) = (Int64(1) << (bits - 2), Int64(1) << (bits - 1))
    if value > quarter { return half - value }
    return value < -quarter ? -half - value : value
  }

  /// Takes one round's sum in and publishes what it added to the sum of all rounds so far.
  ///
  /// The noise of several steps cancels in their sum, which `absorb` would have published: this is
  /// computed from it.
  /// - Privacy: as `absorb`.
  package mutating func absorbStep(
    _ sum: consuming ContributionSum, noise stream: inout RandomStream
  ) throws(CumulativeReleaseError) -> Release {
    let total = try absorb(sum, noise: &stream)
    let before = previous.isEmpty ? [Float](repeating: 0, count: total.values.count) : previous
    previous = total.values
    return Release(
      values: zip(total.values, before).map { $0 - $1 }, contributors: total.contributors,
      noiseStandardDeviation: deviation(strategy.stepVarianceFactor))
  }

  /// Takes one round's sum in and publishes the sum of all rounds so far.
  ///
  /// - Privacy: covered by `observed`; the sum must be opened nowhere else.
  package mutating func absorb(
    _ sum: consuming ContributionSum, noise stream: inout RandomStream
  ) throws(CumulativeReleaseError) -> Release {
    precondition(sum.request == mechanism.request, "the sum belongs to another mechanism")
    guard step < strategy.steps else { throw .runIsOver(steps: strategy.steps) }
    step += 1
    let contributors = sum.contributors
    let bits = mechanism.request.ringBits
    let units = (0..<sum.total.count).map { Self.folded(sum.total.centered(at: $0), bits: bits) }
    let law = noise
    let total = strategy.add(units, noise: { law.sample(using: &$0) }, using: &stream)
    return Release(
      values: mechanism.decode(units: total), contributors: contributors,
      noiseStandardDeviation: deviation(strategy.varianceFactor))
  }

  /// In update units.
  private func deviation(_ varianceFactor: Double) -> Double {
    (Double(noise.varianceNumerator) * varianceFactor).squareRoot() / mechanism.scale
  }
}

/// Why prefix sums cannot be published.
package enum CumulativeReleaseError: Error, Equatable, CustomStringConvertible {
  /// The noise of a run is the strategy's; a mechanism that adds some would be charged for nothing.
  case mechanismHasItsOwnNoise
  case noiseMultiplierOutOfRange(Double)
  case noiseTooWide(varianceInGridUnits: Double)
  case runIsOver(steps: Int)
  /// Sums before noise must fill no more than half of the ring.
  case ringTooNarrow(ringBits: Int, neededBits: Int)
  case coefficientsOutOfRange(bits: Int)
  case accounting(AccountingError)

  package var description: String {
    switch self {
    case .mechanismHasItsOwnNoise:
      "the mechanism of a cumulative release has noise of its own: build it without"
    case .noiseMultiplierOutOfRange(let multiplier):
      "noiseMultiplier is \(multiplier); it must be finite and above 0"
    case .noiseTooWide(let variance):
      "the noise variance is \(variance) in units of the grid, above 2^50: lower scaleBits, "
        + "coefficientBits or noiseMultiplier"
    case .runIsOver(let steps):
      "the run was planned for \(steps) steps, and all of them are taken"
    case .ringTooNarrow(let ringBits, let neededBits):
      "ringBits is \(ringBits), and prefix sums need \(neededBits): raise it, or lower scaleBits"
    case .coefficientsOutOfRange(let bits):
      "coefficients of \(bits) bits: there must be 1 to 2^14 of them, from 0 to 1, the first "
        + "above 0, with 1 to 16 bits"
    case .accounting(let error): "\(error)"
    }
  }
}
