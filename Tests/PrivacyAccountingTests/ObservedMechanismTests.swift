import RoundVocabulary
import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ObservedMechanismTests {
  private static let sampledCentral = ObservedMechanism.central(
    .sampledGaussian(noiseMultiplier: 1, sampling: .poisson(probability: 0.01)))

  private static func distributed(
    _ law: ObservedMechanism.DeviceNoise.Law, leastSurvivors: Int = 95, mostColluding: Int = 10
  ) -> ObservedMechanism {
    .distributed(
      ObservedMechanism.DeviceNoise(
        law: law, variance: 1e6,
        shift: .bounded(squaredNorm: 1e7, dimension: 100),
        assurance: CohortAssurance(leastSurvivors: leastSurvivors, mostColluding: mostColluding),
        totalVariation: 0))
  }

  private static func epsilon(
    _ mechanism: ObservedMechanism, _ adversary: Adversary
  ) throws -> Double {
    try Accountant.epsilon(
      of: [Accountant.Participation(mechanism, count: 3)], against: adversary, delta: 1e-5
    ).upper
  }

  @Test(arguments: Adversary.allCases)
  func noiseOfTheCoordinatorProtectsOnlyAgainstOthers(adversary: Adversary) throws {
    let epsilon = try Self.epsilon(Self.sampledCentral, adversary)
    let seesReleases = adversary == .modelUser || adversary == .anyClientOrPublic
    #expect(epsilon.isFinite == seesReleases)
  }

  @Test(arguments: ObservedMechanism.DeviceNoise.Law.allCases)
  func noiseOfDevicesIsCountedForTheLeastHonestOnly(law: ObservedMechanism.DeviceNoise.Law) throws {
    for adversary in [Adversary.honestButCuriousCoordinator, .coordinatorWithColludingClients] {
      let epsilon = try Self.epsilon(Self.distributed(law), adversary)
      let expected = GaussianGuarantee.epsilon(
        noiseMultiplier: (85e6 / 3e7).squareRoot(), delta: 1e-5)
      #expect(epsilon >= expected && epsilon < expected * 1.001)
      // Fewer survivors or more traitors cost more.
      #expect(try Self.epsilon(Self.distributed(law, leastSurvivors: 94), adversary) > epsilon)
      #expect(try Self.epsilon(Self.distributed(law, mostColluding: 11), adversary) > epsilon)
    }
  }

  @Test func whoSeesMoreIsNeverPromisedMore() throws {
    for mechanism in [Self.distributed(.skellam), Self.sampledCentral] {
      // Against a coordinator that deviates nothing is promised, though others see more.
      let epsilons = try Adversary.allCases.filter { $0 != .maliciousCoordinator }
        .map { try Self.epsilon(mechanism, $0) }
      #expect(epsilons == epsilons.sorted())
      #expect(try Self.epsilon(mechanism, .maliciousCoordinator) == .infinity)
    }
  }

  @Test func singleContributionsAreHiddenByOneDevicesNoise() throws {
    let epsilon = try Self.epsilon(
      Self.distributed(.discreteGaussian), .coordinatorWithoutSecureAggregation)
    let expected = GaussianGuarantee.epsilon(
      noiseMultiplier: (1e6 / 3e7).squareRoot(), delta: 1e-5)
    #expect(abs(epsilon - expected) < 1e-3 * expected)
  }

  @Test func assurancesFollowTheirFormula() {
    let assurance = CohortAssurance(cohort: 943, dropoutShare: 0.05, colludingShare: 0.1)
    #expect(assurance.leastSurvivors == 896 && assurance.mostColluding == 94)
    #expect(assurance.leastHonest == 802)
  }

  /// Decimal shares are not binary ones: 0.29 * 100 is 28.999999999999996.
  @Test(arguments: [(0.29, 100, 29), (0.57, 100, 57), (0.58, 50, 29), (0.57, 10_000, 5700)])
  func sharesAreDecimal(share: Double, cohort: Int, devices: Int) {
    let assurance = CohortAssurance(cohort: cohort, dropoutShare: 0, colludingShare: share)
    #expect(assurance.mostColluding == devices)
  }

  /// A user who is not there makes no noise: only zeroing out is a mere shift.
  @Test func deviceNoiseIsNotClaimedWhereUsersComeAndGo() {
    #expect(throws: AccountingError.self) {
      try Accountant.epsilon(
        of: [Accountant.Participation(Self.distributed(.skellam), count: 1)],
        against: .anyClientOrPublic, delta: 1e-5, neighbors: .addOrRemoveOne)
    }
  }

  /// Every cohort from the least one on has the honest devices, and the one below has not.
  @Test func theLeastCohortHoldsForEveryLargerOne() throws {
    for (dropout, colluding) in [(0, 0), (0.05, 0.05), (0.3, 0.3), (0.5, 0.25), (0, 0.9)] {
      for honest in [1, 2, 7, 100, 4321] {
        let least = try #require(
          CohortAssurance.leastCohort(
            honest: honest, dropoutShare: dropout, colludingShare: colluding))
        func found(_ cohort: Int) -> Int {
          CohortAssurance(cohort: cohort, dropoutShare: dropout, colludingShare: colluding)
            .leastHonest
        }
        for cohort in least...(2 * least + 100) { #expect(found(cohort) >= honest) }
        #expect(least == 1 || found(least - 1) < honest)
      }
    }
    #expect(
      CohortAssurance.leastCohort(honest: 1 << 50, dropoutShare: 0.5, colludingShare: 0.4999) == nil
    )
  }
}

@Suite struct SkellamComparisonTests {
  /// e^-v I_k(v) by its series, for a variance that a double can hold.
  @Test func theComparisonHoldsForAnExactTable() {
    let variance = 400.0
    let comparison = SkellamComparison(variance: variance)
    let reach = 160
    let table = IntegerNoise.skellam(variance: variance).table(logTail: -60, beyond: 0)
    let gaussian = IntegerNoise.discreteGaussian(variance: variance, terms: 1)
      .table(logTail: -60, beyond: table.reach)
    for k in 0...reach {
      #expect(abs(table.logMass(k) - gaussian.logMass(k)) <= comparison.greatest)
    }
    let mean = (-reach...reach).reduce(0.0) {
      $0 + exp(table.logMass($1)) * (table.logMass($1) - gaussian.logMass($1))
    }
    // The divergence of one law from the other, which is what the mean is.
    #expect(mean <= comparison.mean + 1e-12 && mean > 0)
  }

  @Test func theExcessHoldsForSmallSums() {
    // Two coordinates: the bound against the exact probability, by summation over both.
    let variance = 1000.0
    let comparison = SkellamComparison(variance: variance)
    let table = IntegerNoise.skellam(variance: variance).table(logTail: -60, beyond: 0)
    let gaussian = IntegerNoise.discreteGaussian(variance: variance, terms: 1)
      .table(logTail: -60, beyond: table.reach)
    let ratios = (-200...200).map { table.logMass($0) - gaussian.logMass($0) }
    let masses = (-200...200).map { exp(table.logMass($0)) }
    for logFailure in [-3.0, -8, -14] {
      let excess = SkellamComparison.excess([(comparison, 2)], logFailure: logFailure)
      var probability = 0.0
      for i in ratios.indices {
        for j in ratios.indices where ratios[i] + ratios[j] > excess {
          probability += masses[i] * masses[j]
        }
      }
      #expect(probability <= exp(logFailure))
    }
  }

  /// From a variance of a million on Skellam noise costs what Gaussian noise does, to one per cent.
  @Test func wideSkellamNoiseCostsWhatGaussianNoiseDoes() throws {
    for (variance, tolerance) in [(1e5, 0.03), (1e6, 3e-3), (1e8, 2e-4)] {
      let event = MechanismEvent.skellam(
        variance: variance, shift: .bounded(squaredNorm: variance, dimension: 35_000))
      let bound = try Accountant.epsilon(of: [event], delta: 1e-5)
      let gaussian = GaussianGuarantee.epsilon(noiseMultiplier: 1, delta: 1e-5)
      #expect(bound.upper > gaussian && bound.upper < gaussian * (1 + tolerance))
    }
  }

  /// One coordinate's exact loss is below what the bound charges for any vector of that norm.
  @Test func theBoundIsAboveAnExactShift() throws {
    for variance in [2000.0, 20_000] {
      let shift = Int((variance / 4).squareRoot())
      let exact = try Accountant.epsilon(
        of: [.skellam(variance: variance, shift: .exactly([shift]))], delta: 1e-5)
      let bounded = try Accountant.epsilon(
        of: [
          .skellam(
            variance: variance,
            shift: .bounded(squaredNorm: Double(shift * shift), dimension: 50))
        ], delta: 1e-5)
      #expect(bounded.upper >= exact.lower)
    }
  }
}
