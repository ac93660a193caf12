import NumericalMethods
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct BesselRatiosTests {
  // mpmath 1.3, 40 digits: log(besseli(k, x)) - x.
  @Test(arguments: [
    (0.01, 0, -0.00997500015624826391), (0.01, 1, -5.30830486657407824),
    (0.01, 7, -45.6233798019022136), (0.01, 400, -4119.83764454011192),
    (0.5, 1, -1.85520544702533446), (0.5, 60, -272.304810509166918),
    (3, 0, -1.41469237818657908), (3, 7, -8.40989299385083367), (3, 400, -1841.30904380656431),
    (50, 0, -2.87242449812819542), (50, 60, -35.953822833804797),
    (1000, 0, -4.37269111013053533), (1000, 1, -4.37319136036001508),
    (1000, 60, -6.17305104819889595), (1000, 400, -83.3909982617394019),
  ])
  func logarithmsMatchHighPrecision(x: Double, k: Int, expected: Double) {
    for last in [k, k + 1, k + 500] {
      let value = ScaledBessel.logarithms(at: x, through: last)[k]
      #expect(abs(value - expected) <= 2e-14 * (1 + abs(expected)), "\(value)")
    }
  }

  @Test(arguments: [0.01, 1, 20, 3000])
  func ratiosLieBetweenAmossBounds(x: Double) {
    let logarithms = ScaledBessel.logarithms(at: x, through: 300)
    for k in 0..<300 {
      let ratio = exp(logarithms[k + 1] - logarithms[k])
      let order = Double(k)
      #expect(ScaledBessel.amosLowerRatio(order: order, x: x) <= ratio * (1 + 1e-12))
      #expect(ScaledBessel.amosUpperRatio(order: order, x: x) >= ratio * (1 - 1e-12))
    }
  }
}
