/// Why a privacy loss cannot be computed.
package enum AccountingError: Error, Equatable, CustomStringConvertible {
  /// A number outside the range in which it means anything.
  case outOfRange(field: String, value: Double, allowed: String)

  package var description: String {
    switch self {
    case .outOfRange(let field, let value, let allowed):
      "\(field) is \(value); it must be \(allowed)"
    }
  }
}
