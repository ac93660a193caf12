import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a bound from below pays for releases that are only near the noise it speaks of.
@Suite struct GaussianLikenessTests {
  /// Randomized responses: probabilities of epsilon and of epsilon - K are at most e^K apart.
  @Test(arguments: [0.01, 0.3, 1])
  func aBoundOnNoiseIsNoneOnReleasesThatAreBetterByTheirDistance(excess: Double) {
    let epsilon = 3.0
    func likely(_ epsilon: Double) -> Double { 1 / (1 + exp(-epsilon)) }
    #expect(1 - likely(epsilon - excess) <= exp(excess) * (1 - likely(epsilon)))
    let likeness = GaussianLikeness(excess: excess, exception: 0, widening: 1)
    let bound = likeness.epsilonFromBelow(delta: 0) { _ in epsilon }
    #expect(bound <= epsilon - excess && bound >= epsilon - 2 * excess - 1e-9)
  }

  /// Noise that shows everything with probability d is near one that never does.
  @Test func whatHappensOnlyWithTheExceptionIsNotHeldAgainstReleases() {
    let exception = 1e-3
    let likeness = GaussianLikeness(excess: 0, exception: exception, widening: 1)
    let bound = likeness.epsilonFromBelow(delta: 0) { $0 < exception ? 100 : 1 }
    #expect(bound <= 1 && bound > 0.999)
  }

  @Test func gaussianNoiseItselfPaysNothing() {
    #expect(GaussianLikeness.exact.epsilonFromBelow(delta: 1e-5) { _ in 2 } == 2)
  }
}
