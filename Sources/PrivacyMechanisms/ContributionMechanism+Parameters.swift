internal import DiscreteNoise
internal import PrivacyAccounting
internal import RingArithmetic
internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension ContributionMechanism {
  /// Most coordinates of an update: what a device can hold several times over.
  static let supportedDimensions = 1...(1 << 28)
  /// Scales for which a coordinate times the scale is below 2^24, where floats have a fraction.
  package static let supportedScaleBits = 1...20
  /// Widths of a ring word.
  package static let supportedRingBits = RingModulus.supportedBits
  /// Beyond this many bits finer rounding adds nothing against the rounding noise of a cohort.
  static let largestChosenScaleBits = 14

  /// Coordinates of what is sent for an update: rotation pads to a power of two.
  package static func encodedDimension(of dimension: Int, isRotated: Bool) -> Int {
    isRotated ? Rotation.padded(dimension) : dimension
  }

  /// What follows from a request and a number of scale bits.
  struct Parameters {
    var scaleBits: Int
    var squaredRoundedBound: UInt64
    var variance: NoiseVariance?
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
    if case .devices(_, let assurance) = request.placement {
      guard assurance.mostColluding >= 0, assurance.leastHonest >= 1,
        assurance.leastSurvivors <= request.maximumCohort
      else { throw .assuranceOutOfRange(assurance, cohort: request.maximumCohort) }
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
        let parameters = try parameters(for: request, scaleBits: bits)
        if bits <= leastComfortableScaleBits || isDrawnAtOnce(parameters, request) {
          return parameters
        }
      } catch {
        if bits == supportedScaleBits.lowerBound { throw error }
      }
      bits -= 1
    }
  }

  /// Below this a finer scale is worth more than one table for the noise.
  private static let leastComfortableScaleBits = 8

  /// The Skellam noise of a whole cohort comes from one table.
  private static func isDrawnAtOnce(_ parameters: Parameters, _ request: Request) -> Bool {
    guard request.placement.law == .skellam, let variance = parameters.variance else { return true }
    return variance.value * Double(request.maximumCohort) <= NoiseMaker.comfortableSkellamVariance
  }

  /// Everything at one scale; throws when the ring can wrap or the noise is too wide.
  static func parameters(
    for request: Request, scaleBits: Int
  ) throws(MechanismError) -> Parameters {
    let bound = squaredRoundedBound(dimension: request.encodedDimension, scaleBits: scaleBits)
    let variance = request.noiseMultiplier.map {
      self.variance(multiplier: $0, bound: bound, placement: request.placement)
    }
    if let variance, variance > Double(DiscreteGaussian.supportedVarianceTerms.upperBound) {
      throw .noiseTooWide(varianceInRingUnits: variance)
    }
    let drawn = variance.map { NoiseVariance(roundingUp: $0) }
    let greatest = greatestSum(request, scaleBits: scaleBits, bound: bound, drawn: drawn)
    // Sums in [-greatest, greatest] are told apart by bits with greatest < 2^(bits - 1).
    guard greatest < exp2(Double(request.ringBits - 1)) else {
      throw .modulusCanWrap(
        ringBits: request.ringBits, maximumCohort: request.maximumCohort, scaleBits: scaleBits,
        neededBits: neededBits(greatest))
    }
    return Parameters(
      scaleBits: scaleBits, squaredRoundedBound: bound, variance: drawn)
  }

  /// D2^2 of a vector of norm c = 2^scaleBits rounded stochastically, rounded up to an integer.
  ///
  /// - Formula: c^2 + d/4 + sqrt(2 ln(1/beta)) (c + sqrt(d)/2) with beta = e^(-1/2), which makes the
  ///   root 1. A rounding exceeds it with probability at most beta. The paper's other bound,
  ///   (c + sqrt d)^2, is never smaller for c, d >= 1.
  /// - Source: Kairouz, Liu, Steinke 2021, arXiv:2102.06387, conditional rounding.
  package static func squaredRoundedBound(dimension: Int, scaleBits: Int) -> UInt64 {
    let c = exp2(Double(scaleBits))
    let d = Double(dimension)
    return UInt64((c * c + d / 4 + c + d.squareRoot() / 2).rounded(.up))
  }

  /// The variance of each noise that is drawn, in squared ring units.
  ///
  /// - Formula: (z D2)^2 over the number h of noises that a release is certain to hold; for
  ///   discrete Gaussian noise (z D2)^2 + 4, which pays for the smoothing step in the accountant's
  ///   proof, and at least 8 for each, from where on the proof holds.
  static func variance(
    multiplier: Double, bound: UInt64, placement: NoisePlacement
  ) -> Double {
    let total = multiplier * multiplier * Double(bound) * (1 + 0x1p-50)
    let noises = Double(placement.leastNoises)
    switch placement {
    case .coordinator: return (total + 4).rounded(.up)
    case .devices(.discreteGaussian, _): return max(8, (total + 4) / noises)
    case .devices(.skellam, _): return total / noises
    }
  }
}
