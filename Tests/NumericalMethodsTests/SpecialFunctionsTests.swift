import NumericalMethods
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct SpecialFunctionsTests {
  // mpmath 1.x, 40 digits.
  @Test(arguments: [
    (-40.0, -804.60844201375379),
    (-10.0, -53.231285150512471),
    (-7.125, -28.284172037933541),
    (-1.0, -1.8410216450092635),
    (0.0, -0.69314718055994531),
    (0.5, -0.36894641528865639),
    (3.0, -0.0013508099647481938),
    (9.0, -1.1285884059538406e-19),
  ])
  func logNormalCDFMatchesHighPrecision(z: Double, expected: Double) {
    let value = SpecialFunctions.logNormalCDF(z)
    #expect(abs(value - expected) <= 1e-14 * abs(expected))
  }

  @Test(arguments: [
    (0.0, 1.0),
    (1.0, 0.427583576155807),
    (4.9375, 0.11205390697846083),
    (5.0, 0.11070463773306863),
    (10.0, 0.056140992743822586),
    (1000.0, 0.00056418930145338765),
  ])
  func scaledErfcMatchesHighPrecision(x: Double, expected: Double) {
    #expect(abs(SpecialFunctions.scaledErfc(x) - expected) <= 1e-14 * expected)
  }

  @Test func logErfcJoinsItsTwoFormulas() {
    let below = SpecialFunctions.logErfc(5.0.nextDown)
    let above = SpecialFunctions.logErfc(5)
    #expect(abs(below - above) < 1e-12)
    #expect(SpecialFunctions.logErfc(1e8).isFinite)
  }
}

@Suite struct RootFindingTests {
  @Test func bisectionEndsAtAdjacentNumbers() {
    let bracket = RootFinding.bisect(from: 1, to: 2) { $0 * $0 >= 2 }
    #expect(bracket.lower.nextUp == bracket.upper)
    #expect(bracket.upper * bracket.upper >= 2)
  }

  @Test func doublingFindsDistantChanges() throws {
    let bracket = try #require(RootFinding.bracketUpward(from: 1) { $0 >= 1e200 })
    #expect(bracket.upper == 1e200)
    #expect(RootFinding.bracketUpward(from: 1) { _ in false } == nil)
  }

  @Test func goldenSectionFindsTheValley() {
    let least = RootFinding.minimum(from: -10, to: 3) { ($0 - 1.25) * ($0 - 1.25) + 7 }
    #expect(least >= 7 && least < 7 + 1e-12)
  }
}

@Suite struct NormalQuantileTests {
  // mpmath 1.x, 40 digits, for the doubles written here.
  @Test(arguments: [
    (1e-300, -37.047096299361199),
    (1e-20, -9.2623400897984076),
    (1e-06, -4.753424308822899),
    (0.025, -1.9599639845400542),
    (0.3, -0.52440051270804082),
    (0.499, -0.0025066308995717662),
    (0.75, 0.67448975019608174),
    (0.9990234375, 3.0972690781987845),
  ])
  func quantilesMatchReferences(probability: Double, expected: Double) {
    #expect(abs(SpecialFunctions.normalQuantile(probability) - expected) <= 1e-13 * abs(expected))
  }

  @Test func quantilesInvertTheDistributionFunction() {
    for tenths in -370...(-1) {
      let z = Double(tenths) / 10
      let back = SpecialFunctions.normalQuantile(exp(SpecialFunctions.logNormalCDF(z)))
      #expect(abs(back - z) <= 1e-12 * max(1, abs(z)))
    }
  }

  @Test func theEndsAreInfiniteAndTheOutsideIsNotANumber() {
    #expect(SpecialFunctions.normalQuantile(0) == -.infinity)
    #expect(SpecialFunctions.normalQuantile(1) == .infinity)
    #expect(SpecialFunctions.normalQuantile(0.5) == 0)
    #expect(SpecialFunctions.normalQuantile(.leastNonzeroMagnitude) < -38)
    for outside in [-1e-300, 1.0.nextUp, .nan] {
      #expect(SpecialFunctions.normalQuantile(outside).isNaN)
    }
  }
}
