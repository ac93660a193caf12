import Foundation
import PrivacyAccounting
import RoundVocabulary
import Testing

@testable import PrivacyMechanisms

private func demand(
  _ change: (inout ParameterPlanner.Demand) -> Void = { _ in }
) -> ParameterPlanner.Demand {
  var demand = ParameterPlanner.Demand(
    budget: .guarantee(epsilon: 2, delta: 1e-6), dimension: 1000, clipNorm: 3, cohort: 500,
    rounds: 4, law: .skellam, dropoutShare: 0.1, colludingShare: 0.05)
  change(&demand)
  return demand
}

@Suite struct ParameterPlannerTests {
  @Test(arguments: [nil, Law.skellam, .discreteGaussian])
  func aPlanKeepsItsPromise(law: Law?) throws {
    let plan = try ParameterPlanner.plan(demand { $0.law = law })
    let observed = try #require(plan.mechanism.observed)
    let adversary = law == nil ? Adversary.anyClientOrPublic : .coordinatorWithColludingClients
    let epsilon = try Accountant.epsilon(
      of: [.init(observed, count: 4)], against: adversary, delta: 1e-6
    ).upper
    #expect(epsilon <= 2 && epsilon > 1.9)
    #expect(plan.roundingShare > 0 && plan.roundingShare < 0.01)
    #expect(plan.wrapProbability <= 0x1p-40)
    #expect(plan.uploadBytes == plan.mechanism.uploadBytes)
    // hMin = 500 - 50 - 25.
    #expect(plan.overNoise == (law == nil ? 1 : 500.0 / 425))
    #expect((plan.deviceNoiseDeviation > 0) == (law != nil))
    // 500 * 3 / sqrt(1000) over the noise.
    let noise = plan.mechanism.noiseStandardDeviation(contributors: 500)
    #expect(abs(plan.signalToNoise * noise / 47.434 - 1) < 1e-4)
  }

  /// No other encoding with so little rounding is smaller: all of them are tried.
  @Test(arguments: [(1000, 500), (4096, 20_000), (9, 40)])
  func noSmallerUploadRoundsFinelyEnough(dimension: Int, cohort: Int) throws {
    let demand = demand {
      $0.budget = .squaredMu(0.2)
      $0.dimension = dimension
      $0.cohort = cohort
    }
    let plan = try ParameterPlanner.plan(demand)
    for seed in [nil, RotationSeed(hashing: [])] {
      for scaleBits in 1...20 {
        for ringBits in 8..<33 {
          var request = plan.mechanism.request
          request.rotation = seed
          request.scaleBits = scaleBits
          request.ringBits = ringBits
          guard (request.encodedDimension * ringBits + 7) / 8 < plan.uploadBytes,
            let parameters = try? ContributionMechanism.parameters(
              for: request, scaleBits: scaleBits)
          else { continue }
          #expect(ParameterPlanner.roundingShare(request, parameters) >= 0.01)
        }
      }
    }
  }

  @Test func rotationIsTakenWhereItSavesBytesAndOnlyThere() throws {
    let large = demand {
      $0.dimension = 4096
      $0.cohort = 20_000
    }
    let rotated = try ParameterPlanner.plan(large)
    #expect(rotated.isRotated && rotated.wrapProbability > 0)
    // The padding of 33 coordinates to 64 costs more than rotation saves.
    let small = try ParameterPlanner.plan(demand { $0.dimension = 33 })
    #expect(!small.isRotated)
  }

  @Test func aShareOfTheBudgetIsAsGoodAsAGuarantee() throws {
    let squared = ParameterPlanner.squaredMu(epsilon: 2, delta: 1e-6, law: .discreteGaussian)
    let one = try ParameterPlanner.plan(demand { $0.law = .discreteGaussian })
    let other = try ParameterPlanner.plan(
      demand {
        $0.law = .discreteGaussian
        $0.budget = .squaredMu(squared)
      })
    #expect(one.mechanism.request == other.mechanism.request)
  }

  @Test func morePrivacyMeansLessSignal() throws {
    func signal(_ change: (inout ParameterPlanner.Demand) -> Void) throws -> Double {
      try ParameterPlanner.plan(demand(change)).signalToNoise
    }
    let plain = try signal { _ in }
    #expect(try signal { $0.budget = .guarantee(epsilon: 1, delta: 1e-6) } < plain)
    #expect(try signal { $0.budget = .guarantee(epsilon: 2, delta: 1e-8) } < plain)
    #expect(try signal { $0.rounds = 8 } < plain)
    #expect(try signal { $0.colludingShare = 0.5 } < plain)
    #expect(try signal { $0.dropoutShare = 0.5 } < plain)
    #expect(try signal { $0.cohort = 1000 } > plain)
  }

  /// The sub-Gaussian bound 2 p exp(-t^2 p / (2 n^2 c^2)), without noise and with room for rounding.
  @Test func theWrapBoundFollowsItsFormula() throws {
    let request = ContributionMechanism.Request(
      dimension: 4096, clipNorm: 1, maximumCohort: 1000, ringBits: 20, scaleBits: 10,
      noiseMultiplier: nil, rotation: RotationSeed(hashing: []))
    let parameters = try ContributionMechanism.parameters(for: request, scaleBits: 10)
    var narrow = request
    narrow.ringBits = 18
    let t = 131_072.0 - 1000
    let spread = 1000.0 * 1024
    let expected = 8192 * exp(-t * t * 4096 / (2 * spread * spread))
    let bound = ContributionMechanism.wrapProbability(narrow, parameters)
    #expect(abs(bound / expected - 1) < 1e-9)
    var plain = request
    plain.rotation = nil
    plain.ringBits = 31
    let certain = try ContributionMechanism.parameters(for: plain, scaleBits: 10)
    #expect(ContributionMechanism.wrapProbability(plain, certain) == 0)
  }

  @Test func impossibleDemandsNameTheirField() {
    func fault(_ change: (inout ParameterPlanner.Demand) -> Void) -> PlanningError? {
      do {
        _ = try ParameterPlanner.plan(demand(change))
        return nil
      } catch {
        return error
      }
    }
    func field(_ change: (inout ParameterPlanner.Demand) -> Void) -> String? {
      guard case .outOfRange(let field, _, _) = fault(change) else { return nil }
      return field
    }
    #expect(field { $0.budget = .guarantee(epsilon: 0, delta: 1e-6) } == "epsilon")
    #expect(field { $0.budget = .guarantee(epsilon: .nan, delta: 1e-6) } == "epsilon")
    #expect(field { $0.budget = .guarantee(epsilon: 1, delta: 1) } == "delta")
    #expect(field { $0.budget = .squaredMu(-1) } == "squaredMu")
    #expect(field { $0.rounds = 0 } == "rounds")
    #expect(field { $0.cohort = 0 } == "cohort")
    #expect(field { $0.dropoutShare = -0.1 } == "dropoutShare")
    #expect(field { $0.colludingShare = 1 } == "colludingShare")
    let assurance = CohortAssurance(cohort: 500, dropoutShare: 0.6, colludingShare: 0.6)
    #expect(
      fault {
        $0.dropoutShare = 0.6
        $0.colludingShare = 0.6
      } == .mechanism(.assuranceOutOfRange(assurance, cohort: 500)))
    #expect(
      fault { $0.dimension = 0 } == .mechanism(.dimensionOutOfRange(0, allowed: 1...(1 << 28))))
    // 2^30 devices of at least 2^2 units each are too many for 32 bits, and rotation of one
    // coordinate helps nothing.
    let wrap = fault {
      $0.cohort = 1 << 30
      $0.dimension = 1
    }
    guard case .mechanism(.modulusCanWrap) = wrap else {
      Issue.record("a cohort of 2^30 was not refused: \(String(describing: wrap))")
      return
    }
  }
}
