import CryptoPrimitives
import PrivacyAccounting
import RingArithmetic
import SeededRandomness
import TestSupport
import Testing

@testable import PrivacyMechanisms

private let seed = RotationSeed(hashing: Array("test".utf8))

private func rotating(
  dimension: Int, cohort: Int = 100, ringBits: Int = 32, scaleBits: Int? = nil,
  noiseMultiplier: Double? = nil, rotated: Bool = true
) throws(MechanismError) -> ContributionMechanism {
  try ContributionMechanism(
    .init(
      dimension: dimension, clipNorm: 2, maximumCohort: cohort, ringBits: ringBits,
      scaleBits: scaleBits, noiseMultiplier: noiseMultiplier, rotation: rotated ? seed : nil))
}

private func rotate(
  _ rotation: Rotation, _ values: [Float], times multiplier: Float = 1
) -> [Float] {
  var rotated = [Float](repeating: 0, count: rotation.padded)
  unsafe rotated.withUnsafeMutableBufferPointer { target in
    unsafe rotation.rotate(values, times: multiplier, into: target)
  }
  return rotated
}

private func norm(_ values: [Float]) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

@Suite struct RotationTests {
  @Test func theFirstPowerOfTwoIsTaken() {
    #expect(
      [1, 2, 3, 4, 5, 1000, 1024, 1025].map(Rotation.padded) == [1, 2, 4, 4, 8, 1024, 1024, 2048])
  }

  /// Every size has its own passes: below eight, one block, halves and quarters of blocks.
  @Test(arguments: [1, 2, 3, 5, 8, 11, 64, 100, 1000, 4096, 5000, 16_000])
  func itFollowsItsDefinition(dimension: Int) {
    let rotation = Rotation(seed, dimension: dimension)
    var stream = RandomStream.seeded(40, label: "values", index: UInt64(dimension))
    let values = (0..<dimension).map { _ in
      Float(Int64(bitPattern: stream.nextWord()) >> 40) * 0x1p-23
    }
    let rotated = rotate(rotation, values, times: 3)
    let tolerance = 1e-5 * norm(values)
    for row in Set([0, 1, 2, 5, rotation.padded / 2, rotation.padded - 1])
    where row < rotation.padded {
      let exact = values.indices.reduce(0.0) { sum, column in
        let isNegative = (row & column).nonzeroBitCount % 2 == 1
        let isFlipped = rotation.signs[column / 8] >> (column % 8) & 1 == 1
        return sum + (isNegative != isFlipped ? -3 : 3) * Double(values[column])
      }
      let expected = exact / Double(rotation.padded).squareRoot()
      #expect(abs(Double(rotated[row]) - expected) < tolerance)
    }
    #expect(abs(norm(rotated) / (3 * norm(values)) - 1) < 2e-6)
    let back = rotation.unrotate(rotated)
    #expect(back.count == dimension)
    #expect(zip(back, values).allSatisfy { abs(Double($0 - 3 * $1)) < tolerance })
  }

  /// Written out by protocols/vectors/rotation/generate.py, which uses neither libsodium nor this code.
  @Test func signsAndValuesAreThoseOfTheVectors() throws {
    let vectors = try RotationVectors.load()
    for vector in vectors.rotations {
      let seed = try #require(RotationSeed(bytes: vector.seed))
      let rotation = Rotation(seed, dimension: vector.values.count)
      let signs = vector.values.indices.map { rotation.signs[$0 / 8] >> ($0 % 8) & 1 == 1 ? -1 : 1 }
      #expect(signs == vector.signs)
      let rotated = rotate(rotation, vector.values.map(Float.init))
      #expect(rotated.count == vector.rotated.count)
      for (value, expected) in zip(rotated, vector.rotated) {
        #expect(abs(Double(value) - expected) < 1e-5)
      }
    }
    for vector in vectors.seeds {
      #expect(RotationSeed(hashing: Array(vector.text.utf8)).bytes == vector.seed)
    }
  }

  @Test func seedsAreOfTheirLengthAndUnrelated() {
    #expect(RotationSeed(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    #expect(seed.derived(for: "gram") != seed.derived(for: "ranker"))
    let one = Rotation(seed.derived(for: "gram"), dimension: 4096)
    let other = Rotation(seed.derived(for: "ranker"), dimension: 4096)
    let equal = zip(one.signs, other.signs).reduce(0) { $0 + (~($1.0 ^ $1.1)).nonzeroBitCount }
    // 2048 expected with deviation 32: five deviations, false failure 6 * 10^-7 with fresh seeds.
    #expect(abs(equal - 2048) < 160)
  }

  /// The bound that the ring's width rests on, at the 2^18 coordinates of 64 seeds.
  @Test func oneLargeCoordinateIsSpreadEvenly() {
    var worst = 0.0
    for index in 0..<64 {
      let rotation = Rotation(seed.derived(for: "\(index)"), dimension: 4096)
      let values = (0..<4096).map { Float($0 % 2) / Float(2048).squareRoot() }
      worst = max(worst, rotate(rotation, values).reduce(0.0) { max($0, Double(abs($1))) })
    }
    // 2 * 2^18 exp(-t^2 p / 2) = 10^-6.
    let t = (2 * 26.98 / 4096).squareRoot()
    #expect(worst < t && worst > t / 3)
  }
}

@Suite struct RotatedMechanismTests {
  @Test func paddingIsChargedAndSent() throws {
    let mechanism = try rotating(dimension: 33, ringBits: 24, scaleBits: 4, noiseMultiplier: 1)
    #expect(mechanism.request.encodedDimension == 64 && mechanism.uploadBytes == 192)
    let bound = ContributionMechanism.squaredRoundedBound(dimension: 64, scaleBits: 4)
    #expect(mechanism.squaredRoundedBound == bound)
    #expect(bound > ContributionMechanism.squaredRoundedBound(dimension: 33, scaleBits: 4))
    guard
      case .central(.approximate(.discreteGaussian(let variance, let shift), _)) =
        mechanism.observed
    else {
      Issue.record("the event is not discrete Gaussian noise")
      return
    }
    #expect(shift == .bounded(squaredNorm: Double(bound), dimension: 64))
    #expect(variance >= Double(bound))
    #expect(mechanism.makeSum().total.count == 64)
  }

  @Test(arguments: [1, 3, 100, 257])
  func decodedSumIsTheSumWithinTheRoundingBound(dimension: Int) throws {
    let mechanism = try rotating(dimension: dimension, scaleBits: 10)
    var stream = RandomStream.seeded(41, label: "rounding", index: UInt64(dimension))
    var exact = [Double](repeating: 0, count: dimension)
    var sum = mechanism.makeSum()
    for device in 0..<50 {
      var update = [Float](repeating: 0, count: dimension)
      update[device % dimension] = 1.9
      exact[device % dimension] += Double(Float(1.9))
      try mechanism.contribute(update, to: &sum, randomness: &stream)
    }
    let decoded = mechanism.decodeWithoutNoise(sum)
    #expect(decoded.count == dimension)
    // Each of 50 roundings moves the vector by less than sqrt(p) units.
    let error = zip(decoded, exact).reduce(0) { $0 + ($1.0.double - $1.1) * ($1.0.double - $1.1) }
    let padded = Double(mechanism.request.encodedDimension)
    #expect(error.squareRoot() * mechanism.scale < 50 * padded.squareRoot())
    // On average over rounding it is exact: variance at most 50/4 on each of p coordinates, and the
    // square of the norm is within 10 of its deviations.
    let units = error * mechanism.scale * mechanism.scale
    #expect(units < 50 / 4 * padded * (1 + 10 * (2 / padded).squareRoot()))
  }

  @Test func noiseHasTheDeclaredWidthOnEveryCoordinate() throws {
    let dimension = 20_000
    let mechanism = try rotating(dimension: dimension, noiseMultiplier: 1.5)
    var stream = RandomStream.seeded(42, label: "noise")
    let release = try mechanism.release(mechanism.makeSum(), noise: &stream)
    let deviation = mechanism.noiseStandardDeviation(contributors: 0)
    #expect(release.values.count == dimension && release.noiseStandardDeviation == deviation)
    let n = Double(dimension)
    let mean = release.values.reduce(0.0) { $0 + $1.double } / n
    let square = release.values.reduce(0.0) { $0 + $1.double * $1.double } / n
    // 5.5 standard errors each, false failure 4 * 10^-8.
    #expect(abs(mean) <= 5.5 * deviation / n.squareRoot())
    #expect(abs(square / (deviation * deviation) - 1) <= 5.5 * (2 / n).squareRoot())
  }

  @Test(arguments: [Float(2.1), 200, 1e20, 3e38])
  func longUpdatesAreClippedAndKeepTheirDirection(size: Float) throws {
    let mechanism = try rotating(dimension: 7, scaleBits: 14)
    var stream = RandomStream.seeded(43, label: "clip")
    var sum = mechanism.makeSum()
    try mechanism.contribute([size, 0, 0, -size, 0, 0, 0], to: &sum, randomness: &stream)
    let decoded = mechanism.decodeWithoutNoise(sum)
    #expect(abs(norm(decoded) - 2) < 0.02)
    #expect(abs(decoded[0] + decoded[3]) < 0.01 && abs(decoded[1]) < 0.01)
  }

  @Test func badUpdatesAreRefusedWhole() throws {
    let mechanism = try rotating(dimension: 5, noiseMultiplier: 1)
    var stream = RandomStream.seeded(44, label: "bad")
    var sum = mechanism.makeSum()
    #expect(throws: ContributionError.notFinite) {
      try mechanism.contribute([0, 1, .nan, 0, 0], to: &sum, randomness: &stream)
    }
    #expect(throws: ContributionError.wrongLength(found: 8, expected: 5)) {
      try mechanism.contribute(
        [Float](repeating: 0, count: 8), to: &sum, randomness: &stream)
    }
    #expect(sum == mechanism.makeSum())
  }

  /// Four thousand devices with one and the same update: with rotation the sum of all fits a ring that
  /// is at least two bits narrower, and arrives.
  @Test func sumsOfLargeCohortsFitNarrowerRings() throws {
    let cohort = 4000
    func bits(rotated: Bool) -> Int {
      for bits in 8...32 {
        do {
          _ = try rotating(
            dimension: 4096, cohort: cohort, ringBits: bits, scaleBits: 10, noiseMultiplier: 1,
            rotated: rotated)
          return bits
        } catch {}
      }
      return 33
    }
    let (plain, narrow) = (bits(rotated: false), bits(rotated: true))
    #expect(narrow <= plain - 2)
    let mechanism = try rotating(
      dimension: 4096, cohort: cohort, ringBits: narrow, scaleBits: 10, noiseMultiplier: 1)
    var update = [Float](repeating: 0, count: 4096)
    for index in 1000..<1016 { update[index] = 0.5 }
    var stream = RandomStream.seeded(45, label: "cohort")
    var sum = mechanism.makeSum()
    // One device's integers, as often as there are devices: ring arithmetic, not rounding, is tested.
    try mechanism.contribute(update, to: &sum, randomness: &stream)
    let words = sum.total.words.map { $0 &* UInt32(cohort) }
    sum.total = .init(reducing: words, modulus: mechanism.modulus)
    let decoded = mechanism.decodeWithoutNoise(sum)
    #expect((1000..<1016).allSatisfy { abs(decoded[$0] / Float(cohort) - 0.5) < 0.01 })
  }
}

extension Float {
  fileprivate var double: Double { Double(self) }
}
