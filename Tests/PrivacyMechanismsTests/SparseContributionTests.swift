import CryptoPrimitives
import PrivacyAccounting
import PrivacyMechanisms
import RoundVocabulary
import SeededRandomness
import Testing

@Suite struct SparseContributionTests {
  private func mechanism(
    cohort: Int = 3, rotation: RotationSeed? = nil
  ) throws -> ContributionMechanism {
    try ContributionMechanism(
      ContributionMechanism.Request(
        dimension: 12, clipNorm: 2, maximumCohort: cohort, ringBits: 32, scaleBits: 14,
        noiseMultiplier: nil, rotation: rotation))
  }

  /// The same values at the same places as the dense way, to within rounding.
  @Test func equalsTheDenseContribution() throws {
    let mechanism = try mechanism()
    var dense: [Float] = .init(repeating: 0, count: 12)
    let values: [Float] = [0.5, -0.25, 1, 0.125, -1]
    for (index, value) in zip([2, 3, 7, 8, 9], values) { dense[index] = value }
    var (one, other) = (mechanism.makeSum(), mechanism.makeSum())
    var randomness = RandomStream.seeded(1, label: "sparse")
    for _ in 0..<3 {
      try mechanism.contribute(dense, to: &one, randomness: &randomness)
      try mechanism.contributeDeferringNoise(
        SparseUpdate(ranges: [2..<4, 7..<10], values: values), to: &other,
        randomness: &randomness)
    }
    let first = try mechanism.release(one, noise: &randomness)
    let second = try mechanism.release(other, noise: &randomness)
    #expect(second.contributors == 3)
    for (a, b) in zip(first.values, second.values) { #expect(abs(a - b) < 3 * 2 / 16_384) }
    for index in [0, 1, 4, 5, 6, 10, 11] { #expect(second.values[index] == 0) }
  }

  /// Clipping sees all stretches together.
  @Test func longUpdatesAreClipped() throws {
    let mechanism = try mechanism()
    var sum = mechanism.makeSum()
    var randomness = RandomStream.seeded(2, label: "sparse")
    try mechanism.contributeDeferringNoise(
      SparseUpdate(ranges: [0..<1, 11..<12], values: [30, 40]), to: &sum, randomness: &randomness)
    let found = try mechanism.release(sum, noise: &randomness).values
    #expect(abs(found[0] - 1.2) < 1e-3 && abs(found[11] - 1.6) < 1e-3)
    #expect((found[0] * found[0] + found[11] * found[11]).squareRoot() <= 2.001)
  }

  @Test func whatDoesNotFitIsRefusedAndLeavesTheSum() throws {
    let mechanism = try mechanism(cohort: 1)
    var sum = mechanism.makeSum()
    let empty = sum
    var randomness = RandomStream.seeded(3, label: "sparse")
    for (ranges, values) in [
      ([10..<13], [Float(1), 2, 3]), ([4..<6, 5..<7], [1, 2, 3, 4]), ([0..<2], [1]),
      ([0..<1], [.nan]), ([0..<1], [.infinity]),
    ] {
      var thrown = false
      do throws(ContributionError) {
        try mechanism.contributeDeferringNoise(
          SparseUpdate(ranges: ranges, values: values), to: &sum, randomness: &randomness)
      } catch { thrown = true }
      #expect(thrown && sum == empty)
    }
    let update = SparseUpdate(ranges: [0..<1], values: [1])
    try mechanism.contributeDeferringNoise(update, to: &sum, randomness: &randomness)
    var isFull = false
    do throws(ContributionError) {
      try mechanism.contributeDeferringNoise(update, to: &sum, randomness: &randomness)
    } catch .cohortIsFull { isFull = true }
    #expect(isFull)
  }

  /// A device that sends for itself has the bits that a simulation gives it, noise included.
  @Test func ownNoiseIsTheDeferredNoise() throws {
    let mechanism = try ContributionMechanism(
      ContributionMechanism.Request(
        dimension: 12, clipNorm: 2, maximumCohort: 3, ringBits: 32, scaleBits: 14,
        noiseMultiplier: 1,
        placement: .devices(
          .skellam, CohortAssurance(leastSurvivors: 3, mostColluding: 0))))
    let update = LocalUpdate.sparse(SparseUpdate(ranges: [3..<5], values: [0.5, -0.25]))
    var (alone, noises, deferred) = (
      mechanism.makeSum(), mechanism.makeSum(), mechanism.makeSum()
    )
    var randomness = RandomStream.seeded(4, label: "sparse")
    try mechanism.contribute(update, to: &alone, randomness: &randomness)
    randomness = RandomStream.seeded(4, label: "sparse")
    try mechanism.contributeDeferringNoise(update, to: &deferred, randomness: &randomness)
    mechanism.drawOwnNoise(to: &noises, randomness: &randomness)
    deferred.merge(noises)
    #expect(alone == deferred)
    #expect(alone.vector != mechanism.makeSum().vector)
  }

  /// A rotation leaves no zeros: the update is filled up first.
  @Test func underARotationItIsFilledUp() throws {
    let mechanism = try mechanism(rotation: RotationSeed(hashing: [1]))
    let sparse = SparseUpdate(ranges: [2..<3, 9..<11], values: [0.5, -0.25, 1])
    var dense = [Float](repeating: 0, count: 12)
    (dense[2], dense[9], dense[10]) = (0.5, -0.25, 1)
    var (one, other) = (mechanism.makeSum(), mechanism.makeSum())
    var randomness = RandomStream.seeded(5, label: "sparse")
    try mechanism.contribute(LocalUpdate.sparse(sparse), to: &one, randomness: &randomness)
    randomness = RandomStream.seeded(5, label: "sparse")
    try mechanism.contribute(dense, to: &other, randomness: &randomness)
    #expect(one == other)
    let faulty = LocalUpdate.sparse(SparseUpdate(ranges: [11..<13], values: [1, 1]))
    #expect(throws: ContributionError.self) {
      try mechanism.contribute(faulty, to: &one, randomness: &randomness)
    }
  }
}
