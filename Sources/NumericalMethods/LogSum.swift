#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A sum of positive terms that are given and kept as natural logarithms.
///
/// Only positive terms are added, so the relative error of the sum is at most the number of terms
/// times 2^-52, on top of what the terms bring.
package struct LogSum: Sendable {
  /// The greatest logarithm so far; the running sum is relative to it.
  private var peak = -Double.infinity
  private var scaled = 0.0

  package init() {}

  /// Adds exp(`logarithm`); minus infinity adds nothing.
  package mutating func add(_ logarithm: Double) {
    if logarithm <= peak {
      // Two equal infinities would give NaN.
      if peak < .infinity && logarithm > -.infinity { scaled += exp(logarithm - peak) }
    } else {
      scaled = scaled * exp(peak - logarithm) + 1
      peak = logarithm
    }
  }

  /// The logarithm of the sum; minus infinity when nothing was added.
  package var value: Double { scaled > 0 ? peak + log(scaled) : -.infinity }

  /// A number at most log(2) + log(count) below `value`, without a logarithm's time.
  package var lowerBound: Double { peak }

  /// log(1 + exp(x)), accurate where exp(x) is tiny and where it overflows.
  package static func ofOne(and logarithm: Double) -> Double {
    logarithm > 0 ? logarithm + log1p(exp(-logarithm)) : log1p(exp(logarithm))
  }

  /// log(exp(x) - 1) for x >= 0, accurate where x is tiny and where exp(x) overflows.
  package static func lessOne(_ x: Double) -> Double {
    x > 1 ? x + log1p(-exp(-x)) : log(expm1(x))
  }
}

/// Logarithms of binomial coefficients.
package enum LogBinomials {
  /// log C(n, 0), ..., log C(n, n).
  ///
  /// - Accuracy: absolute error below n^2 2^-53 times the greatest logarithm over n.
  package static func row(_ n: Int) -> [Double] {
    precondition(n >= 0, "a row of Pascal's triangle has an index of at least 0")
    var row = [Double](repeating: 0, count: n + 1)
    for k in stride(from: 1, through: n / 2, by: 1) {
      row[k] = row[k - 1] + log(Double(n - k + 1) / Double(k))
      row[n - k] = row[k]
    }
    return row
  }
}
