import NumericalMethods
import RoundVocabulary
import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Properties that hold for every mechanism, and the traps of notes on accounting.
@Suite struct RenyiTests {
  private static let orders = [1.01, 1.25, 1.5, 2, 2.5, 3, 5.7, 8, 17, 32.5, 64, 100.25, 257, 1000]

  /// One event of each kind.
  static let events: [MechanismEvent] = [
    .gaussian(noiseMultiplier: 1.3),
    .sampledGaussian(noiseMultiplier: 1.1, sampling: .poisson(probability: 0.05)),
    .sampledGaussian(noiseMultiplier: 1.5, sampling: .fixedSize(size: 20, population: 1000)),
    .discreteGaussian(variance: 7, shift: .bounded(squaredNorm: 9, dimension: 4)),
    .discreteGaussianSum(variance: 0.4, contributors: 12, shift: .exactly([1, 0, 2])),
    .discreteGaussianSum(
      variance: 9, contributors: 30, shift: .bounded(squaredNorm: 25, dimension: 3)),
    .skellam(variance: 20, shift: .exactly([2, -1])),
    .skellam(variance: 90, shift: .bounded(squaredNorm: 16, dimension: 8)),
    .laplace(noiseMultiplier: 2),
    .discreteLaplace(decay: 0.4, sensitivity: 2),
    .randomizedResponse(noise: 0.6, buckets: 5),
    .zeroConcentrated(rho: 0.02),
    .selection(
      of: .gaussian(noiseMultiplier: 3), repetitions: .truncatedNegativeBinomial(mean: 6, shape: 1)),
    .selection(of: .gaussian(noiseMultiplier: 4), repetitions: .poisson(mean: 5)),
    .composed([.gaussian(noiseMultiplier: 2), .laplace(noiseMultiplier: 3)]),
    .repeated(.laplace(noiseMultiplier: 5), count: 3),
  ]

  private func bound(
    _ event: MechanismEvent, _ order: Double, _ neighbors: NeighboringRelation = .zeroOut
  ) throws -> Double {
    try RenyiDivergence.bound(of: event, order: order, neighbors: neighbors)
  }

  @Test(arguments: events)
  func repetitionsMultiplyAndNeverGetLost(event: MechanismEvent) throws {
    for neighbors in [NeighboringRelation.zeroOut, .replaceOne] {
      for order in Self.orders {
        let once = try bound(event, order, neighbors)
        #expect(once > 0 && once.isFinite)
        let repeated = try bound(event.times(7), order, neighbors)
        #expect(abs(repeated - 7 * once) <= 1e-13 * repeated)
        let listed = try bound(.composed(Array(repeating: event, count: 7)), order, neighbors)
        #expect(listed == repeated)
        #expect(try bound(event.times(0), order, neighbors) == 0)
      }
    }
  }

  @Test(arguments: events)
  func exchangingAUserCostsAtLeastAsMuch(event: MechanismEvent) throws {
    for order in Self.orders {
      #expect(try bound(event, order, .replaceOne) >= bound(event, order, .zeroOut))
    }
  }

  @Test(arguments: events)
  func divergencesGrowWithTheOrder(event: MechanismEvent) throws {
    // Interpolated bounds are only near monotone between integers; selection's first factor falls.
    if case .selection = event { return }
    let values = try Self.orders.map { try bound(event, $0) }
    for (one, next) in zip(values, values.dropFirst()) { #expect(one <= next * (1 + 1e-9)) }
  }

  @Test func theOrderOfACompositionDoesNotMatter() throws {
    for order in Self.orders {
      let forward = try bound(.composed(Self.events), order)
      let backward = try bound(.composed(Self.events.reversed()), order)
      #expect(abs(forward - backward) <= 1e-13 * forward)
    }
  }

  @Test(arguments: orders)
  func moreNoiseNeverCostsMore(order: Double) throws {
    let shift = MechanismEvent.IntegerShift.exactly([1, 3])
    let families: [(Double) -> MechanismEvent] = [
      { .gaussian(noiseMultiplier: $0) },
      { .sampledGaussian(noiseMultiplier: $0, sampling: .poisson(probability: 0.3)) },
      { .sampledGaussian(noiseMultiplier: $0, sampling: .fixedSize(size: 5, population: 50)) },
      { .discreteGaussian(variance: $0, shift: shift) },
      { .discreteGaussianSum(variance: $0, contributors: 4, shift: shift) },
      { .skellam(variance: 4 * $0, shift: shift) },
      { .laplace(noiseMultiplier: $0) },
      { .discreteLaplace(decay: 1 / $0, sensitivity: 3) },
      { .randomizedResponse(noise: $0 / (1 + $0), buckets: 6) },
    ]
    for (index, family) in families.enumerated() {
      for neighbors in [NeighboringRelation.zeroOut, .replaceOne] {
        let values = try [0.25, 0.5, 0.9, 1.4, 3, 8, 40].map {
          try bound(family($0), order, neighbors)
        }
        for (less, more) in zip(values, values.dropFirst()) {
          #expect(more <= less * (1 + 1e-9), "family \(index) at \(order)")
        }
      }
    }
  }

  // Trap 3: signs of generalized binomials dropped, or infinite values at q = 1/2.
  @Test(arguments: [0.05, 0.3, 1, 4, 30, 1000], [1e-6, 0.01, 0.5, 0.99])
  func integralAndSumAgreeAndFractionalOrdersAreFinite(deviation: Double, probability: Double)
    throws
  {
    let term = SampledGaussianTerm(probability: probability, deviation: deviation)
    for order in [2, 3, 7, 32, 200] {
      let sum = term.summedLogExcess(order)
      let integral = term.integratedLogExcess(Double(order))
      #expect(abs(sum - integral) <= 2e-12 * (1 + abs(sum)), "order \(order)")
    }
    // (a - 1) D_a is convex, and D_a grows: tight brackets from integer orders.
    for order in [1.001, 1.1, 1.25, 1.5, 2.5, 5.7, 63.999] {
      let value = term.divergence(order: order)
      let (lower, upper) = (order.rounded(.down), order.rounded(.up))
      #expect(value > 0 && value <= term.divergence(order: upper) * (1 + 1e-9))
      let first = lower > 1 ? (lower - 1) * term.divergence(order: lower) : 0
      let last = (upper - 1) * term.divergence(order: upper)
      let chord = first + (order - lower) * (last - first)
      #expect((order - 1) * value <= chord * (1 + 1e-9))
    }
  }

  @Test func fractionalOrdersAreBelowThePeersThatDropSigns() throws {
    // dp-accounting 0.6.0 says 0.002394 and infinity.
    let first = MechanismEvent.sampledGaussian(
      noiseMultiplier: 2, sampling: .poisson(probability: 0.1))
    #expect(abs(try bound(first, 1.1) - 0.001523) < 1e-6)
    let second = MechanismEvent.sampledGaussian(
      noiseMultiplier: 1, sampling: .poisson(probability: 0.5))
    #expect(try bound(second, 1.5).isFinite)
  }

  // Trap 9: a replacement moves the sum twice as far.
  @Test(arguments: orders.filter { $0 < 33 })
  func withoutSamplingAReplacementIsAGaussianOfSensitivityTwo(order: Double) throws {
    let plain = try bound(.gaussian(noiseMultiplier: 3), order, .replaceOne)
    #expect(plain == (try bound(.gaussian(noiseMultiplier: 1.5), order)))
    for sampling in [
      MechanismEvent.Sampling.poisson(probability: 1), .fixedSize(size: 9, population: 9),
    ] {
      let event = MechanismEvent.sampledGaussian(noiseMultiplier: 3, sampling: sampling)
      #expect(abs(try bound(event, order, .replaceOne) - plain) <= 1e-13 * plain)
    }
    let nearly = MechanismEvent.sampledGaussian(
      noiseMultiplier: 3, sampling: .poisson(probability: 1 - 1e-13))
    #expect(abs(try bound(nearly, order, .replaceOne) - plain) <= 1e-9 * plain)
  }

  /// Whoever is not in a sample of fixed size leaves the place to another.
  @Test func fixedSizeSamplesMoveTheSumTwiceAsFar() throws {
    func fixed(_ size: Int) -> MechanismEvent {
      .sampledGaussian(
        noiseMultiplier: 1.2, sampling: .fixedSize(size: size, population: 400))
    }
    let poisson = MechanismEvent.sampledGaussian(
      noiseMultiplier: 0.6, sampling: .poisson(probability: 0.075))
    #expect(try bound(fixed(30), 3.5, .addOrRemoveOne) == bound(poisson, 3.5, .addOrRemoveOne))
    #expect(try bound(fixed(30), 3.5, .zeroOut) == bound(fixed(30), 3.5, .replaceOne))
    // Where everybody is in the sample nobody is replaced.
    let plain = try bound(.gaussian(noiseMultiplier: 1.2), 3.5, .zeroOut)
    #expect(abs(try bound(fixed(400), 3.5, .zeroOut) - plain) <= 1e-13 * plain)
  }

  @Test func noNoiseIsInfinitelyBadUnlessNothingHappens() throws {
    let shift = MechanismEvent.IntegerShift.exactly([0, 2])
    let silent: [MechanismEvent] = [
      .gaussian(noiseMultiplier: 0), .discreteGaussian(variance: 0, shift: shift),
      .sampledGaussian(noiseMultiplier: 0, sampling: .poisson(probability: 0.1)),
      .sampledGaussian(noiseMultiplier: 0, sampling: .fixedSize(size: 1, population: 2)),
      .discreteGaussianSum(variance: 0, contributors: 3, shift: shift),
      .discreteGaussianSum(variance: 3, contributors: 0, shift: shift),
      .skellam(variance: 0, shift: shift), .laplace(noiseMultiplier: 0),
      .randomizedResponse(noise: 0, buckets: 2),
    ]
    let still = MechanismEvent.IntegerShift.exactly([0])
    let harmless: [MechanismEvent] = [
      .sampledGaussian(noiseMultiplier: 0, sampling: .poisson(probability: 0)),
      .sampledGaussian(noiseMultiplier: 0, sampling: .fixedSize(size: 0, population: 2)),
      .discreteGaussian(variance: 0, shift: still), .skellam(variance: 0, shift: still),
      .discreteGaussianSum(variance: 0, contributors: 3, shift: still),
      .discreteLaplace(decay: 1, sensitivity: 0), .randomizedResponse(noise: 0, buckets: 1),
      .randomizedResponse(noise: 1, buckets: 9), .zeroConcentrated(rho: 0), .composed([]),
      .repeated(.gaussian(noiseMultiplier: 0), count: 0),
    ]
    for neighbors in [NeighboringRelation.zeroOut, .replaceOne] {
      for event in silent {
        #expect(try bound(event, 2.5, neighbors) == .infinity, "\(event)")
        let epsilon = try RenyiAccountant.epsilon(of: [event], delta: 1e-5, neighbors: neighbors)
        #expect(epsilon == .infinity, "\(event)")
        #expect(try RenyiAccountant.delta(of: [event], epsilon: 3, neighbors: neighbors) == 1)
      }
      for event in harmless {
        #expect(try bound(event, 2.5, neighbors) == 0, "\(event)")
        #expect(try RenyiAccountant.epsilon(of: [event], delta: 1e-5, neighbors: neighbors) == 0)
      }
    }
  }

  @Test func whatHasNoProvenBoundIsRefused() throws {
    #expect(throws: AccountingError.self) {
      try bound(.randomizedResponse(noise: 0.5, buckets: 3), 2, .addOrRemoveOne)
    }
    func capped(_ cap: Int) -> MechanismEvent {
      .sampledGaussian(
        noiseMultiplier: 1,
        sampling: .truncatedPoisson(probability: 0.1, cap: cap, population: 100))
    }
    #expect(throws: AccountingError.self) { try bound(capped(20).times(3), 2) }
    let open = MechanismEvent.sampledGaussian(
      noiseMultiplier: 1, sampling: .poisson(probability: 0.1))
    #expect(try bound(capped(100), 2) == bound(open, 2))
  }

  @Test func laplaceIsStableForTinyLossesAndOrdersNearOne() throws {
    // Its Kullback-Leibler divergence is e - 1 + exp(-e), its divergence about a e^2 / 2.
    for scale in [1e-3, 1e-6, 1e-9] {
      let value = try bound(.laplace(noiseMultiplier: 1 / scale), 1.5)
      #expect(abs(value / (0.75 * scale * scale) - 1) < 2 * scale + 1e-9)
    }
    let near = try bound(.laplace(noiseMultiplier: 1), 1 + 1e-12)
    #expect(abs(near - exp(-1)) < 1e-9)
  }

  @Test func poissonSelectionCostsAboutWhatAGeometricOneDoes() throws {
    let single = MechanismEvent.gaussian(noiseMultiplier: 5)
    let poisson = MechanismEvent.selection(of: single, repetitions: .poisson(mean: 10))
    let geometric = MechanismEvent.selection(
      of: single, repetitions: .truncatedNegativeBinomial(mean: 10, shape: 1))
    let once = try RenyiAccountant.epsilon(of: [single], delta: 1e-6, neighbors: .zeroOut)
    let first = try RenyiAccountant.epsilon(of: [poisson], delta: 1e-6, neighbors: .zeroOut)
    let second = try RenyiAccountant.epsilon(of: [geometric], delta: 1e-6, neighbors: .zeroOut)
    #expect(first > once && first < 1.2 * second, "\(once) \(first) \(second)")
  }
}
