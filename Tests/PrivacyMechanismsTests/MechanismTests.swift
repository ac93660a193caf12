import PrivacyAccounting
import RoundVocabulary
import Testing

@testable import PrivacyMechanisms

private func request(
  _ change: (inout ContributionMechanism.Request) -> Void = { _ in }
) -> ContributionMechanism.Request {
  var request = ContributionMechanism.Request(
    dimension: 1000, clipNorm: 1, maximumCohort: 1000, ringBits: 32, noiseMultiplier: 1)
  change(&request)
  return request
}

@Suite struct MechanismTests {
  @Test func theRoundedBoundFollowsItsFormula() {
    // 256 + 1 + 16 + 1 for c = 16, d = 4.
    #expect(ContributionMechanism.squaredRoundedBound(dimension: 4, scaleBits: 4) == 274)
    // 4 + 1/4 + 2 + 1/2 = 6.75 is rounded up.
    #expect(ContributionMechanism.squaredRoundedBound(dimension: 1, scaleBits: 1) == 7)
    // 4 + 1/2 + 2 + sqrt(2)/2 = 7.2 is rounded up.
    #expect(ContributionMechanism.squaredRoundedBound(dimension: 2, scaleBits: 1) == 8)
  }

  @Test(arguments: [0.4, 0.6002, 1, 3.7306])
  func theEventCostsNoMoreThanTheGaussianAndHardlyLess(multiplier: Double) throws {
    let mechanism = try ContributionMechanism(
      request {
        $0.noiseMultiplier = multiplier
        $0.releases = 3
      })
    let bound = Double(mechanism.squaredRoundedBound)
    let variance = try #require(mechanism.guaranteedVariance)
    #expect(variance >= multiplier * multiplier * bound + 4)
    let observed = try #require(mechanism.observed)
    let event = observed.event(seenBy: .modelUser)
    #expect(
      event
        == .approximate(
          .discreteGaussian(
            variance: variance, shift: .bounded(squaredNorm: bound, dimension: 1000)),
          totalVariation: 1000 * 0x1p-80))
    let epsilon = try Accountant.epsilon(of: [event.times(3)], delta: 1e-5).upper
    let gaussian = GaussianGuarantee.epsilon(
      noiseMultiplier: multiplier / 3.0.squareRoot(), delta: 1e-5)
    // At the greatest epsilon even the sampler's distance of 2^-80 shows.
    let tolerance = multiplier < 0.5 ? 1e-3 : 1e-8
    #expect(epsilon <= gaussian * (1 + tolerance) && epsilon > gaussian * (1 - 1e-4))
  }

  @Test func aCalibratedMechanismKeepsItsBudget() throws {
    let multiplier = GaussianGuarantee.noiseMultiplier(epsilon: 8, delta: 1e-5)
    let mechanism = try ContributionMechanism(request { $0.noiseMultiplier = multiplier })
    let event = try #require(mechanism.observed).event(seenBy: .modelUser)
    #expect(try Accountant.epsilon(of: [event], delta: 1e-5).upper <= 8)
  }

  @Test func theFinestScaleThatCannotWrapIsChosen() throws {
    #expect(try ContributionMechanism(request()).scaleBits == 14)
    let narrow = try ContributionMechanism(request { $0.ringBits = 20 })
    #expect(narrow.scaleBits < 14)
    #expect(narrow.scale == Double(1 << narrow.scaleBits))
    #expect(throws: MechanismError.self) {
      try ContributionMechanism(
        request {
          $0.ringBits = 20
          $0.scaleBits = narrow.scaleBits + 1
        })
    }
  }

  @Test func aModulusThatCanWrapIsRefusedAndTheNeededOneTaken() throws {
    let narrow = request {
      $0.ringBits = 16
      $0.scaleBits = 14
    }
    // A 16-bit ring cannot hold 1000 contributions of 2^14.
    let error = #expect(throws: MechanismError.self) { try ContributionMechanism(narrow) }
    guard case .modulusCanWrap(let ringBits, let cohort, let scaleBits, let neededBits)? = error
    else {
      Issue.record("refused for another reason")
      return
    }
    #expect(ringBits == 16 && cohort == 1000 && scaleBits == 14)
    var enough = narrow
    enough.ringBits = neededBits
    _ = try ContributionMechanism(enough)
    enough.ringBits -= 1
    #expect(throws: MechanismError.self) { try ContributionMechanism(enough) }
  }

  @Test func theWrapCheckCountsCohortAndNoise() throws {
    // 2^31 / (2^14 and a little) leaves room for 130,000 but not for 131,072 contributions.
    let base = request {
      $0.dimension = 1
      $0.scaleBits = 14
      $0.noiseMultiplier = nil
      $0.maximumCohort = 130_000
    }
    _ = try ContributionMechanism(base)
    var larger = base
    larger.maximumCohort = 131_072
    #expect(throws: MechanismError.self) { try ContributionMechanism(larger) }
    var noisier = base
    noisier.noiseMultiplier = 1000
    #expect(throws: MechanismError.self) { try ContributionMechanism(noisier) }
  }

  @Test func uploadsArePackedWords() throws {
    let mechanism = try ContributionMechanism(
      request {
        $0.dimension = 3
        $0.ringBits = 21
        $0.maximumCohort = 2
      })
    #expect(mechanism.uploadBytes == 8)
  }

  @Test func badRequestsNameTheirField() {
    func fault(_ change: (inout ContributionMechanism.Request) -> Void) -> MechanismError? {
      do {
        _ = try ContributionMechanism(request(change))
        return nil
      } catch {
        return error
      }
    }
    #expect(fault { $0.dimension = 0 } == .dimensionOutOfRange(0, allowed: 1...(1 << 28)))
    #expect(fault { $0.clipNorm = 0 } == .clipNormOutOfRange(0))
    #expect(fault { $0.clipNorm = .infinity } == .clipNormOutOfRange(.infinity))
    #expect(fault { $0.clipNorm = .nan } != nil)
    #expect(fault { $0.maximumCohort = 0 } == .cohortOutOfRange(0))
    #expect(fault { $0.ringBits = 33 } == .ringBitsOutOfRange(33, allowed: 8...32))
    #expect(fault { $0.scaleBits = 21 } == .scaleBitsOutOfRange(21, allowed: 1...20))
    #expect(fault { $0.noiseMultiplier = 0 } == .noiseMultiplierOutOfRange(0))
    #expect(fault { $0.noiseMultiplier = -.infinity } != nil)
    #expect(fault { $0.releases = 0 } == .releasesOutOfRange(0))
    let wide = fault {
      $0.noiseMultiplier = 1e6
      $0.scaleBits = 14
    }
    guard case .noiseTooWide = wide else {
      Issue.record(
        "noise of 10^6 sensitivities was not refused as too wide: \(String(describing: wide))")
      return
    }
  }

  @Test func errorsSayWhatToChange() {
    let error = MechanismError.modulusCanWrap(
      ringBits: 16, maximumCohort: 9, scaleBits: 14, neededBits: 20)
    for word in ["16", "9", "14", "20", "ringBits", "maximumCohort", "scaleBits"] {
      #expect(error.description.contains(word))
    }
  }
}
