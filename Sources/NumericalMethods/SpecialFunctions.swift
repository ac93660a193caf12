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

  /// The z with P(Z <= z) = `probability` for a standard normal Z.
  ///
  /// Relative error of the probability at the answer below 1e-13; above 1/2 what 1 - `probability`
  /// itself has lost. The logarithm of the distribution function is concave and increasing, so from
  /// below the root Newton's steps rise to it; P(Z <= -x) <= exp(-x^2/2) / 2 gives such a start.
  /// - Range: `probability` in [0, 1]; minus infinity at 0, infinity at 1, NaN outside.
  package static func normalQuantile(_ probability: Double) -> Double {
    guard probability > 0 else { return probability == 0 ? -.infinity : .nan }
    guard probability <= 0.5 else { return -normalQuantile(1 - probability) }
    let target = log(probability)
    var x = (-2 * (target + log(2))).squareRoot()
    // Convergence is quadratic and takes four to eight steps; 40 bound the loop.
    for _ in 0..<40 {
      let mills = millsRatio(x)
      let excess = log(mills) - x * x / 2 - log(2 * Double.pi) / 2 - target
      let step = excess * mills
      x += step
      if abs(step) <= 1e-15 * max(1, x) { break }
    }
    return -max(0, x)
  }
}
