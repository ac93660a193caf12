/// Why a privacy loss cannot be computed.
package enum AccountingError: Error, Equatable, CustomStringConvertible {
  /// A number outside the range in which it means anything.
  case outOfRange(field: String, value: Double, allowed: String)
  /// No accountant here has a proven bound for this mechanism under this neighboring relation.
  case unsupported(mechanism: String, reason: String)
  /// No value in the allowed range reaches the target.
  case unreachable(quantity: String, target: String, reason: String)

  package var description: String {
    switch self {
    case .outOfRange(let field, let value, let allowed):
      "\(field) is \(value); it must be \(allowed)"
    case .unsupported(let mechanism, let reason):
      "\(mechanism) cannot be accounted for: \(reason)"
    case .unreachable(let quantity, let target, let reason):
      "no \(quantity) reaches \(target): \(reason)"
    }
  }
}
