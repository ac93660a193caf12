import CryptoPrimitives
import PrivacyAccounting
import RoundVocabulary
import SeededRandomness
import Testing

@testable import PrivacyMechanisms

private func settings(
  _ change: (inout AdaptiveClippingState.Settings) -> Void = { _ in }
) -> AdaptiveClippingState.Settings {
  var settings = AdaptiveClippingState.Settings(
    firstClipNorm: 2, bitDeviation: 5, noiseMultiplier: 1)
  change(&settings)
  return settings
}

private let base = ContributionMechanism.Request(
  dimension: 3, clipNorm: 99, maximumCohort: 100, ringBits: 32, scaleBits: 14,
  noiseMultiplier: nil)

/// One round over devices whose updates have the given norms.
private func release(
  _ state: AdaptiveClippingState, norms: [Float], index: UInt64, noisy: Bool = true
) throws -> Release {
  let mechanism = try ContributionMechanism(state.request(base))
  var stream = RandomStream.seeded(50, label: "round", index: index)
  var sum = mechanism.makeSum()
  for norm in norms {
    try mechanism.contribute(state.vector(for: [0, norm, 0]), to: &sum, randomness: &stream)
  }
  guard noisy else {
    return Release(
      values: mechanism.decodeWithoutNoise(sum), contributors: norms.count,
      noiseStandardDeviation: 0)
  }
  return try mechanism.release(sum, noise: &stream)
}

@Suite struct AdaptiveClippingTests {
  /// (1 - 1/100)^(-1/2) for z = 1 and sigma_b = 5.
  @Test func updatesAndBitsGetTheirNoiseAndTogetherCostZ() throws {
    let state = try AdaptiveClippingState(settings())
    #expect(abs(state.updateMultiplier - 1.005037815259212) < 1e-14)
    let mechanism = try ContributionMechanism(state.request(base))
    let deviation = mechanism.noiseStandardDeviation(contributors: 100)
    #expect(abs(deviation / (state.updateMultiplier * 2) - 1) < 1e-3)
    #expect(abs(deviation / state.bitWeight / 5 - 1) < 1e-3)
    let observed = try #require(mechanism.observed)
    let epsilon = try Accountant.epsilon(
      of: [.init(observed, count: 1)], against: .anyClientOrPublic, delta: 1e-6
    ).upper
    let promised = GaussianGuarantee.epsilon(noiseMultiplier: 1, delta: 1e-6)
    #expect(epsilon <= promised * (1 + 1e-8) && epsilon > promised * (1 - 1e-3))
  }

  /// The bit is charged: the same noise with only the update in the sensitivity would cost less.
  @Test func aMechanismWithoutTheBitsChargeClaimsTooLittle() throws {
    let state = try AdaptiveClippingState(settings { $0.bitDeviation = 0.6 })
    var uncharged = state.request(base)
    // Noise as before on every coordinate, clip norm C instead of C'.
    let mechanism = try ContributionMechanism(uncharged)
    uncharged.noiseMultiplier = state.updateMultiplier
    uncharged.clipNorm = state.clipNorm
    let claimed = try ContributionMechanism(uncharged)
    func epsilon(_ mechanism: ContributionMechanism) throws -> Double {
      try Accountant.epsilon(
        of: [.init(#require(mechanism.observed), count: 1)], against: .modelUser, delta: 1e-6
      ).upper
    }
    #expect(try epsilon(claimed) < 0.6 * epsilon(mechanism))
    // It would not even carry the bit: the vector is longer than its clip norm.
    let vector = state.vector(for: [0, 9, 0])
    let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(norm > claimed.request.clipNorm * 1.5)
    #expect(norm <= mechanism.request.clipNorm * (1 + 1e-6))
  }

  @Test func updatesAreClippedAndTheBitSaysSo() throws {
    let state = try AdaptiveClippingState(settings())
    let half = Float(state.bitWeight / 2)
    #expect(state.vector(for: [0, 1, 0]) == [0, 1, 0, half])
    #expect(state.vector(for: [0, 2, 0]) == [0, 2, 0, half])
    #expect(state.vector(for: [0, 8, 0]) == [0, 2, 0, -half])
    #expect(state.vector(for: [3e38, 0, 3e38]).last == -half)
    #expect(state.vector(for: [.nan, 0, 0]).contains { $0.isNaN })
  }

  @Test func badUpdatesAreStillRefused() throws {
    let state = try AdaptiveClippingState(settings())
    let mechanism = try ContributionMechanism(state.request(base))
    var stream = RandomStream.seeded(51, label: "bad")
    for bad in [Float.nan, .infinity, -.infinity] {
      var sum = mechanism.makeSum()
      #expect(throws: ContributionError.notFinite) {
        try mechanism.contribute(
          state.vector(for: [0, bad, 0]), to: &sum, randomness: &stream)
      }
      #expect(sum == mechanism.makeSum())
    }
  }

  /// Without noise a round moves C by exactly exp(-eta (share - gamma)).
  @Test func theClipNormFollowsTheQuantile() throws {
    var state = try AdaptiveClippingState(settings())
    let norms = [Float](repeating: 1, count: 30) + [Float](repeating: 4, count: 70)
    let outcome = state.absorb(try release(state, norms: norms, index: 0, noisy: false))
    #expect(abs(outcome.insideShare - 0.3) < 1e-3)
    // 30 of norm 1 and 70 cut to 2.
    #expect(outcome.values.count == 3 && abs(outcome.values[1] - 170) < 0.1)
    #expect(abs(state.clipNorm / (2 * 1.0408107741923882) - 1) < 1e-3)
  }

  @Test func theClipNormFindsTheMedianThroughNoise() throws {
    var state = try AdaptiveClippingState(settings { $0.firstClipNorm = 20 })
    let norms = (0..<100).map { Float($0) * 0.02 + 0.01 }
    for round in 0..<60 {
      _ = state.absorb(try release(state, norms: norms, index: UInt64(round)))
    }
    #expect(state.rounds == 60 && state.clipNorm > 0.7 && state.clipNorm < 1.4)
  }

  /// Pitfall 11: C of a round depends on what earlier rounds released and on nothing else.
  @Test func theClipNormDependsOnEarlierReleasesOnly() throws {
    var one = try AdaptiveClippingState(settings())
    var other = try AdaptiveClippingState(settings())
    var clips: [Double] = []
    let data = (0..<100).map { Float($0) * 0.05 }
    let otherData = [Float](repeating: 9, count: 100)
    for round in UInt64(0)..<5 {
      // The two see different data in this round, and have one clip norm and one request before it.
      #expect(one == other && one.request(base) == other.request(base))
      clips.append(one.clipNorm)
      _ = try release(other, norms: otherData, index: round)
      _ = other.vector(for: [1e9, 0, 0])
      let released = try release(one, norms: data, index: round)
      _ = one.absorb(released)
      _ = other.absorb(released)
    }
    // Replayed from the releases alone.
    var replayed = try AdaptiveClippingState(settings())
    for round in UInt64(0)..<5 {
      #expect(replayed.clipNorm == clips[Int(round)])
      _ = replayed.absorb(try release(replayed, norms: data, index: round))
    }
    #expect(Set(clips).count == 5)
    // And it does depend on the releases: the trace of other data is another one.
    var different = try AdaptiveClippingState(settings())
    _ = different.absorb(try release(different, norms: otherData, index: 0))
    #expect(different.clipNorm != clips[1])
  }

  /// A share beyond [0, 1], which noise can make, moves C no further than all or no updates would.
  @Test func noiseCannotThrowTheClipNormAway() throws {
    for value in [Float(1e30), -1e30, .greatestFiniteMagnitude] {
      var state = try AdaptiveClippingState(settings())
      let outcome = state.absorb(
        Release(values: [0, 0, 0, value], contributors: 100, noiseStandardDeviation: 1))
      #expect(outcome.insideShare == (value > 0 ? 1 : 0))
      #expect(state.clipNorm > 1.8 && state.clipNorm < 2.3)
    }
    var empty = try AdaptiveClippingState(settings())
    _ = empty.absorb(Release(values: [0, 0, 0, 0], contributors: 0, noiseStandardDeviation: 1))
    #expect(empty.clipNorm == 2)
  }

  @Test func impossibleSettingsNameTheirField() {
    func field(_ change: (inout AdaptiveClippingState.Settings) -> Void) -> String? {
      do {
        _ = try AdaptiveClippingState(settings(change))
        return nil
      } catch {
        switch error {
        case .outOfRange(let field, _, _): return field
        }
      }
    }
    #expect(field { $0.firstClipNorm = 0 } == "firstClipNorm")
    #expect(field { $0.quantile = 1 } == "quantile")
    #expect(field { $0.rate = .nan } == "rate")
    #expect(field { $0.bitDeviation = 0.5 } == "bitDeviation")
    #expect(field { $0.noiseMultiplier = -1 } == "noiseMultiplier")
  }
}
