import TestSupport

@testable import DiscreteNoise

/// A symmetric distribution as probabilities in floating point, for expected counts and moments.
struct NoiseLaw {
  /// P(0), P(1), ...
  let probabilities: [Double]

  init(_ masses: SymmetricMasses) {
    probabilities = masses.signed.map { Double($0) * 0x1p-127 }
  }

  init(probabilities: [Double]) { self.probabilities = probabilities }

  /// The law of the sum of `count` independent variables.
  func sum(of count: Int) -> NoiseLaw {
    var total = [Double](repeating: 0, count: 2 * probabilities.count - 1)
    guard count > 1 else { return self }
    let rest = sum(of: count - 1)
    total = (0..<probabilities.count + rest.probabilities.count - 1).map { k in
      let reach = probabilities.count - 1
      return (-reach...reach).reduce(0) { sum, j in
        let other = abs(k - j)
        return other < rest.probabilities.count
          ? sum + probabilities[abs(j)] * rest.probabilities[other] : sum
      }
    }
    return NoiseLaw(probabilities: total)
  }

  /// E[X^order] for an even order.
  func moment(_ order: Int) -> Double {
    probabilities.enumerated().reduce(0) { sum, pair in
      guard pair.offset > 0 else { return sum }
      let power = (0..<order).reduce(1.0) { value, _ in value * Double(pair.offset) }
      return sum + 2 * pair.element * power
    }
  }
}

extension SymmetricMasses {
  /// The masses of zero and the positive integers, with one sign each.
  var signed: [UInt128] { [folded[0]] + folded.dropFirst().map { $0 / 2 } }

  static func of(_ law: NoiseVectors.Law, _ numerator: UInt64, _ denominator: UInt64) -> Self {
    switch law {
    case .skellam: Skellam.masses(numerator: numerator, denominator: denominator)
    case .discreteGaussian:
      DiscreteGaussian.masses(numerator: numerator, denominator: denominator)
    }
  }
}
