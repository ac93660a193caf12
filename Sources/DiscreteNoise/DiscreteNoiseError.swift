/// Why a noise distribution cannot be sampled.
package enum DiscreteNoiseError: Error, Equatable, CustomStringConvertible {
  /// A parameter is zero or beyond the range in which no intermediate product overflows.
  case parameterOutOfRange(name: String, value: UInt64, allowed: ClosedRange<UInt64>)

  package var description: String {
    switch self {
    case .parameterOutOfRange(let name, let value, let allowed):
      "\(name) is \(value), outside \(allowed.lowerBound)...\(allowed.upperBound): "
        + "lower the noise multiplier or the scale"
    }
  }
}
