/// Why a noise distribution cannot be sampled.
package enum DiscreteNoiseError: Error, Equatable, CustomStringConvertible {
  /// A parameter is zero or beyond the range in which no intermediate product overflows.
  case parameterOutOfRange(name: String, value: UInt64, allowed: ClosedRange<UInt64>)

  /// The variance is a fraction outside of 1/`leastReciprocal`...`greatest`.
  case varianceOutOfRange(
    distribution: String, numerator: UInt64, denominator: UInt64, leastReciprocal: UInt64,
    greatest: UInt64)

  package var description: String {
    switch self {
    case .parameterOutOfRange(let name, let value, let allowed):
      "\(name) is \(value), outside \(allowed.lowerBound)...\(allowed.upperBound): "
        + "lower the noise multiplier or the scale"
    case .varianceOutOfRange(let distribution, let numerator, let denominator, let least, let most):
      "\(distribution) variance is \(numerator)/\(denominator), outside 1/\(least)...\(most): "
        + (numerator / max(1, denominator) >= most
          ? "lower the noise multiplier or the scale" : "raise the noise multiplier or the scale")
    }
  }

  /// Throws unless both terms of a variance are in range.
  static func check(
    _ numerator: UInt64, _ denominator: UInt64, allowed: ClosedRange<UInt64>
  ) throws(DiscreteNoiseError) {
    guard allowed.contains(numerator) else {
      throw .parameterOutOfRange(name: "variance numerator", value: numerator, allowed: allowed)
    }
    guard allowed.contains(denominator) else {
      throw .parameterOutOfRange(name: "variance denominator", value: denominator, allowed: allowed)
    }
  }
}
