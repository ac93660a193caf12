internal import CryptoPrimitives
internal import DiscreteNoise
internal import PrivacyAccounting
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A variance as a fraction, as exact samplers take it.
struct NoiseVariance: Sendable, Equatable {
  let numerator: UInt64
  let denominator: UInt64

  var value: Double { Double(numerator) / Double(denominator) }

  /// The least fraction not below `value` with one of a few denominators.
  ///
  /// Rounding adds less than one part in 10^4 to a variance above 1/100, and leaves room to
  /// multiply by the devices of a cohort.
  init(roundingUp value: Double) {
    let denominator: UInt64 = value < 0x1p10 ? 1 << 20 : value < 0x1p30 ? 1 << 6 : 1
    self.init(
      numerator: UInt64(max(1, (value * Double(denominator)).rounded(.up))),
      denominator: denominator)
  }

  init(numerator: UInt64, denominator: UInt64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The same fraction without a common factor.
  var inLowestTerms: (numerator: UInt64, denominator: UInt64) {
    var (divisor, rest) = (numerator, denominator)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return (numerator / divisor, denominator / divisor)
  }

  /// The sum of `count` such variances; nil where a sampler could not take it.
  func times(_ count: Int) -> NoiseVariance? {
    let (product, overflow) = numerator.multipliedReportingOverflow(by: UInt64(count))
    guard !overflow, DiscreteGaussian.supportedVarianceTerms.contains(product) else { return nil }
    return NoiseVariance(numerator: product, denominator: denominator)
  }
}

/// Draws the noise of one contribution or of one release.
enum NoiseMaker: Sendable, Equatable {
  case discreteGaussian(DiscreteGaussian)
  /// The sum of `terms` independent samples.
  case skellam(Skellam, terms: Int)

  /// The greatest variance of one Skellam table.
  static let greatestSkellamVariance = 1e9
  /// A variance whose table is small, and at which Skellam noise costs what Gaussian noise does.
  static let comfortableSkellamVariance = 0x1p26

  init(
    _ law: ObservedMechanism.DeviceNoise.Law, variance: NoiseVariance
  ) throws(DiscreteNoiseError) {
    switch law {
    case .discreteGaussian:
      self = .discreteGaussian(
        try DiscreteGaussian(
          varianceNumerator: variance.numerator, varianceDenominator: variance.denominator))
    case .skellam:
      // Independent Skellam samples add up to one whose variance is the sum of theirs.
      let terms = max(1, Int((variance.value / Self.greatestSkellamVariance).rounded(.up)))
      self = .skellam(
        try Skellam(
          varianceNumerator: variance.numerator,
          varianceDenominator: variance.denominator * UInt64(terms)),
        terms: terms)
    }
  }

  /// One noise with the law of the sum of `count` of these; nil where there is none.
  ///
  /// Rounds of one task ask for the same one again and again, so the last few tables are kept.
  func joint(of count: Int, variance: NoiseVariance) -> NoiseMaker? {
    guard case .skellam = self, let sum = variance.times(count) else { return nil }
    if let known = Self.recent.withLock({ $0.first { $0.variance == sum } }) { return known.maker }
    do {
      let maker = try NoiseMaker(.skellam, variance: sum)
      Self.recent.withLock {
        if $0.count >= 4 { $0.removeFirst() }
        $0.append((sum, maker))
      }
      return maker
    } catch {
      // Too wide for a table: each device's noise is drawn on its own instead.
      return nil
    }
  }

  private static let recent = Mutex<[(variance: NoiseVariance, maker: NoiseMaker)]>([])

  /// The greatest total-variation distance of `count` samples to their law.
  func totalVariation(count: Int) -> Double {
    switch self {
    case .discreteGaussian: Double(count) * DiscreteGaussian.totalVariationBound
    case .skellam(_, let terms): Double(count) * Double(terms) * Skellam.totalVariationBound
    }
  }

  /// Adds an independent sample to every word, modulo 2^32.
  func add(to words: inout [UInt32], using randomness: inout RandomStream) {
    switch self {
    case .discreteGaussian(let law):
      law.add(to: &words, using: &randomness)
    case .skellam(let law, let terms):
      for _ in 0..<terms { law.add(to: &words, using: &randomness) }
    }
  }

  /// A width that no sample exceeds, but for a probability below 2^-40 over `count` of them.
  ///
  /// - Formula: P(|X| >= T) <= 2 exp(-T^2 / (2 v)) for the discrete Gaussian, whose moment
  ///   generating function is at most that of the continuous one, and Bernstein's
  ///   2 exp(-T^2 / (2 (v + T/3))) for Skellam noise, a sum of independent steps of one.
  static func tail(
    _ law: ObservedMechanism.DeviceNoise.Law, variance: Double, count: Int
  ) -> Double {
    guard variance > 0 else { return 0 }
    let b = log(2 * Double(count) * 0x1p40)
    switch law {
    case .discreteGaussian: return (2 * b * variance).squareRoot().rounded(.up)
    case .skellam:
      return (b / 3 + (b * b / 9 + 2 * b * variance).squareRoot()).rounded(.up)
    }
  }

  /// A bound on the probability that one of `count` samples exceeds `width`: what `tail` inverts.
  static func tailProbability(
    _ law: ObservedMechanism.DeviceNoise.Law, variance: Double, count: Int, beyond width: Double
  ) -> Double {
    guard width > 0 else { return 1 }
    guard variance > 0 else { return 0 }
    let denominator = law == .skellam ? variance + width / 3 : variance
    return min(1, 2 * Double(count) * exp(-width * width / (2 * denominator)))
  }
}
