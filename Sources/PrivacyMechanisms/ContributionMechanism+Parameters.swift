internal import DiscreteNoise
internal import RingArithmetic

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension ContributionMechanism {
  /// Most coordinates of an update: what a device can hold several times over.
  static let supportedDimensions = 1...(1 << 28)
  /// Scales for which a coordinate times the scale is below 2^24, where floats have a fraction.
  static let supportedScaleBits = 1...20
  /// Beyond this many bits finer rounding adds nothing against the rounding noise of a cohort.
  static let largestChosenScaleBits = 14

  /// What follows from a request and a number of scale bits.
  struct Parameters {
    var scaleBits: Int
    var squaredRoundedBound: UInt64
    var variance: UInt64?
  }

  static func validate(_ request: Request) throws(MechanismError) {
    guard supportedDimensions.contains(request.dimension) else {
      throw .dimensionOutOfRange(request.dimension, allowed: supportedDimensions)
    }
    // The bounds keep the scale a normal float.
    guard request.clipNorm >= 0x1p-64, request.clipNorm <= 0x1p64 else {
      throw .clipNormOutOfRange(request.clipNorm)
    }
    guard request.maximumCohort >= 1, request.maximumCohort < 1 << 31 else {
      throw .cohortOutOfRange(request.maximumCohort)
    }
    guard RingModulus.supportedBits.contains(request.ringBits) else {
      throw .ringBitsOutOfRange(request.ringBits, allowed: RingModulus.supportedBits)
    }
    if let scaleBits = request.scaleBits, !supportedScaleBits.contains(scaleBits) {
      throw .scaleBitsOutOfRange(scaleBits, allowed: supportedScaleBits)
    }
    if let multiplier = request.noiseMultiplier, !(multiplier > 0 && multiplier.isFinite) {
      throw .noiseMultiplierOutOfRange(multiplier)
    }
    guard request.releases >= 1 else { throw .releasesOutOfRange(request.releases) }
  }

  /// The requested scale, or the finest with which the ring cannot wrap.
  static func parameters(for request: Request) throws(MechanismError) -> Parameters {
    if let scaleBits = request.scaleBits {
      return try parameters(for: request, scaleBits: scaleBits)
    }
    var bits = largestChosenScaleBits
    while true {
      do {
        return try parameters(for: request, scaleBits: bits)
      } catch {
        if bits == supportedScaleBits.lowerBound { throw error }
        bits -= 1
      }
    }
  }

  /// Everything at one scale; throws when the ring can wrap or the noise is too wide.
  static func parameters(
    for request: Request, scaleBits: Int
  ) throws(MechanismError) -> Parameters {
    let bound = squaredRoundedBound(dimension: request.dimension, scaleBits: scaleBits)
    let exactVariance = request.noiseMultiplier.map { variance(multiplier: $0, bound: bound) }
    if let exactVariance,
      exactVariance > Double(DiscreteGaussian.supportedVarianceTerms.upperBound)
    {
      throw .noiseTooWide(varianceInRingUnits: exactVariance)
    }
    let greatest =
      Double(request.maximumCohort) * Double(bound).squareRoot().rounded(.down)
      + noiseTail(variance: exactVariance ?? 0, dimension: request.dimension)
    // Sums in [-greatest, greatest] are told apart by bits with greatest < 2^(bits - 1).
    guard greatest < exp2(Double(request.ringBits - 1)) else {
      throw .modulusCanWrap(
        ringBits: request.ringBits, maximumCohort: request.maximumCohort, scaleBits: scaleBits,
        neededBits: Int(log2(greatest).rounded(.down)) + 2)
    }
    return Parameters(
      scaleBits: scaleBits, squaredRoundedBound: bound, variance: exactVariance.map { UInt64($0) })
  }

  /// D2^2 of a vector of norm c = 2^scaleBits rounded stochastically, rounded up to an integer.
  ///
  /// - Formula: c^2 + d/4 + sqrt(2 ln(1/beta)) (c + sqrt(d)/2) with beta = e^(-1/2), which makes the
  ///   root 1. A rounding exceeds it with probability at most beta. The paper's other bound,
  ///   (c + sqrt d)^2, is never smaller for c, d >= 1.
  /// - Source: Kairouz, Liu, Steinke 2021, arXiv:2102.06387, conditional rounding.
  static func squaredRoundedBound(dimension: Int, scaleBits: Int) -> UInt64 {
    let c = exp2(Double(scaleBits))
    let d = Double(dimension)
    return UInt64((c * c + d / 4 + c + d.squareRoot() / 2).rounded(.up))
  }

  /// The noise variance in ring units: (z D2)^2 + 4, rounded up.
  ///
  /// The 4 pays for the smoothing step in the accountant's proof, so the discrete noise guarantees
  /// no less than the continuous Gaussian with multiplier z.
  static func variance(multiplier: Double, bound: UInt64) -> Double {
    let product = multiplier * multiplier * Double(bound)
    return (product * (1 + 0x1p-50) + 4).rounded(.up)
  }

  /// A width that no coordinate's noise exceeds, but for a probability below 2^-40 over them all.
  ///
  /// - Formula: P(|X| >= T) <= 2 exp(-T^2 / (2 variance)) for the discrete Gaussian, whose moment
  ///   generating function is at most that of the continuous one (protocols/contribution-path.md, section 3).
  static func noiseTail(variance: Double, dimension: Int) -> Double {
    (2 * variance * log(2 * Double(dimension) * 0x1p40)).squareRoot().rounded(.up)
  }
}
