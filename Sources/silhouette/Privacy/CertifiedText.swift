internal import Foundation

/// Numbers of a guarantee, rounded to the side on which they stay true.
enum CertifiedText {
  /// At least `value`, to this many significant digits.
  static func upward(_ value: Double, digits: Int = 6) -> String {
    rounded(value, digits: digits, .up)
  }

  /// At most `value`.
  static func downward(_ value: Double, digits: Int = 6) -> String {
    rounded(value, digits: digits, .down)
  }

  private static func rounded(
    _ value: Double, digits: Int, _ rule: FloatingPointRoundingRule
  ) -> String {
    guard value.isFinite, value != 0 else {
      return value == 0 ? "0" : value > 0 ? "infinity" : "none"
    }
    let exponent = Int(log10(abs(value)).rounded(.down))
    let places = digits - 1 - exponent
    guard abs(places) < 290 else { return String(format: "%.17g", value) }
    let scale = pow(10.0, Double(abs(places)))
    // Computed on whole numbers of the last digit, then written with exactly that digit.
    let scaled = places >= 0 ? value * scale : value / scale
    let nearest = scaled.rounded()
    // What is a decimal number already must not be moved by the rounding of the product.
    let whole = abs(scaled - nearest) < 1e-9 * abs(nearest) * 1e-4 ? nearest : scaled.rounded(rule)
    return String(format: "%.\(digits)g", places >= 0 ? whole / scale : whole * scale)
  }
}
