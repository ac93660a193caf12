import CryptoPrimitives
import RingArithmetic
import SeededRandomness
import Testing

@testable import PrivacyMechanisms

/// Repeats one word for ever.
private struct ConstantSource: RandomSource {
  let word: UInt64
  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices { unsafe words[index] = word }
  }
}

private func mechanism(
  dimension: Int = 4, clipNorm: Double = 2, cohort: Int = 100, ringBits: Int = 32,
  scaleBits: Int? = nil, noiseMultiplier: Double? = nil
) throws(MechanismError) -> ContributionMechanism {
  try ContributionMechanism(
    .init(
      dimension: dimension, clipNorm: clipNorm, maximumCohort: cohort, ringBits: ringBits,
      scaleBits: scaleBits, noiseMultiplier: noiseMultiplier))
}

/// Updates with entries of very different sizes; their norm is uniform up to `norm`.
private func updates(
  _ count: Int, dimension: Int, norm: Float, using stream: inout RandomStream
) -> [[Float]] {
  (0..<count).map { _ in
    let shape = (0..<dimension).map { _ in
      Float(Int64(bitPattern: stream.nextWord()) >> 40) * 0x1p-23
    }
    let length = shape.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let target = norm * Float(stream.nextWord() >> 40) * 0x1p-24
    return shape.map { $0 / length * target }
  }
}

private func norm(_ values: [Float]) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

@Suite struct EncodingTests {
  @Test func decodedSumIsTheSumWithinTheRoundingBound() throws {
    let mechanism = try mechanism(dimension: 257, scaleBits: 10)
    var stream = RandomStream.seeded(1, label: "rounding")
    let cohort = updates(100, dimension: 257, norm: 1.99, using: &stream)
    var sum = mechanism.makeSum()
    for update in cohort { try mechanism.contribute(update, to: &sum, randomness: &stream) }
    let decoded = mechanism.decodeWithoutNoise(sum)
    #expect(sum.contributors == 100)
    var meanError = 0.0
    for index in 0..<257 {
      let exact = cohort.reduce(0.0) { $0 + Double($1[index]) }
      let error = (Double(decoded[index]) - exact) * mechanism.scale
      // Each of 100 roundings is off by less than one unit, the float scale by far less in all.
      #expect(abs(error) <= 100.1)
      meanError += error / 257
    }
    // Unbiased: the mean of 25,700 roundings with variance at most 1/4 each, times 100. Six
    // standard errors, false failure 2 * 10^-9 with a fresh seed.
    #expect(abs(meanError) <= 6 * 0.5 * (100.0 / 257).squareRoot())
  }

  @Test(arguments: [(1, 1), (3, 2), (64, 3)])
  func normAfterRoundingNeverPassesTheBound(dimension: Int, scaleBits: Int) throws {
    let mechanism = try mechanism(dimension: dimension, clipNorm: 1, scaleBits: scaleBits)
    var stream = RandomStream.seeded(2, label: "norm", index: UInt64(dimension))
    var beyondClip = 0
    for update in updates(34_000, dimension: dimension, norm: 1.5, using: &stream) {
      var sum = mechanism.makeSum()
      try mechanism.contribute(update, to: &sum, randomness: &stream)
      let squaredNorm = (0..<dimension).reduce(UInt64(0)) { partial, index in
        let value = Int64(sum.total.centered(at: index))
        return partial + UInt64(value * value)
      }
      #expect(squaredNorm <= mechanism.squaredRoundedBound)
      if squaredNorm > 1 << (2 * UInt64(scaleBits)) { beyondClip += 1 }
    }
    // The check has something to do: rounding does lift norms above the clip.
    #expect(beyondClip > 0 || dimension == 1)
  }

  @Test func roundingIsRedrawnAndGivenUpOnlyOnBrokenRandomness() throws {
    // 64 coordinates of 1 in ring units, less the clip's margin, all rounded up to 2 would have
    // squared norm 256 above the bound of 92; a source of zeros always rounds up.
    let mechanism = try mechanism(dimension: 64, clipNorm: 8, scaleBits: 3)
    #expect(mechanism.squaredRoundedBound == 92)
    let update = [Float](repeating: 1, count: 64).enumerated().map { index, value in
      index < 32 ? value * 1.2 : value * 0.7
    }
    var sum = mechanism.makeSum()
    var broken = RandomStream(source: ConstantSource(word: 0))
    #expect(throws: ContributionError.roundingNeverFits(attempts: 1024)) {
      try mechanism.contribute(update, to: &sum, randomness: &broken)
    }
    #expect(sum == mechanism.makeSum())
    var sound = RandomStream.seeded(3, label: "redraw")
    try mechanism.contribute(update, to: &sum, randomness: &sound)
    #expect(sum.contributors == 1)
  }

  @Test(arguments: [Float(2.1), 200, 1e20, 3e38])
  func longUpdatesAreClippedAndKeepTheirDirection(size: Float) throws {
    let mechanism = try mechanism(dimension: 3, clipNorm: 2)
    var stream = RandomStream.seeded(4, label: "clip")
    var sum = mechanism.makeSum()
    try mechanism.contribute([size, -size, 0], to: &sum, randomness: &stream)
    let decoded = mechanism.decodeWithoutNoise(sum)
    #expect(norm(decoded) <= Double(mechanism.squaredRoundedBound).squareRoot() / mechanism.scale)
    #expect(abs(norm(decoded) - 2) < 1e-2)
    #expect(abs(decoded[0] + decoded[1]) <= 2 / Float(mechanism.scale) && decoded[2] == 0)
  }

  @Test func updatesInsideTheClipAreNotShortened() throws {
    let mechanism = try mechanism(dimension: 1, clipNorm: 2)
    var stream = RandomStream.seeded(5, label: "inside")
    var sum = mechanism.makeSum()
    try mechanism.contribute([1.5], to: &sum, randomness: &stream)
    #expect(abs(mechanism.decodeWithoutNoise(sum)[0] - 1.5) <= 1.01 / Float(mechanism.scale))
  }

  @Test func zerosStayZeroAndSubnormalsDoNoHarm() throws {
    let mechanism = try mechanism()
    var stream = RandomStream(source: ConstantSource(word: .max))
    var sum = mechanism.makeSum()
    try mechanism.contribute([0, -0.0, 0, 0], to: &sum, randomness: &stream)
    try mechanism.contribute(
      [.leastNonzeroMagnitude, 0x1p-140, 0, 0], to: &sum, randomness: &stream)
    #expect(mechanism.decodeWithoutNoise(sum) == [0, 0, 0, 0])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN])
  func nonFiniteUpdatesAreRefusedWhole(bad: Float) throws {
    let mechanism = try mechanism(dimension: 19)
    var stream = RandomStream.seeded(6, label: "bad")
    for position in [0, 7, 18] {
      var update = [Float](repeating: 0.1, count: 19)
      update[position] = bad
      var sum = mechanism.makeSum()
      #expect(throws: ContributionError.notFinite) {
        try mechanism.contribute(update, to: &sum, randomness: &stream)
      }
      #expect(sum == mechanism.makeSum())
    }
  }

  @Test func wrongLengthsAndFullCohortsAreRefused() throws {
    let mechanism = try mechanism(cohort: 1)
    var stream = RandomStream.seeded(7, label: "refused")
    var sum = mechanism.makeSum()
    for length in [0, 3, 5] {
      #expect(throws: ContributionError.wrongLength(found: length, expected: 4)) {
        try mechanism.contribute(
          [Float](repeating: 0, count: length), to: &sum, randomness: &stream)
      }
    }
    try mechanism.contribute([1, 0, 0, 0], to: &sum, randomness: &stream)
    let full = sum
    #expect(throws: ContributionError.cohortIsFull(maximumCohort: 1)) {
      try mechanism.contribute([1, 0, 0, 0], to: &sum, randomness: &stream)
    }
    #expect(sum == full)
  }

  @Test func splitAndOrderDoNotChangeABit() throws {
    let mechanism = try mechanism(dimension: 5000, ringBits: 24, noiseMultiplier: 1)
    var stream = RandomStream.seeded(8, label: "order")
    let cohort = updates(12, dimension: 5000, norm: 4, using: &stream)
    func partial(_ members: [Int]) throws -> ContributionSum {
      var sum = mechanism.makeSum()
      for member in members {
        var own = RandomStream.seeded(8, label: "device", index: UInt64(member))
        try mechanism.contribute(cohort[member], to: &sum, randomness: &own)
      }
      return sum
    }
    let whole = try partial(Array(0..<12))
    var noise = RandomStream.seeded(8, label: "noise")
    let expected = try mechanism.release(whole, noise: &noise)
    for split in [
      [[11, 3, 5], [], [0, 1, 2, 4], [10, 9, 8, 7, 6]], (0..<12).reversed().map { [$0] },
    ] {
      var merged = mechanism.makeSum()
      for members in split { merged.merge(try partial(members)) }
      #expect(merged == whole)
      var noise = RandomStream.seeded(8, label: "noise")
      #expect(try mechanism.release(merged, noise: &noise) == expected)
    }
  }
}

@Suite struct ReleaseTests {
  @Test func noiseHasTheDeclaredWidthOnEveryCoordinate() throws {
    let dimension = 20_000
    let mechanism = try mechanism(dimension: dimension, noiseMultiplier: 1.5)
    var stream = RandomStream.seeded(9, label: "noise")
    let release = try mechanism.release(mechanism.makeSum(), noise: &stream)
    let deviation = mechanism.noiseStandardDeviation(contributors: 0)
    #expect(release.noiseStandardDeviation == deviation && release.contributors == 0)
    // Rounding lifts the sensitivity above the clip norm of 2, and only slightly.
    #expect(deviation >= 3 && deviation < 3.01)
    let n = Double(dimension)
    let mean = release.values.reduce(0.0) { $0 + Double($1) } / n
    let square = release.values.reduce(0.0) { $0 + Double($1) * Double($1) } / n
    // 5.5 standard errors each, false failure 4 * 10^-8.
    #expect(abs(mean) <= 5.5 * deviation / n.squareRoot())
    #expect(abs(square / (deviation * deviation) - 1) <= 5.5 * (2 / n).squareRoot())
    #expect(release.values.count { $0 == 0 } < 100)
  }

  @Test func noiseThatIsDrawnAheadIsThatOfTheRelease() throws {
    let mechanism = try mechanism(dimension: 300, noiseMultiplier: 1.5)
    let update = [Float](repeating: 0.05, count: 300)
    var sum = mechanism.makeSum()
    var own = RandomStream.seeded(12, label: "device")
    try mechanism.contribute(update, to: &sum, randomness: &own)
    var stream = RandomStream.seeded(12, label: "noise")
    let expected = try mechanism.release(sum, noise: &stream)
    var noises = mechanism.makeSum()
    var again = RandomStream.seeded(12, label: "noise")
    mechanism.drawCoordinatorNoise(to: &noises, noise: &again)
    sum.merge(noises)
    var unused = RandomStream.seeded(13, label: "noise")
    #expect(try mechanism.release(sum, noise: &unused) == expected)
  }

  @Test func oneDeviceIsFoundUnderSmallNoise() throws {
    let mechanism = try mechanism(dimension: 2, clipNorm: 1, cohort: 1, noiseMultiplier: 0.001)
    var stream = RandomStream.seeded(10, label: "one")
    var sum = mechanism.makeSum()
    try mechanism.contribute([0.6, -0.6], to: &sum, randomness: &stream)
    let release = try mechanism.release(sum, noise: &stream)
    #expect(abs(release.values[0] - 0.6) < 0.02 && abs(release.values[1] + 0.6) < 0.02)
    #expect(release.contributors == 1)
  }

  @Test func withoutNoiseNothingIsAddedAndNothingIsClaimed() throws {
    let mechanism = try mechanism()
    var stream = RandomStream.seeded(11, label: "plain")
    var sum = mechanism.makeSum()
    try mechanism.contribute([1, 0.5, -1, 0], to: &sum, randomness: &stream)
    let plain = mechanism.decodeWithoutNoise(sum)
    let release = try mechanism.release(sum, noise: &stream)
    #expect(release.values == plain && release.noiseStandardDeviation == 0)
    #expect(mechanism.observed == nil && mechanism.guaranteedVariance == nil)
  }

  @Test func theLargestCohortAtTheClipDoesNotWrap() throws {
    let mechanism = try mechanism(
      dimension: 1, clipNorm: 1, cohort: 200, ringBits: 16, noiseMultiplier: 1)
    for sign in [Float(1), -1] {
      var stream = RandomStream.seeded(12, label: "full")
      var sum = mechanism.makeSum()
      for _ in 0..<200 { try mechanism.contribute([sign * 9], to: &sum, randomness: &stream) }
      let release = try mechanism.release(sum, noise: &stream)
      // Six standard deviations of the noise, and the rounding of the clip.
      #expect(
        abs(release.values[0] - sign * 200)
          <= Float(6 * mechanism.noiseStandardDeviation(contributors: 200) + 1))
    }
  }
}
