import CryptoPrimitives
import PrivacyAccounting
import RoundVocabulary
import RingArithmetic
import SeededRandomness
import TestSupport
import Testing

@testable import PrivacyMechanisms

typealias Law = ObservedMechanism.DeviceNoise.Law

/// A mechanism whose noise 20 devices make, of which 16 arrive at least and 3 collude at most.
private func mechanism(
  _ law: Law, dimension: Int, noiseMultiplier: Double, scaleBits: Int = 1
) throws(MechanismError) -> ContributionMechanism {
  try ContributionMechanism(
    .init(
      dimension: dimension, clipNorm: 1, maximumCohort: 20, ringBits: 32, scaleBits: scaleBits,
      noiseMultiplier: noiseMultiplier,
      placement: .devices(law, CohortAssurance(leastSurvivors: 16, mostColluding: 3))))
}

/// The sum of `count` contributions of nothing, of which the first `silent` add no noise.
private func noise(
  _ mechanism: ContributionMechanism, count: Int, silent: Int = 0, label: String
) throws -> ContributionSum {
  let zeros = [Float](repeating: 0, count: mechanism.request.dimension)
  var sum = mechanism.makeSum()
  for device in 0..<count {
    var stream = RandomStream.seeded(20, label: label, index: UInt64(device))
    if device < silent {
      try mechanism.contributeDeferringNoise(zeros, to: &sum, randomness: &stream)
      sum.deferredNoises -= 1
    } else {
      try mechanism.contribute(zeros, to: &sum, randomness: &stream)
    }
  }
  return sum
}

private func variance(_ sum: ContributionSum) -> Double {
  let count = sum.total.count
  return (0..<count).reduce(0.0) { total, index in
    let value = Double(sum.total.centered(at: index))
    return total + value * value / Double(count)
  }
}

/// Pearson's statistic for two samples of one size having one law, and its degrees of freedom.
private func difference(
  _ one: ContributionSum, _ other: ContributionSum
) -> (statistic: Double, degreesOfFreedom: Int) {
  var counts: [Int32: (Double, Double)] = [:]
  for index in 0..<one.total.count {
    counts[one.total.centered(at: index), default: (0, 0)].0 += 1
    counts[other.total.centered(at: index), default: (0, 0)].1 += 1
  }
  var rest = (0.0, 0.0)
  var cells: [(Double, Double)] = []
  for pair in counts.values {
    if pair.0 + pair.1 < 40 {
      rest = (rest.0 + pair.0, rest.1 + pair.1)
    } else {
      cells.append(pair)
    }
  }
  if rest.0 + rest.1 > 0 { cells.append(rest) }
  let statistic = cells.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / ($1.0 + $1.1) }
  return (statistic, cells.count - 1)
}

@Suite struct DeviceNoiseTests {
  /// Four of twenty devices never arrive and three of the sixteen that do add nothing.
  ///
  /// The square
  /// of a coordinate has relative deviation sqrt(2), so 4.9 standard errors on 40,000 of them fail
  /// wrongly once in 10^6.
  @Test(arguments: Law.allCases)
  func silentAndMissingDevicesLeaveTheGuaranteedVariance(law: Law) throws {
    let dimension = 40_000
    let mechanism = try mechanism(law, dimension: dimension, noiseMultiplier: 0.5)
    let guaranteed = try #require(mechanism.guaranteedVariance)
    let target = 0.25 * Double(mechanism.squaredRoundedBound)
    #expect(guaranteed >= target && guaranteed < target * 1.01)
    let error = 4.9 * (2 / Double(dimension)).squareRoot() * guaranteed
    let worst = variance(try noise(mechanism, count: 16, silent: 3, label: "worst"))
    #expect(abs(worst - guaranteed) <= error)
    // One more of either kind is noticed, and everybody's noise is 20/13 of what is promised.
    let tooFew = variance(try noise(mechanism, count: 16, silent: 4, label: "worse"))
    #expect(tooFew < guaranteed - error)
    let all = variance(try noise(mechanism, count: 20, label: "all"))
    #expect(abs(all - guaranteed * 20 / 13) <= error * 20 / 13)
    #expect(
      abs(mechanism.noiseStandardDeviation(contributors: 20) * mechanism.scale - all.squareRoot())
        < 0.04 * all.squareRoot())
  }

  /// What a simulation keeps apart, to measure the signal, is what a device sends.
  @Test(arguments: Law.allCases)
  func noiseKeptApartIsTheDevicesOwn(law: Law) throws {
    let mechanism = try mechanism(law, dimension: 300, noiseMultiplier: 2)
    let update = (0..<300).map { Float($0) / 6000 }
    var whole = mechanism.makeSum()
    var (apart, noises) = (mechanism.makeSum(), mechanism.makeSum())
    for device in 0..<18 {
      var stream = RandomStream.seeded(4, label: "device", index: UInt64(device))
      try mechanism.contribute(update, to: &whole, randomness: &stream)
      var again = RandomStream.seeded(4, label: "device", index: UInt64(device))
      try mechanism.contributeDeferringNoise(update, to: &apart, randomness: &again)
      mechanism.drawOwnNoise(to: &noises, randomness: &again)
    }
    #expect(apart != whole)
    apart.merge(noises)
    #expect(apart == whole)
  }

  @Test(arguments: Law.allCases)
  func noiseDrawnLaterHasTheLawOfNoiseDrawnByDevices(law: Law) throws {
    // About 2 for each of Skellam's devices, 8 for each discrete Gaussian: a few dozen cells.
    let mechanism = try mechanism(law, dimension: 30_000, noiseMultiplier: 0.06)
    let zeros = [Float](repeating: 0, count: 30_000)
    let own = try noise(mechanism, count: 18, label: "own")
    var partials = [mechanism.makeSum(), mechanism.makeSum()]
    for device in 0..<18 {
      var stream = RandomStream.seeded(21, label: "rounding", index: UInt64(device))
      try mechanism.contributeDeferringNoise(zeros, to: &partials[device % 2], randomness: &stream)
    }
    var deferred = partials[0]
    deferred.merge(partials[1])
    #expect(deferred.deferredNoises == 18 && deferred.contributors == 18)
    var stream = RandomStream.seeded(21, label: "deferred")
    mechanism.drawDeferredNoise(for: &deferred, noise: &stream)
    #expect(deferred.deferredNoises == 0 && deferred.contributors == 18)
    let (statistic, freedom) = difference(own, deferred)
    #expect(freedom > 20 && statistic < ChiSquare.criticalValue(degreesOfFreedom: freedom))
    // The test tells 18 devices' noise from 14's.
    let fewer = difference(own, try noise(mechanism, count: 14, label: "fewer"))
    #expect(fewer.statistic > ChiSquare.criticalValue(degreesOfFreedom: fewer.degreesOfFreedom))
    let before = deferred
    mechanism.drawDeferredNoise(for: &deferred, noise: &stream)
    #expect(deferred == before)
  }

  @Test func aReleaseOfTooFewIsRefusedWithNumbers() throws {
    let mechanism = try mechanism(.skellam, dimension: 3, noiseMultiplier: 1)
    var stream = RandomStream.seeded(22, label: "release")
    let few = try noise(mechanism, count: 15, label: "few")
    let error = #expect(throws: ReleaseError.tooFewContributions(found: 15, needed: 16)) {
      _ = try mechanism.release(few, noise: &stream)
    }
    #expect(error?.description.contains("15") == true && error?.description.contains("16") == true)
    let enough = try mechanism.release(
      try noise(mechanism, count: 16, label: "few"), noise: &stream)
    #expect(enough.contributors == 16)
    #expect(enough.noiseStandardDeviation == mechanism.noiseStandardDeviation(contributors: 16))
  }

  /// Devices' noise is part of their contribution: the coordinator's stream is not touched.
  @Test func theCoordinatorAddsNothing() throws {
    let mechanism = try mechanism(.skellam, dimension: 100, noiseMultiplier: 1)
    let sum = try noise(mechanism, count: 16, label: "sum")
    let plain = mechanism.decodeWithoutNoise(sum)
    var stream = RandomStream.seeded(23, label: "coordinator")
    #expect(try mechanism.release(sum, noise: &stream).values == plain)
    var fresh = RandomStream.seeded(23, label: "coordinator")
    #expect(stream.nextWord() == fresh.nextWord())
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func badUpdatesAreRefusedBeforeAnyNoiseIsDrawn(bad: Float) throws {
    let mechanism = try mechanism(.skellam, dimension: 9, noiseMultiplier: 1)
    var update = [Float](repeating: 0.1, count: 9)
    update[4] = bad
    var stream = RandomStream.seeded(24, label: "device")
    var sum = mechanism.makeSum()
    #expect(throws: ContributionError.notFinite) {
      try mechanism.contribute(update, to: &sum, randomness: &stream)
    }
    var fresh = RandomStream.seeded(24, label: "device")
    #expect(stream.nextWord() == fresh.nextWord() && sum == mechanism.makeSum())
  }

  @Test(arguments: Law.allCases)
  func splitAndOrderOfDevicesDoNotChangeABit(law: Law) throws {
    let mechanism = try mechanism(law, dimension: 500, noiseMultiplier: 1)
    func partial(_ members: [Int]) throws -> ContributionSum {
      var sum = mechanism.makeSum()
      for member in members {
        var own = RandomStream.seeded(25, label: "device", index: UInt64(member))
        let update = (0..<500).map { Float(($0 * member) % 7) * 0.01 }
        try mechanism.contribute(update, to: &sum, randomness: &own)
      }
      return sum
    }
    let whole = try partial(Array(0..<16))
    for split in [[[15, 3, 5], [], [0, 1, 2, 4], [14, 13, 12, 11, 10, 9, 8, 7, 6]]] {
      var merged = mechanism.makeSum()
      for members in split.reversed() { merged.merge(try partial(members)) }
      #expect(merged == whole)
    }
  }

  /// With the noise of the 100 certain devices a ring of 20 bits would do; with that of all 1000 of
  /// them it can wrap.
  @Test func theWrapCheckCountsTheNoiseOfAllDevices() throws {
    var request = ContributionMechanism.Request(
      dimension: 1, clipNorm: 1, maximumCohort: 1000, ringBits: 20, scaleBits: 8,
      noiseMultiplier: 100,
      placement: .devices(
        .discreteGaussian, CohortAssurance(leastSurvivors: 500, mostColluding: 400)))
    let bound = Double(ContributionMechanism.squaredRoundedBound(dimension: 1, scaleBits: 8))
    let certain =
      1000 * bound.squareRoot()
      + NoiseMaker.tail(
        .discreteGaussian, variance: 10_000 * bound, count: 1)
    #expect(certain < 0x1p19)
    #expect(
      throws: MechanismError.modulusCanWrap(
        ringBits: 20, maximumCohort: 1000, scaleBits: 8, neededBits: 21)
    ) { try ContributionMechanism(request) }
    request.ringBits = 21
    _ = try ContributionMechanism(request)
  }

  @Test(arguments: [(1, 1), (0, -1), (21, 0)])
  func assurancesThatCannotBeKeptAreRefused(survivors: Int, colluding: Int) {
    let assurance = CohortAssurance(leastSurvivors: survivors, mostColluding: colluding)
    #expect(throws: MechanismError.assuranceOutOfRange(assurance, cohort: 20)) {
      try ContributionMechanism(
        .init(
          dimension: 1, clipNorm: 1, maximumCohort: 20, ringBits: 32, noiseMultiplier: 1,
          placement: .devices(.skellam, assurance)))
    }
  }

  /// What a mechanism tells accountants is what it draws, whoever looks.
  @Test(arguments: Law.allCases)
  func adversariesAreChargedForHonestDevicesAlone(law: Law) throws {
    let mechanism = try mechanism(law, dimension: 10, noiseMultiplier: 2, scaleBits: 10)
    let observed = try #require(mechanism.observed)
    guard case .distributed(let noise) = observed else {
      Issue.record("the noise of devices is not central")
      return
    }
    #expect(noise.variance == mechanism.drawnVariance?.value)
    #expect(noise.variance * 13 == mechanism.guaranteedVariance)
    #expect(noise.totalVariation > 0 && noise.totalVariation < 1e-20)
    var last = 0.0
    #expect(observed.event(seenBy: .maliciousCoordinator) == .gaussian(noiseMultiplier: 0))
    for adversary in Adversary.allCases where adversary != .maliciousCoordinator {
      let honest = adversary == .coordinatorWithoutSecureAggregation ? 1 : 13
      #expect(observed.event(seenBy: adversary) == noise.event(honest: honest))
      let epsilon = try Accountant.epsilon(
        of: [.init(observed, count: 1)], against: adversary, delta: 1e-6
      ).upper
      #expect(epsilon >= last && epsilon.isFinite)
      last = epsilon
    }
    // mu = 1/2 gives 1.98 by the Gaussian curve; one device alone hides sqrt(13) times worse.
    let sum = GaussianGuarantee.epsilon(noiseMultiplier: 2, delta: 1e-6)
    let first = try Accountant.epsilon(
      of: [.init(observed, count: 1)], against: .modelUser, delta: 1e-6
    ).upper
    #expect(first <= sum * 1.01 && first > sum * 0.98 && last > 3 * first)
  }
}
