#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The error function's family and the normal distribution, accurate in the far tail.
package enum SpecialFunctions {
  /// exp(x^2) erfc(x): the part of erfc that does not vanish, for x >= 0.
  ///
  /// Relative error below 1e-14.
  /// - Formula: below 5 the definition, beyond it Laplace's continued fraction, whose 60 terms have
  ///   converged to the last bit there (NIST Digital Library of Mathematical Functions, 7.9.1).
  package static func scaledErfc(_ x: Double) -> Double {
    if x < 5 { return exp(x * x) * erfc(x) }
    var tail = x
    for term in stride(from: 60.0, to: 0, by: -1) { tail = x + term / 2 / tail }
    return 1 / (Double.pi.squareRoot() * tail)
  }

  /// The natural logarithm of erfc(x), finite for every finite x.
  package static func logErfc(_ x: Double) -> Double {
    x < 5 ? log(erfc(x)) : log(scaledErfc(x)) - x * x
  }

  /// The natural logarithm of the standard normal distribution function.
  package static func logNormalCDF(_ z: Double) -> Double {
    let x = z / 2.0.squareRoot()
    return x > 0 ? log1p(-erfc(x) / 2) : logErfc(-x) - log(2)
  }

  /// The Mills ratio P(Z > z) / density(z) of the standard normal distribution, for z >= 0.
  package static func millsRatio(_ z: Double) -> Double {
    (Double.pi / 2).squareRoot() * scaledErfc(z / 2.0.squareRoot())
  }
}
