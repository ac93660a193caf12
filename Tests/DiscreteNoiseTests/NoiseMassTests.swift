import TestSupport
import Testing

@testable import DiscreteNoise

/// The distance of two masses.
private func distance(_ one: UInt128, _ other: UInt128) -> UInt128 {
  one > other ? one - other : other - one
}

private let variances: [(UInt64, UInt64)] = [
  (1, 1024), (1, 3), (1, 1), (255, 1), (1 << 50, (1 << 50) - 1), (99_999, 1),
]

private let wideVariances: [(UInt64, UInt64)] = [
  (1 << 20, 1), ((1 << 20) + 12_345, 1), (1 << 50, 1), ((1 << 50) - 1, 1 << 29),
]

@Suite struct NoiseMassTests {
  private static let vectors = Result { try NoiseVectors.load() }

  /// Probabilities from closed forms in 80 digits, which know nothing of ratios or tables.
  @Test func massesAreWithinTheStatedErrorOfClosedForms() throws {
    let cases = try Self.vectors.get().masses
    #expect(cases.count == 13)
    for vector in cases {
      let masses = SymmetricMasses.of(vector.law, vector.numerator, vector.denominator)
      let signed = masses.signed
      let name = "\(vector.law) \(vector.numerator)/\(vector.denominator)"
      #expect(masses.folded.reduce(0, +) == 1 << 127, "\(name)")
      // Half of the distance of all masses is bounded, so any single one may be off by all of it.
      #expect(masses.error <= 1 << 41, "\(name)")
      for point in vector.points {
        let expected = try #require(UInt128(point.mass))
        let mass = point.k < signed.count ? signed[point.k] : 0
        #expect(distance(mass, expected) <= masses.error, "\(name) at \(point.k)")
      }
    }
  }

  /// The specification, implemented a second time in Python, gives the same integers.
  @Test func massesMatchTheReferenceToTheLastBit() throws {
    let cases = try Self.vectors.get().digests
    #expect(cases.count == 12)
    for vector in cases {
      let masses = SymmetricMasses.of(vector.law, vector.numerator, vector.denominator)
      let digest = masses.folded.enumerated().reduce(UInt128(0)) { sum, pair in
        sum &+ UInt128(pair.offset + 1) &* pair.element
      }
      let expected = try #require(UInt128(vector.digest))
      #expect(digest == expected, "\(vector.law) \(vector.numerator)/\(vector.denominator)")
    }
  }

  @Test func massesMatchTheAccountantsTables() throws {
    var tested = 0
    for vector in try AccountingVectors.load("samplers").cases {
      let masses: SymmetricMasses
      if vector.mechanism == "skellam_sampler", let mu = vector.params["mu"]?.number {
        masses = Skellam.masses(numerator: UInt64(mu * 2), denominator: 2)
      } else if vector.mechanism == "discrete_gaussian_sampler",
        let variance = vector.params["sigma2"]?.fraction
      {
        masses = DiscreteGaussian.masses(
          numerator: variance.numerator, denominator: variance.denominator)
      } else {
        continue
      }
      let result = try #require(vector.results.first { $0.quantity == "pmf" }?.reference)
      for (mass, expected) in zip(NoiseLaw(masses).probabilities, result.v.list) {
        #expect(abs(mass - expected) <= 1e-12 * expected, "\(vector.id)")
      }
      tested += 1
    }
    #expect(tested == 13)
  }

  /// Every variance that is supported keeps to the bound that the types state.
  @Test(arguments: variances)
  func errorsStayFarBelowTheStatedBound(numerator: UInt64, denominator: UInt64) {
    for law in [NoiseVectors.Law.skellam, .discreteGaussian] {
      let masses = SymmetricMasses.of(law, numerator, denominator)
      #expect(masses.error <= 1 << 42, "\(law) \(numerator)/\(denominator): \(masses.error)")
    }
  }

  /// Skellam variables add up: the convolution of 3/7 and 11/7 is the table of 2.
  @Test func sumsOfSkellamVariablesAreSkellam() {
    let one = Skellam.masses(numerator: 3, denominator: 7)
    let other = Skellam.masses(numerator: 11, denominator: 7)
    let sum = Skellam.masses(numerator: 2, denominator: 1)
    expect(one, plus: other, times: 1, equals: sum, beyond: 0)
  }

  /// The decomposition of wide noise, at a width where all of it can be summed up.
  @Test func theSplitOfAWideGaussianIsItsLaw() {
    for (numerator, denominator) in [(UInt64(2000), UInt64(1)), (5003, 3)] {
      let split = DiscreteGaussian.Split(numerator: numerator, denominator: denominator, from: 512)
      #expect(split.factor == 4)
      expect(
        DiscreteGaussian.masses(numerator: split.fineNumerator, denominator: denominator),
        plus: DiscreteGaussian.masses(numerator: split.coarseVariance, denominator: 1),
        times: Int(split.factor),
        equals: DiscreteGaussian.masses(numerator: numerator, denominator: denominator),
        // exp(-2 pi^2 ab/s) is larger here than at the widths at which it is used.
        beyond: 1 << 24)
    }
  }

  @Test(arguments: wideVariances)
  func splitsAddUpAndAreWideEnough(numerator: UInt64, denominator: UInt64) {
    let split = DiscreteGaussian.Split(numerator: numerator, denominator: denominator)
    let square = split.factor * split.factor
    #expect(split.factor >= 21)
    let coarse = UInt128(square) * UInt128(split.coarseVariance) * UInt128(denominator)
    #expect(coarse + UInt128(split.fineNumerator) == UInt128(numerator))
    // a b >= 3.9 s, the condition of the proof.
    let product = UInt128(split.fineNumerator) * UInt128(split.coarseVariance)
    #expect(10 * product >= 39 * UInt128(numerator))
    #expect(split.coarseVariance < 1 << 27 && split.fineNumerator / denominator < 1 << 27)
    let small = DiscreteGaussian.Split(numerator: (1 << 20) - 1, denominator: 1)
    #expect(small.factor == 0 && small.fineNumerator == (1 << 20) - 1)
  }

  @Test func theExponentialIsExactToItsStatedError() throws {
    // floor(exp(-x) 2^128) from mpmath 1.3.0 with 80 digits.
    let cases: [(UInt128, UInt128, String)] = [
      (1, 1, "125182886983370532117250726298150828301"),
      (1, 2, "206391688497133195273760705512282642279"),
      (1, 3, "243822970335011067903414604203639432393"),
      (1, 2147483648, "340282366762482138471739420386372790955"),
      (1, 2251799813685248, "340282366920938312347647155603154927615"),
      (127, 1, "0"),
      (128, 1, "0"),
      (500, 1, "0"),
      (7, 3, "32997850749880937039398584759834130835"),
      (88, 7, "1180694082948576080395606210720149"),
      (2251799813685247, 1125899906842624, "46052210507670213322205413292640977737"),
    ]
    for (numerator, denominator, digits) in cases {
      let expected = try #require(UInt128(digits))
      let (value, error) = FixedPoint.exponential(ofMinus: numerator, over: denominator)
      #expect(distance(value, expected) <= error, "\(numerator)/\(denominator)")
      #expect(error < 2048)
    }
  }

  @Test func highProductsMatchTheLibrarysFullProduct() {
    let numbers: [UInt128] = [
      0, 1, .max, 1 << 64, (1 << 64) - 1, .max / 3, .max - (1 << 63), 1 << 127,
    ]
    for a in numbers {
      for b in numbers {
        #expect(FixedPoint.highProduct(a, b) == a.multipliedFullWidth(by: b).high)
      }
    }
  }

  @Test func squareRootsAreRoundedDown() {
    for root in [1, 2, 3, 1000, 1 << 25, (1 << 32) - 1] as [UInt64] {
      #expect(FixedPoint.squareRoot(root * root) == root)
      #expect(FixedPoint.squareRoot(root * root - 1) == root - 1)
    }
    #expect(FixedPoint.squareRoot(0) == 0)
  }

  /// Half the summed distance of the law of A + factor B to `sum` is within the stated errors.
  private func expect(
    _ one: SymmetricMasses, plus other: SymmetricMasses, times factor: Int,
    equals sum: SymmetricMasses, beyond slack: UInt128
  ) {
    let a = one.signed
    let b = other.signed
    let target = sum.signed
    var total: UInt128 = 0
    for k in 0..<max(target.count, a.count + factor * b.count) {
      var mass: UInt128 = 0
      for j in -(b.count - 1)...(b.count - 1) where abs(k - factor * j) < a.count {
        // Both in units of 2^-127: twice the upper half of the product is in the same unit.
        mass += 2 * FixedPoint.highProduct(a[abs(k - factor * j)], b[abs(j)])
      }
      total += (k == 0 ? 1 : 2) * distance(mass, k < target.count ? target[k] : 0)
    }
    // Every product above is rounded down by two units at most.
    let rounding = 2 * UInt128(2 * a.count) * UInt128(2 * b.count)
    #expect(total / 2 <= one.error + other.error + sum.error + rounding + slack)
  }
}
