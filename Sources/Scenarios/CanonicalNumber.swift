/// The one way in which an effective plan writes a number.
enum CanonicalNumber {
  /// The shortest decimal that reads back as the same number, whole numbers without a point.
  static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
