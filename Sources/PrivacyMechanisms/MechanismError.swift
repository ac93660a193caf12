package import RoundVocabulary

/// Why a mechanism cannot be built from a request.
package enum MechanismError: Error, Equatable, CustomStringConvertible {
  case dimensionOutOfRange(Int, allowed: ClosedRange<Int>)
  /// Not a finite number above zero.
  case clipNormOutOfRange(Double)
  case cohortOutOfRange(Int)
  case ringBitsOutOfRange(Int, allowed: ClosedRange<Int>)
  case scaleBitsOutOfRange(Int, allowed: ClosedRange<Int>)
  /// Not a finite number above zero; a mechanism without noise says nil.
  case noiseMultiplierOutOfRange(Double)
  /// No honest device is left, or more survive than there are.
  case assuranceOutOfRange(CohortAssurance, cohort: Int)
  case releasesOutOfRange(Int)
  /// The noise is wider than the exact sampler supports.
  case noiseTooWide(varianceInRingUnits: Double)
  /// The sum of the largest cohort and the noise may leave the ring.
  case modulusCanWrap(ringBits: Int, maximumCohort: Int, scaleBits: Int, neededBits: Int)

  package var description: String {
    switch self {
    case .dimensionOutOfRange(let dimension, let allowed):
      "dimension is \(dimension); it must be in \(allowed.lowerBound)...\(allowed.upperBound)"
    case .clipNormOutOfRange(let norm):
      "clipNorm is \(norm); it must be finite and above 0"
    case .cohortOutOfRange(let cohort):
      "maximumCohort is \(cohort); it must be at least 1 and below 2^31"
    case .ringBitsOutOfRange(let bits, let allowed):
      "ringBits is \(bits); it must be in \(allowed.lowerBound)...\(allowed.upperBound)"
    case .scaleBitsOutOfRange(let bits, let allowed):
      "scaleBits is \(bits); it must be in \(allowed.lowerBound)...\(allowed.upperBound)"
    case .noiseMultiplierOutOfRange(let multiplier):
      "noiseMultiplier is \(multiplier); it must be finite and above 0, or absent for no noise"
    case .assuranceOutOfRange(let assurance, let cohort):
      "of a cohort of \(cohort), \(assurance.leastSurvivors) survive at least and "
        + "\(assurance.mostColluding) collude at most: at least one honest device must be left, "
        + "lower the dropout or the colluding share"
    case .releasesOutOfRange(let releases):
      "releases is \(releases); one user contributes at least once"
    case .noiseTooWide(let variance):
      "the noise variance is \(variance) in ring units, above 2^50: lower scaleBits or "
        + "noiseMultiplier"
    case .modulusCanWrap(let ringBits, let maximumCohort, let scaleBits, let neededBits):
      "ringBits \(ringBits) can wrap for maximumCohort \(maximumCohort) at scaleBits \(scaleBits): "
        + "\(neededBits) bits are needed; raise ringBits, or lower maximumCohort, scaleBits or "
        + "noiseMultiplier"
    }
  }
}

/// Why a sum is not opened.
package enum ReleaseError: Error, Equatable, CustomStringConvertible {
  /// The noise of the devices that arrived does not hide a contribution as promised.
  case tooFewContributions(found: Int, needed: Int)

  package var description: String {
    switch self {
    case .tooFewContributions(let found, let needed):
      "\(found) contributions arrived, \(needed) are needed for the promised noise: "
        + "the round is abandoned"
    }
  }
}

/// Why an update was not added to a sum; nothing of it was.
///
/// The cases carry no value of the update.
package enum ContributionError: Error, Equatable, CustomStringConvertible {
  case wrongLength(found: Int, expected: Int)
  /// Some coordinate is NaN or infinite.
  case notFinite
  /// The sum already holds the largest cohort for which it cannot wrap.
  case cohortIsFull(maximumCohort: Int)
  /// No rounding kept the norm bound, which happens only with a broken source of randomness.
  case roundingNeverFits(attempts: Int)

  package var description: String {
    switch self {
    case .wrongLength(let found, let expected):
      "the update has \(found) coordinates instead of \(expected)"
    case .notFinite:
      "the update holds NaN or infinity: the local work diverged"
    case .cohortIsFull(let maximumCohort):
      "the sum already holds \(maximumCohort) contributions, its largest cohort"
    case .roundingNeverFits(let attempts):
      "\(attempts) roundings exceeded the norm bound: the randomness source is broken"
    }
  }
}

/// Why clipping cannot be adaptive with some settings.
package enum AdaptiveClippingError: Error, Equatable, CustomStringConvertible {
  case outOfRange(field: String, value: Double, allowed: String)

  package var description: String {
    switch self {
    case .outOfRange(let field, let value, let allowed):
      "\(field) of adaptive clipping is \(value); it must be \(allowed)"
    }
  }
}
