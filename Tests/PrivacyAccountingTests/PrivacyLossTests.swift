import RoundVocabulary
import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private func sampled(
  _ probability: Double, _ noiseMultiplier: Double, _ count: Int = 1
) -> MechanismEvent {
  MechanismEvent.sampledGaussian(
    noiseMultiplier: noiseMultiplier, sampling: .poisson(probability: probability)
  ).times(count)
}

private func loss(
  _ events: [MechanismEvent], delta: Double, _ neighbors: NeighboringRelation = .addOrRemoveOne
) throws -> Accountant.Bound {
  try #require(
    try Accountant.epsilon(
      of: events, delta: delta, neighbors: neighbors, by: .lossDistribution))
}

/// Mistakes that accountants have made, each by the query that reveals it.
@Suite struct PrivacyLossPitfallTests {
  /// Round-off of an untilted transform makes a standard tool answer 36.96 and 26.009 here.
  @Test func smallDeltasAreSound() throws {
    let composed = try loss([sampled(0.01, 1, 100_000)], delta: 1e-12)
    #expect(composed.upper >= 37.541 - 5e-4 && composed.upper <= 37.541 * (1 + 1e-4))
    // The Gaussian through its own loss law, composed 10^5 times and not in closed form.
    let accountant = PrivacyLossAccountant(
      parts: [
        PrivacyLossAccountant.Part(
          source: .mixture(shift: 0.01, probability: 1), count: 100_000)
      ])
    let interval = accountant.epsilon(delta: 1e-12)
    #expect(interval.upper >= 26.7198 && interval.upper <= 26.7198 * (1 + 1e-4))
    #expect(interval.lower <= 26.7199)
  }

  /// One of 100 users has +1, all others -1; ten are drawn.
  ///
  /// Whoever is not drawn is replaced, so the
  /// sum moves by 2: an accountant that takes the sample for a Poisson one answers 2.18.
  @Test func fixedSizeSamplesReplaceWhoIsNotDrawn() throws {
    let event = MechanismEvent.sampledGaussian(
      noiseMultiplier: 1, sampling: .fixedSize(size: 10, population: 100))
    /// Delta of two mixtures of unit normal laws, given as (weight, mean), by quadrature.
    func delta(
      _ p: [(Double, Double)], _ q: [(Double, Double)], epsilon: Double
    ) -> Double {
      func density(_ parts: [(Double, Double)], _ x: Double) -> Double {
        parts.reduce(0) { $0 + $1.0 * exp(-(x - $1.1) * (x - $1.1) / 2) }
          / (2 * Double.pi).squareRoot()
      }
      return stride(from: -12, to: 14, by: 1e-3).reduce(0) {
        $0 + max(0, density(p, $1) - exp(epsilon) * density(q, $1)) * 1e-3
      }
    }
    let drawn = [(0.9, 0.0), (0.1, 2.0)]
    for (neighbors, other) in [
      (NeighboringRelation.addOrRemoveOne, [(1.0, 0.0)]), (.zeroOut, [(0.9, 0.0), (0.1, 1.0)]),
    ] {
      let stated = try loss([event], delta: 1e-6, neighbors).upper
      // The quadrature is good to one part in 10^6.
      #expect(delta(drawn, other, epsilon: stated) <= 1e-6 * (1 + 1e-5))
    }
    let tight = try loss([event], delta: 1e-6, .addOrRemoveOne).upper
    #expect(delta(drawn, [(1, 0)], epsilon: tight * 0.999) > 1e-6)
  }

  /// Two lobes far apart: what lies under the window of the upper one counts, too.
  @Test(arguments: [
    (0.01, 0.9, 0.1, 0.91), (0.01, 0.8, 0.1, 0.8018), (0.02, 0.8, 0.3, 0.8018),
    (0.02, 0.95, 0.3, 0.9545), (0.01, 0.99, 0.1, 0.9909),
  ])
  func lossesUnderTheWindowCount(
    wide: Double, probability: Double, narrow: Double, delta: Double
  ) throws {
    let events = [sampled(probability, wide), .gaussian(noiseMultiplier: narrow)]
    // With disjoint lobes delta is q + (1 - q) delta'(epsilon - log(1 - q)), delta' the Gaussian's.
    let rest = (delta - probability) / (1 - probability)
    let truth =
      GaussianGuarantee.epsilon(noiseMultiplier: narrow, delta: rest) + log1p(-probability)
    let bound = try loss(events, delta: delta)
    #expect(bound.upper >= truth * (1 - 1e-6) && bound.lower <= truth)
    let found = try Accountant.delta(
      of: events, epsilon: truth * 0.9, neighbors: .addOrRemoveOne)
    #expect(found.upper >= delta)
  }

  /// A central-limit formula says 1.836 here.
  @Test func theCentralLimitIsNotABound() throws {
    let bound = try loss([sampled(0.01, 1, 1000)], delta: 1e-6)
    #expect(bound.upper >= 2.124515 && bound.upper <= 2.124515 * (1 + 1e-5))
    #expect(bound.lower <= 2.124516)
  }

  /// An accountant that ignores the count answers 0.847.
  @Test func countsOfResponsesCount() throws {
    let event = MechanismEvent.randomizedResponse(noise: 0.75, buckets: 4)
    let bound = try loss([event.times(50)], delta: 1e-6, .replaceOne)
    #expect(abs(bound.upper - 29.65) < 0.01)
  }

  /// Neither direction may be dropped, and the worse one of a single step is not enough.
  @Test func bothDirectionsAreKept() throws {
    let event = MechanismEvent.randomizedResponse(noise: 0.5, buckets: 2)
    let source = try #require(
      try LossSource.sources(of: event, neighbors: .zeroOut).first)
    let pair = source.lattice(step: 1e-3, logTail: -40)
    // P = (3/4, 1/4) against Q = (1/2, 1/2): losses log 3/2 and log 1/2 one way, and back.
    #expect(abs(Double(pair.forward.first) * 1e-3 - -0.693) < 2e-3)
    #expect(abs(Double(pair.backward.first) * 1e-3 - -0.405) < 2e-3)
    let delta = try Accountant.delta(of: [event], epsilon: 0.5, neighbors: .zeroOut)
    // The backward direction alone has mass above 0.5: (1/2 - e^0.5 / 4).
    #expect(abs(delta.upper - (0.5 - 0.41218)) < 1e-4)
  }

  /// With every user sampled, replacing one is a Gaussian of twice the sensitivity.
  @Test func replacementIsTwiceAsFar() throws {
    let replaced = try Accountant.epsilon(
      of: [sampled(1 - 1e-12, 2, 4)], delta: 1e-6, neighbors: .replaceOne)
    let exact = GaussianGuarantee.epsilon(noiseMultiplier: 0.5, delta: 1e-6)
    #expect(abs(replaced.upper - exact) < 1e-3 * exact)
    let plain = try Accountant.epsilon(
      of: [.gaussian(noiseMultiplier: 2)], delta: 1e-6, neighbors: .replaceOne)
    #expect(
      abs(plain.upper - GaussianGuarantee.epsilon(noiseMultiplier: 1, delta: 1e-6)) < 1e-6)
  }

  /// n sigma^2 in the place of the true law under-reports by a factor of up to 3.5.
  @Test func sumsOfNarrowNoiseAreNotGaussian() throws {
    let event = MechanismEvent.discreteGaussianSum(
      variance: 0.1, contributors: 2, shift: .exactly([1]))
    let bound = try Accountant.epsilon(of: [event], delta: 1e-6)
    let naive = GaussianGuarantee.epsilon(noiseMultiplier: 0.2.squareRoot(), delta: 1e-6)
    #expect(bound.upper > naive)
    // By the definition, from the convolution of two tables.
    var mass: [Double] = []
    for k in -40...40 {
      var sum = 0.0
      for j in -20...20 { sum += exp(-Double(j * j + (k - j) * (k - j)) / 0.2) }
      mass.append(sum)
    }
    let total = mass.reduce(0, +)
    let factor = exp(bound.upper)
    var delta = 0.0
    for (own, other) in zip(mass.dropFirst(), mass) {
      delta += max(0, own - factor * other) / total
    }
    #expect(delta <= 1e-6)
  }
}

/// Laws that every accountant must obey, for events of every kind.
@Suite struct CompositionLawTests {
  static let events: [MechanismEvent] = [
    .gaussian(noiseMultiplier: 2), sampled(0.1, 1.5), .laplace(noiseMultiplier: 4),
    .discreteGaussian(variance: 6, shift: .exactly([1, 1])),
    .discreteGaussian(variance: 60, shift: .bounded(squaredNorm: 4, dimension: 9)),
    .discreteGaussianSum(variance: 0.8, contributors: 6, shift: .exactly([1])),
    .discreteGaussianSum(
      variance: 9, contributors: 6, shift: .bounded(squaredNorm: 5, dimension: 3)),
    .skellam(variance: 20, shift: .exactly([2])),
    .skellam(variance: 2e6, shift: .bounded(squaredNorm: 1e5, dimension: 100)),
    .discreteLaplace(decay: 0.4, sensitivity: 1), .randomizedResponse(noise: 0.8, buckets: 3),
    .approximate(.gaussian(noiseMultiplier: 3), totalVariation: 1e-15),
  ]

  @Test(arguments: events)
  func composingTwiceIsComposingTheDouble(event: MechanismEvent) throws {
    let listed = try Accountant.epsilon(of: [event, event, event], delta: 1e-5)
    let counted = try Accountant.epsilon(of: [event.times(3)], delta: 1e-5)
    let nested = try Accountant.epsilon(
      of: [.composed([event.times(2), .composed([event])])], delta: 1e-5)
    #expect(listed == counted && nested == counted)
    let once = try Accountant.epsilon(of: [event], delta: 1e-5)
    #expect(counted.upper > once.upper && counted.upper <= 4 * once.upper + 1)
    #expect(counted.lower <= counted.upper)
  }

  @Test(arguments: events)
  func orderDoesNotMatterAndDeltaHelps(event: MechanismEvent) throws {
    let other = MechanismEvent.discreteLaplace(decay: 0.3, sensitivity: 1)
    let one = try Accountant.epsilon(of: [event, other], delta: 1e-5)
    let two = try Accountant.epsilon(of: [other, event], delta: 1e-5)
    #expect(abs(one.upper - two.upper) <= 1e-6 * one.upper)
    let smaller = try Accountant.epsilon(of: [event, other], delta: 1e-7)
    #expect(smaller.upper > one.upper)
  }

  @Test(arguments: events)
  func deltaAtEpsilonIsNotAboveTheDeltaAskedFor(event: MechanismEvent) throws {
    // Skellam noise under a norm bound has a delta by Renyi divergences only.
    if case .skellam(_, .bounded) = event { return }
    let bound = try Accountant.epsilon(of: [event.times(2)], delta: 1e-4)
    let delta = try Accountant.delta(of: [event.times(2)], epsilon: bound.upper)
    #expect(delta.upper <= 1e-4 * 1.001 && delta.upper > 0.9e-4)
    #expect(delta.lower <= delta.upper)
  }

  @Test func refinementStaysWithinTheInterval() throws {
    let parts = [
      PrivacyLossAccountant.Part(source: .mixture(shift: 0.7, probability: 0.05), count: 60)
    ]
    let coarse = PrivacyLossAccountant(
      parts: parts, resolution: PrivacyLossAccountant.Resolution(relativeStep: 0.1))
    let fine = PrivacyLossAccountant(
      parts: parts, resolution: PrivacyLossAccountant.Resolution(relativeStep: 2e-3))
    let (wide, narrow) = (coarse.epsilon(delta: 1e-6), fine.epsilon(delta: 1e-6))
    #expect(narrow.upper <= wide.upper && narrow.lower >= wide.lower)
    #expect(narrow.upper - narrow.lower < wide.upper - wide.lower)
  }

  @Test func theIntervalHoldsTheExactGaussianValue() throws {
    for (shift, count) in [(0.3, 1.0), (0.05, 400), (1.5, 3)] {
      let interval = PrivacyLossAccountant(
        parts: [
          PrivacyLossAccountant.Part(
            source: .mixture(shift: shift, probability: 1), count: count)
        ]
      ).epsilon(delta: 1e-5)
      let exact = GaussianGuarantee.epsilon(
        noiseMultiplier: 1 / (shift * count.squareRoot()), delta: 1e-5)
      #expect(interval.lower <= exact && exact <= interval.upper * (1 + 1e-9))
      #expect(interval.upper <= exact * (1 + 1e-4))
    }
  }
}
