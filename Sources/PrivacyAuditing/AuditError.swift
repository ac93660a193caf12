/// Why an audit cannot be computed.
package enum AuditError: Error, Equatable, CustomStringConvertible {
  /// A number outside the range in which it means anything.
  case outOfRange(field: String, value: Double, allowed: String)
  /// A list whose length does not fit the others'.
  case countMismatch(field: String, found: Int, expected: Int)
  /// A list with a NaN or an infinity in it.
  case notFinite(field: String, index: Int)

  package var description: String {
    switch self {
    case .outOfRange(let field, let value, let allowed):
      "\(field) is \(value); it must be \(allowed)"
    case .countMismatch(let field, let found, let expected):
      "there are \(found) \(field) where \(expected) belong"
    case .notFinite(let field, let index):
      "number \(index) of the \(field) is not finite"
    }
  }

  /// Checks that a count lies in a range.
  static func require(
    _ count: Int, _ field: String, in range: ClosedRange<Int>
  ) throws(AuditError) {
    guard range.contains(count) else {
      throw .outOfRange(
        field: field, value: Double(count),
        allowed: "between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  /// Checks the chance at which an audit may fail a mechanism that keeps its promise.
  static func require(significance: Double) throws(AuditError) {
    guard significance > 0, significance < 1 else {
      throw .outOfRange(
        field: "significance", value: significance, allowed: "between 0 and 1, both excluded")
    }
  }

  /// Checks an epsilon, which may be infinite.
  static func require(epsilon: Double) throws(AuditError) {
    guard epsilon >= 0 else {
      throw .outOfRange(field: "epsilon", value: epsilon, allowed: "at least 0")
    }
  }

  /// Checks a delta; only Gaussian mechanisms have no guarantee at 0.
  static func require(delta: Double, allowsZero: Bool = true) throws(AuditError) {
    guard delta < 1, delta > 0 || (allowsZero && delta == 0) else {
      throw .outOfRange(
        field: "delta", value: delta,
        allowed: allowsZero ? "at least 0 and below 1" : "between 0 and 1, both excluded")
    }
  }

  static func requireFinite(_ values: [Double], _ field: String) throws(AuditError) {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(field: field, index: index)
    }
  }
}
