internal import RingArithmetic

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// How wide the ring has to be.

extension ContributionMechanism {
  /// What contributions and noise can add up to on one coordinate.
  ///
  /// Contributions add up to at most n D2 anywhere. After a rotation, their sum before rounding is
  /// sub-Gaussian with variance proxy (n c)^2 / p on each coordinate and independent of the noise, so
  /// the noise's bound holds for both with the proxy added to its variance; rounding adds at most n.
  private struct Reach {
    /// What is certain.
    var certain: Double
    /// The variance, or its proxy, of what is not.
    var variance: Double
  }

  private static func reaches(
    _ request: Request, scaleBits: Int, bound: UInt64, drawn: NoiseVariance?
  ) -> [Reach] {
    let cohort = Double(request.maximumCohort)
    let noise = (drawn?.value ?? 0) * request.mostNoises
    let hard = Reach(
      certain: cohort * Double(bound).squareRoot().rounded(.down), variance: noise)
    guard request.rotation != nil else { return [hard] }
    let spread = cohort * exp2(Double(scaleBits))
    let padded = Double(request.encodedDimension)
    return [hard, Reach(certain: cohort, variance: noise + spread * spread / padded)]
  }

  /// What no coordinate of a release exceeds, but for a probability below 2^-40 over all of them.
  static func greatestSum(
    _ request: Request, scaleBits: Int, bound: UInt64, drawn: NoiseVariance?
  ) -> Double {
    reaches(request, scaleBits: scaleBits, bound: bound, drawn: drawn).map { reach in
      reach.certain
        + NoiseMaker.tail(
          request.placement.law, variance: reach.variance, count: request.encodedDimension)
    }.reduce(.infinity, min)
  }

  /// A bound on the probability that some coordinate of a release leaves the ring.
  static func wrapProbability(_ request: Request, _ parameters: Parameters) -> Double {
    reaches(
      request, scaleBits: parameters.scaleBits, bound: parameters.squaredRoundedBound,
      drawn: parameters.variance
    ).map { reach in
      NoiseMaker.tailProbability(
        request.placement.law, variance: reach.variance, count: request.encodedDimension,
        beyond: exp2(Double(request.ringBits - 1)) - reach.certain)
    }.reduce(1, min)
  }

  /// The request with the narrowest ring that cannot wrap at `scaleBits`.
  ///
  /// - Throws: as `parameters`, if 32 bits do not do.
  static func narrowed(
    _ request: Request, scaleBits: Int
  ) throws(MechanismError) -> (request: Request, parameters: Parameters) {
    var narrow = request
    narrow.ringBits = RingModulus.supportedBits.upperBound
    let parameters = try parameters(for: narrow, scaleBits: scaleBits)
    let greatest = greatestSum(
      request, scaleBits: scaleBits, bound: parameters.squaredRoundedBound,
      drawn: parameters.variance)
    narrow.ringBits = max(RingModulus.supportedBits.lowerBound, neededBits(greatest))
    return (narrow, parameters)
  }

  /// The bits of a ring that tells all integers in [-`greatest`, `greatest`] apart.
  static func neededBits(_ greatest: Double) -> Int {
    Int(log2(max(1, greatest)).rounded(.down)) + 2
  }
}

extension ContributionMechanism.Request {
  /// How many independent noises a release can hold.
  var mostNoises: Double { placement == .coordinator ? 1 : Double(maximumCohort) }
}
