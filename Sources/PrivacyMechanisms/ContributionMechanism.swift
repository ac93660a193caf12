internal import DiscreteNoise
package import PrivacyAccounting
package import RingArithmetic
package import RoundVocabulary

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
    /// Who makes the noise.
    package var placement: NoisePlacement
    /// How many releases one user may contribute to.
    package var releases: Int
    /// The rotation before rounding, which spreads an update over all coordinates; nil for none.
    package var rotation: RotationSeed?

    package init(
      dimension: Int, clipNorm: Double, maximumCohort: Int, ringBits: Int, scaleBits: Int? = nil,
      noiseMultiplier: Double?, placement: NoisePlacement = .coordinator, releases: Int = 1,
      rotation: RotationSeed? = nil
    ) {
      self.dimension = dimension
      self.clipNorm = clipNorm
      self.maximumCohort = maximumCohort
      self.ringBits = ringBits
      self.scaleBits = scaleBits
      self.noiseMultiplier = noiseMultiplier
      self.placement = placement
      self.releases = releases
      self.rotation = rotation
    }

    /// Coordinates of what is sent: rotation pads to a power of two.
    package var encodedDimension: Int {
      ContributionMechanism.encodedDimension(of: dimension, isRotated: rotation != nil)
    }
  }

  package let request: Request
  /// Ring units per update unit.
  package let scale: Double
  /// Base-2 logarithm of the clip norm in ring units.
  package let scaleBits: Int
  /// D2^2: the square of the greatest L2 norm of a rounded contribution, in ring units.
  package let squaredRoundedBound: UInt64
  /// The noise that one release is certain to hold, as a variance per coordinate in squared ring
  /// units; nil without noise.
  package let guaranteedVariance: Double?
  /// One release as accountants see it, from every adversary's place; nil without noise.
  package let observed: ObservedMechanism?
  /// The ring of contributions.
  package let modulus: RingModulus
  let rotation: Rotation?
  /// The noise of one release, or of one device.
  let noise: NoiseMaker?
  /// The variance of what `noise` draws, in squared ring units.
  let drawnVariance: NoiseVariance?

  /// Chooses scale and noise for `request` and proves that the ring cannot wrap.
  package init(_ request: Request) throws(MechanismError) {
    try Self.validate(request)
    let parameters = try Self.parameters(for: request)
    self.request = request
    rotation = request.rotation.map { Rotation($0, dimension: request.dimension) }
    modulus = RingModulus(bits: request.ringBits)
    scaleBits = parameters.scaleBits
    scale = exp2(Double(parameters.scaleBits)) / request.clipNorm
    squaredRoundedBound = parameters.squaredRoundedBound
    guard let variance = parameters.variance else {
      noise = nil
      observed = nil
      guaranteedVariance = nil
      drawnVariance = nil
      return
    }
    let noise: NoiseMaker
    do {
      noise = try NoiseMaker(request.placement.law, variance: variance)
    } catch {
      throw .noiseTooWide(varianceInRingUnits: variance.value)
    }
    self.noise = noise
    drawnVariance = variance
    guaranteedVariance = variance.value * Double(request.placement.leastNoises)
    observed = Self.observed(
      request, variance: variance.value, bound: parameters.squaredRoundedBound,
      totalVariation: noise.totalVariation(count: request.encodedDimension))
  }

  private static func observed(
    _ request: Request, variance: Double, bound: UInt64, totalVariation: Double
  ) -> ObservedMechanism {
    let shift = MechanismEvent.IntegerShift.bounded(
      squaredNorm: Double(bound), dimension: request.encodedDimension)
    switch request.placement {
    case .coordinator:
      return .central(
        .approximate(
          .discreteGaussian(variance: variance, shift: shift), totalVariation: totalVariation))
    case .devices(let law, let assurance):
      return .distributed(
        ObservedMechanism.DeviceNoise(
          law: law, variance: variance, shift: shift, assurance: assurance,
          totalVariation: totalVariation))
    }
  }

  /// Standard deviation of the noise on each coordinate of a release, in update units.
  ///
  /// Rotation changes nothing about it: the inverse is orthogonal, and all coordinates carry as much.
  package func noiseStandardDeviation(contributors: Int) -> Double {
    guard let drawnVariance else { return 0 }
    let noises = request.placement == .coordinator ? 1 : Double(contributors)
    return (drawnVariance.value * noises).squareRoot() / scale
  }

  /// The variance of the noise that each device makes, in squared ring units, as a fraction in lowest
  /// terms; nil where devices make none.
  package var deviceVariance: (numerator: UInt64, denominator: UInt64)? {
    guard let drawnVariance, case .devices = request.placement else { return nil }
    return drawnVariance.inLowestTerms
  }

  /// Size of one contribution with its words packed.
  package var uploadBytes: Int { (request.encodedDimension * request.ringBits + 7) / 8 }
}

/// Who makes the noise of a release.
package enum NoisePlacement: Sendable, Equatable {
  /// The coordinator, once per release: discrete Gaussian noise.
  case coordinator
  /// Every device its part, calibrated to the honest ones that are certain to arrive.
  case devices(ObservedMechanism.DeviceNoise.Law, CohortAssurance)

  var law: ObservedMechanism.DeviceNoise.Law {
    switch self {
    case .coordinator: .discreteGaussian
    case .devices(let law, _): law
    }
  }

  /// How many independent noises a release is certain to hold.
  var leastNoises: Int {
    switch self {
    case .coordinator: 1
    case .devices(_, let assurance): assurance.leastHonest
    }
  }
}
