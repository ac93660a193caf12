internal import DiscreteNoise
package import PrivacyAccounting
internal import RingArithmetic

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Clipping, encoding, noise and the accounting event of one task, built as one value.
///
/// No part can be changed or left out without building another mechanism, so what the accountant
/// is told is what the contribution path does. The steps, their bounds and the proof of the
/// guarantee are in protocols/contribution-path.md.
package struct ContributionMechanism: Sendable {
  /// What a task asks for.
  package struct Request: Sendable, Equatable {
    /// Coordinates in an update.
    package var dimension: Int
    /// Greatest L2 norm of a contribution, in update units.
    package var clipNorm: Double
    /// Most contributions one sum may hold.
    package var maximumCohort: Int
    /// Width of a ring word.
    package var ringBits: Int
    /// Base-2 logarithm of the clip norm in ring units.
    ///
    /// Nil takes the largest one up to 14 with which the ring cannot wrap.
    package var scaleBits: Int?
    /// Noise standard deviation over sensitivity, for one release.
    ///
    /// Nil adds no noise: releases are not private.
    package var noiseMultiplier: Double?
    /// How many releases one user may contribute to.
    package var releases: Int

    package init(
      dimension: Int, clipNorm: Double, maximumCohort: Int, ringBits: Int, scaleBits: Int? = nil,
      noiseMultiplier: Double?, releases: Int = 1
    ) {
      self.dimension = dimension
      self.clipNorm = clipNorm
      self.maximumCohort = maximumCohort
      self.ringBits = ringBits
      self.scaleBits = scaleBits
      self.noiseMultiplier = noiseMultiplier
      self.releases = releases
    }
  }

  package let request: Request
  /// Ring units per update unit.
  package let scale: Double
  /// Base-2 logarithm of the clip norm in ring units.
  package let scaleBits: Int
  /// D2^2: the square of the greatest L2 norm of a rounded contribution, in ring units.
  package let squaredRoundedBound: UInt64
  /// The noise's variance per coordinate in ring units; nil without noise.
  package let varianceInRingUnits: UInt64?
  /// What the accountant charges for each release; nil without noise.
  package let event: MechanismEvent?
  let modulus: RingModulus
  let noise: DiscreteGaussian?

  /// Chooses scale and noise for `request` and proves that the ring cannot wrap.
  package init(_ request: Request) throws(MechanismError) {
    try Self.validate(request)
    let parameters = try Self.parameters(for: request)
    self.request = request
    modulus = RingModulus(bits: request.ringBits)
    scaleBits = parameters.scaleBits
    scale = exp2(Double(parameters.scaleBits)) / request.clipNorm
    squaredRoundedBound = parameters.squaredRoundedBound
    varianceInRingUnits = parameters.variance
    guard let variance = parameters.variance else {
      noise = nil
      event = nil
      return
    }
    do {
      noise = try DiscreteGaussian(varianceNumerator: variance)
    } catch {
      throw .noiseTooWide(varianceInRingUnits: Double(variance))
    }
    event = .discreteGaussian(
      variance: Double(variance),
      shift: .bounded(squaredNorm: Double(squaredRoundedBound), dimension: request.dimension))
  }

  /// Standard deviation of the noise on each coordinate of a release, in update units.
  package var noiseStandardDeviation: Double {
    guard let varianceInRingUnits else { return 0 }
    return Double(varianceInRingUnits).squareRoot() / scale
  }

  /// Size of one contribution with its words packed.
  package var uploadBytes: Int { (request.dimension * request.ringBits + 7) / 8 }
}
