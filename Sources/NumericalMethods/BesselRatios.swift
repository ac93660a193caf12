#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Modified Bessel functions of the first kind of integer order.
package enum ScaledBessel {
  /// log(e^-x I_k(x)) for k = 0, ..., `last`, at one x > 0.
  ///
  /// The ratios r_k = I_(k+1)(x) / I_k(x) satisfy r_(k-1) = 1 / (2k/x + r_k) (DLMF 10.29.1): run
  /// backwards it adds positive numbers only and shrinks every earlier error. It starts far enough
  /// beyond `last` from Amos's value (1974). The scale follows from
  /// e^-x (I_0(x) + 2 I_1(x) + 2 I_2(x) + ...) = 1 (DLMF 10.35.5), positive terms again.
  /// - Accuracy: absolute error of the logarithms below (last + 100) 2^-51.
  package static func logarithms(at x: Double, through last: Int) -> [Double] {
    precondition(x > 0 && last >= 0, "needs x > 0 and an order of at least 0")
    // Beyond 40 sqrt(x) + 60 the terms of the sum are below 2^-1000 of the first or so.
    let top = max(last, Int(40 * x.squareRoot()) + 60) + 60
    var ratio = amosLowerRatio(order: Double(top), x: x)
    var ratios = [Double](repeating: 0, count: top)
    for k in stride(from: top, to: 0, by: -1) {
      ratio = 1 / (2 * Double(k) / x + ratio)
      ratios[k - 1] = ratio
    }
    var logarithms = [Double](repeating: 0, count: last + 1)
    var sum = 1.0
    var product = 1.0
    var logarithm = 0.0
    var lost = 0.0
    for k in 0..<top {
      product *= ratios[k]
      sum += 2 * product
      guard k < last else { continue }
      // Kahan's summation: thousands of logarithms add up.
      let term = log(ratios[k]) - lost
      let next = logarithm + term
      lost = (next - logarithm) - term
      logarithm = next
      logarithms[k + 1] = logarithm
    }
    let scale = log(sum)
    return logarithms.map { $0 - scale }
  }

  /// A lower bound on I_(order+1)(x) / I_order(x).
  ///
  /// - Source: Amos 1974, Mathematics of Computation 28 (125), pages 239 to 251.
  package static func amosLowerRatio(order: Double, x: Double) -> Double {
    x / (order + 1 + ((order + 1) * (order + 1) + x * x).squareRoot())
  }

  /// An upper bound on I_(order+1)(x) / I_order(x).
  ///
  /// - Source: Amos 1974, Mathematics of Computation 28 (125), pages 239 to 251.
  package static func amosUpperRatio(order: Double, x: Double) -> Double {
    x / (order + 0.5 + ((order + 0.5) * (order + 0.5) + x * x).squareRoot())
  }
}
