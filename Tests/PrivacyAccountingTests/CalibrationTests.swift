import RoundVocabulary
import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct CalibrationTests {
  private static func sampled(_ noise: Double, _ rate: Double, _ rounds: Int) -> [MechanismEvent] {
    [
      MechanismEvent.sampledGaussian(
        noiseMultiplier: noise, sampling: .poisson(probability: rate)
      ).times(rounds)
    ]
  }

  @Test(arguments: [0.1, 1, 8, 50], [1e-3, 1e-6, 1e-12])
  func gaussianNoiseIsTheExactOne(epsilon: Double, delta: Double) throws {
    let noise = try Calibration.noiseMultiplier(epsilon: epsilon, delta: delta) {
      [.gaussian(noiseMultiplier: $0)]
    }
    let exact = GaussianGuarantee.noiseMultiplier(epsilon: epsilon, delta: delta)
    #expect(noise >= exact * (1 - 1e-7) && noise <= exact * (1 + 2e-6))
  }

  /// dp-accounting finds 1.3900; eight accountings are what the time budget has room for.
  @Test func sampledNoiseTakesFewAccountings() throws {
    let noise = try Calibration.noiseMultiplier(epsilon: 4, delta: 1e-6) {
      Self.sampled($0, 0.01, 10_000)
    }
    #expect(abs(noise - 1.39) < 1e-4)
    let spent = try Accountant.epsilon(of: Self.sampled(noise, 0.01, 10_000), delta: 1e-6)
    #expect(spent.upper <= 4 && spent.upper > 4 * (1 - 1e-5))
  }

  @Test func roundsAreTheLastThatFit() throws {
    let rounds = try Calibration.rounds(epsilon: 2, delta: 1e-6) { Self.sampled(1, 0.01, $0) }
    #expect(rounds == 874)
    for (count, fits) in [(rounds, true), (rounds + 1, false)] {
      let epsilon = try Accountant.epsilon(of: Self.sampled(1, 0.01, count), delta: 1e-6).upper
      #expect((epsilon <= 2) == fits)
    }
  }

  @Test func honestDevicesAreTheFewestThatDo() throws {
    func events(_ honest: Int) -> [MechanismEvent] {
      [
        .skellam(
          variance: 30 * Double(honest), shift: .bounded(squaredNorm: 4096, dimension: 50))
      ]
    }
    for epsilon in [0.5, 3, 8.0] {
      let found = try Calibration.honestDevices(epsilon: epsilon, delta: 1e-6, event: events)
      #expect(try Accountant.epsilon(of: events(found), delta: 1e-6).upper <= epsilon)
      #expect(try Accountant.epsilon(of: events(found - 1), delta: 1e-6).upper > epsilon)
    }
    #expect(throws: AccountingError.self) {
      try Calibration.honestDevices(epsilon: 0.5, delta: 1e-6, atMost: 10, event: events)
    }
  }

  @Test func samplingRateIsTheGreatestThatFits() throws {
    let rate = try Calibration.samplingRate(epsilon: 2, delta: 1e-6) { Self.sampled(1, $0, 874) }
    #expect(rate >= 0.01 && rate < 0.01001)
    let whole = try Calibration.samplingRate(epsilon: 50, delta: 1e-6) { Self.sampled(1, $0, 1) }
    #expect(whole == 1)
  }

  /// No estimate is known for randomized response, so the search starts in the dark.
  @Test func aMechanismWithoutAnEstimateIsFoundAsWell() throws {
    let noise = try Calibration.noiseMultiplier(epsilon: 1, delta: 1e-9, neighbors: .replaceOne) {
      [.gaussian(noiseMultiplier: $0), .randomizedResponse(noise: 1, buckets: 2)]
    }
    let single = GaussianGuarantee.noiseMultiplier(epsilon: 1, delta: 1e-9)
    #expect(abs(noise / single - 2) < 1e-5)
  }

  @Test(arguments: [NeighboringRelation.zeroOut, .replaceOne])
  func twiceTheShiftNeedsTwiceTheNoise(neighbors: NeighboringRelation) throws {
    let noise = try Calibration.noiseMultiplier(epsilon: 1, delta: 1e-6, neighbors: neighbors) {
      [.gaussian(noiseMultiplier: $0)]
    }
    let single = GaussianGuarantee.noiseMultiplier(epsilon: 1, delta: 1e-6)
    #expect(abs(noise / single - (neighbors == .replaceOne ? 2 : 1)) < 1e-5)
  }

  @Test func impossibleTargetsAreRefusedByName() throws {
    #expect(throws: AccountingError.self) {
      try Calibration.rounds(epsilon: 0.1, delta: 1e-6) { Self.sampled(0.5, 1, $0) }
    }
    #expect(throws: AccountingError.self) {
      // Noise elsewhere makes more noise here useless.
      try Calibration.noiseMultiplier(epsilon: 1, delta: 1e-6) {
        [.gaussian(noiseMultiplier: $0), .gaussian(noiseMultiplier: 0.1)]
      }
    }
    #expect(throws: AccountingError.self) {
      try Calibration.samplingRate(epsilon: 0.01, delta: 1e-9) { _ in
        [.gaussian(noiseMultiplier: 1)]
      }
    }
  }

  @Test(arguments: [(0.0, 1e-6), (-1, 1e-6), (.nan, 1e-6), (.infinity, 1e-6), (1, 0), (1, 1)])
  func targetsOutOfRangeAreRefused(epsilon: Double, delta: Double) {
    #expect(throws: AccountingError.self) {
      try Calibration.noiseMultiplier(epsilon: epsilon, delta: delta) {
        [.gaussian(noiseMultiplier: $0)]
      }
    }
  }

  @Test func whatCostsNothingHasNoLimit() throws {
    let rounds = try Calibration.rounds(epsilon: 1, delta: 1e-6, atMost: 1000) {
      Self.sampled(1, 0, $0)
    }
    #expect(rounds == 1000)
  }
}

@Suite struct CrossingSearchTests {
  /// How many evaluations a smooth loss takes, and where the search ends.
  @Test(arguments: [0.3, 1, 2.5], [1e-3, 1, 40])
  func aPowerLawTakesFewEvaluations(power: Double, crossing: Double) {
    var search = CrossingSearch(
      range: 1e-6...1e6, resolution: .relative(1e-6), isSafeAbove: true)
    search.begin(at: crossing * 1.1) { _ in nil }
    var evaluations = 0
    while let value = search.next {
      evaluations += 1
      search.note(value, excess: power * (log(crossing) - log(value)))
    }
    #expect(evaluations <= 8)
    let safe = search.safe?.value ?? 0
    #expect(safe >= crossing && safe <= crossing * (1 + 1.1e-6))
  }

  @Test func everyWholeCrossingIsHit() {
    for crossing in 1...60 {
      for start in [1.0, 7, 59] {
        var search = CrossingSearch(range: 1...60, resolution: .whole, isSafeAbove: false)
        search.begin(at: start) { _ in nil }
        while let value = search.next {
          search.note(value, excess: log(value / (Double(crossing) + 0.5)))
        }
        #expect(search.safe?.value == Double(crossing))
      }
    }
  }

  @Test func aTargetThatNothingReachesIsSoonGivenUp() {
    var search = CrossingSearch(
      range: 0x1p-10...0x1p40, resolution: .relative(1e-6), isSafeAbove: true)
    search.begin(at: 1) { _ in nil }
    var evaluations = 0
    while let value = search.next {
      evaluations += 1
      search.note(value, excess: 0.01)
    }
    #expect(search.safe == nil && search.unsafeSide?.value == 0x1p40)
    #expect(evaluations <= 10)
  }

  @Test func stepsAndInfinitiesAreCrossedByHalving() {
    var search = CrossingSearch(
      range: 1e-9...1e9, resolution: .relative(1e-6), isSafeAbove: true)
    search.begin(at: 1) { _ in nil }
    while let value = search.next {
      search.note(value, excess: value < 1234.5 ? .infinity : -.infinity)
    }
    let safe = search.safe?.value ?? 0
    #expect(safe >= 1234.5 && safe <= 1234.5 * (1 + 1.1e-6))
  }
}
