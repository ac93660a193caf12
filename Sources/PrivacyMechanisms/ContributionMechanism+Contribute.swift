internal import CKernels
package import CryptoPrimitives
package import RingArithmetic

extension ContributionMechanism {
  /// How much of the clip norm is given away so that rounding errors in single precision stay inside.
  ///
  /// They are below 2^-22 of the norm in the scaling, and below 2 * 10^-6 in the rotation.
  private var clipShrinkage: Double { rotation == nil ? 1 - 1e-6 : 1 - 3e-6 }
  /// Redraws after which the source of randomness is called broken.
  ///
  /// One draw fails with probability at most e^(-1/2), so sound randomness gets here with
  /// probability e^-512.
  static let attemptLimit = 1024
  /// Coordinates whose random bits are drawn at once.
  private static let tileLength = 4096

  /// A sum of nobody's contributions.
  package func makeSum() -> ContributionSum {
    ContributionSum(
      total: RingVector(zeros: request.encodedDimension, modulus: modulus), request: request)
  }

  /// The sum of `contributors` contributions that was computed elsewhere, such as by secure aggregation.
  ///
  /// - Shape: `vector` has the encoded dimension and the ring of the mechanism.
  package func makeSum(of vector: RingVector, contributors: Int) -> ContributionSum {
    precondition(
      vector.count == request.encodedDimension && vector.modulus == modulus,
      "the vector belongs to another mechanism")
    var sum = ContributionSum(total: vector, request: request)
    sum.contributors = contributors
    return sum
  }

  /// Clips, scales and rounds one update, adds the device's noise if it makes any, and adds to `sum`.
  ///
  /// - Throws: `ContributionError`; `sum` is then as before.
  /// - Privacy: the integer vector before noise has squared norm at most `squaredRoundedBound`, for
  ///   every update. One update enters one sum once; the caller sees to that.
  package func contribute(
    _ update: [Float], to sum: inout ContributionSum, randomness: inout RandomStream
  ) throws(ContributionError) {
    try contribute(update, to: &sum, randomness: &randomness, noise: deviceNoise)
  }

  /// As `contribute`, with the device's noise left to `drawDeferredNoise`: in simulations only.
  package func contributeDeferringNoise(
    _ update: [Float], to sum: inout ContributionSum, randomness: inout RandomStream
  ) throws(ContributionError) {
    try contribute(update, to: &sum, randomness: &randomness, noise: nil)
    if deviceNoise != nil { sum.deferredNoises += 1 }
  }

  /// Draws one device's deferred noise into a sum of its own, to be merged with the others' later.
  ///
  /// With the stream that the contribution left behind it is the very noise that `contribute` draws.
  package func drawOwnNoise(to noises: inout ContributionSum, randomness: inout RandomStream) {
    precondition(noises.request == request, "the sum belongs to another mechanism")
    guard let deviceNoise else { return }
    noises.total.perturb { deviceNoise.add(to: &$0, using: &randomness) }
    noises.deferredNoises -= 1
  }

  private var deviceNoise: NoiseMaker? {
    if case .devices = request.placement { noise } else { nil }
  }

  private func contribute(
    _ update: [Float], to sum: inout ContributionSum, randomness: inout RandomStream,
    noise: NoiseMaker?
  ) throws(ContributionError) {
    precondition(sum.request == request, "the sum belongs to another mechanism")
    guard sum.contributors < request.maximumCohort else {
      throw .cohortIsFull(maximumCohort: request.maximumCohort)
    }
    let multiplier = try clippingMultiplier(for: update)
    let dimension = request.encodedDimension
    let fits = unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: dimension) {
      rounded in
      let fits = unsafe encode(update, times: multiplier, into: rounded, using: &randomness)
      guard fits else { return false }
      unsafe sum.total.add(UnsafeBufferPointer(rounded))
      if let noise { sum.total.perturb { noise.add(to: &$0, using: &randomness) } }
      return true
    }
    guard fits else { throw .roundingNeverFits(attempts: Self.attemptLimit) }
    sum.contributors += 1
  }

  /// Clip and scale as one factor: the update times it has norm at most 2^scaleBits.
  private func clippingMultiplier(for update: [Float]) throws(ContributionError) -> Float {
    guard update.count == request.dimension else {
      throw .wrongLength(found: update.count, expected: request.dimension)
    }
    return try clippingMultiplier(ofValues: update)
  }

  /// As above for the coordinates that may differ from zero.
  func clippingMultiplier(ofValues update: [Float]) throws(ContributionError) -> Float {
    let squaredNorm = unsafe update.withUnsafeBufferPointer { values in
      unsafe silhouette_squared_norm(values.baseAddress, values.count)
    }
    // Squares of floats do not overflow a double, so this is not finite only if a coordinate is not.
    guard squaredNorm.isFinite else { throw .notFinite }
    let allowedNorm = request.clipNorm * clipShrinkage
    let norm = squaredNorm.squareRoot()
    let multiplier = norm > allowedNorm ? scale * (allowedNorm / norm) : scale
    // Down, so that the coarse floats below 2^-126, which huge updates need, cannot lift the norm.
    let rounded = Float(multiplier)
    return Double(rounded) > multiplier ? rounded.nextDown : rounded
  }

  /// Scales, rotates if there is a rotation, and rounds.
  private func encode(
    _ update: [Float], times multiplier: Float, into rounded: UnsafeMutableBufferPointer<Int32>,
    using randomness: inout RandomStream
  ) -> Bool {
    guard let rotation else {
      return unsafe update.withUnsafeBufferPointer { values in
        unsafe round(values, times: multiplier, into: rounded, using: &randomness)
      }
    }
    return unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: rotation.padded) {
      rotated in
      unsafe rotation.rotate(update, times: multiplier, into: rotated)
      return unsafe round(
        UnsafeBufferPointer(rotated), times: 1, into: rounded, using: &randomness)
    }
  }

  /// Stochastic rounding, redrawn until the integer vector keeps the norm bound.
  ///
  /// A coordinate is rounded up with probability its fractional part to within 2^-17, for it takes
  /// 16 random bits. The bias is below 2^-17 ring units; against the rounding noise of a sum over n
  /// contributions, at most sqrt(n) / 2, it stays invisible up to n = 2^32.
  func round(
    _ values: UnsafeBufferPointer<Float>, times multiplier: Float,
    into rounded: UnsafeMutableBufferPointer<Int32>,
    using randomness: inout RandomStream
  ) -> Bool {
    for _ in 0..<Self.attemptLimit {
      let squaredNorm = unsafe roundOnce(
        values, times: multiplier, into: rounded, using: &randomness)
      if squaredNorm <= squaredRoundedBound { return true }
    }
    return false
  }

  private func roundOnce(
    _ values: UnsafeBufferPointer<Float>, times multiplier: Float,
    into rounded: UnsafeMutableBufferPointer<Int32>,
    using randomness: inout RandomStream
  ) -> UInt64 {
    let tile = Self.tileLength
    return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: tile / 2) { random in
      var squaredNorm: UInt64 = 0
      var start = 0
      while let source = values.baseAddress, let target = rounded.baseAddress,
        start < values.count
      {
        let count = min(tile, values.count - start)
        unsafe randomness.fill(UnsafeMutableBufferPointer(rebasing: random[..<((count + 1) / 2)]))
        unsafe random.withMemoryRebound(to: UInt16.self) { bits in
          squaredNorm += unsafe silhouette_round_scaled(
            source + start, count, multiplier, bits.baseAddress, target + start)
        }
        start += count
      }
      return squaredNorm
    }
  }
}
