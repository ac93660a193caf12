import NumericalMethods
import Testing

@Suite struct BootstrapTests {
  @Test func constantValuesHaveNoSpread() {
    let interval = BootstrapPlan(users: 20, resamples: 50, seed: 1)
      .interval(of: [Float](repeating: 0.25, count: 20))
    #expect(interval == Interval(value: 0.25, low: 0.25, high: 0.25))
  }

  @Test func nobodyAndNoResamplesAreHandled() {
    #expect(
      BootstrapPlan(users: 0, resamples: 10, seed: 1).interval(of: [])
        == Interval(value: 0, low: 0, high: 0))
    #expect(
      BootstrapPlan(users: 2, resamples: 0, seed: 1).interval(of: [0, 1])
        == Interval(value: 0.5, low: 0.5, high: 0.5))
  }

  /// A coin over 1,000 users: the interval's half-width must be near 1.96 standard errors, 0.031.
  ///
  /// With 2,000 resamples its own relative error is about 3 %; the seed is fixed.
  @Test func widthIsThatOfTheNormalApproximation() {
    let values = (0..<1000).map { Float($0 % 2) }
    let interval = BootstrapPlan(users: 1000, resamples: 2000, seed: 4).interval(of: values)
    let halfWidth = (interval.high - interval.low) / 2
    #expect(abs(halfWidth - 0.031) < 0.003)
    #expect(interval.low < 0.5 && interval.high > 0.5)
  }
}
