#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Numbers as a reader wants them.
package enum FigureText {
  /// What stands where there is no number.
  package static let missing = "–"

  /// With exactly `digits` decimals, rounded half away from zero.
  package static func fixed(_ value: Double, digits: Int) -> String {
    let scale = power(of: digits)
    guard value.isFinite, abs(value) * Double(scale) < 1e15 else { return missing }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % scale)
    let padding = String(repeating: "0", count: digits - fraction.count)
    return sign + String(scaled / scale) + "." + padding + fraction
  }

  /// With its sign, unless it is shown as zero.
  package static func signed(_ value: Double, digits: Int) -> String {
    let text = fixed(value, digits: digits)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// Up to `digits` decimals, without trailing zeros.
  package static func short(_ value: Double, digits: Int = 3) -> String {
    var text = fixed(value, digits: digits)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A rate between 0 and 1 in percent.
  package static func percent(_ rate: Double, digits: Int = 1) -> String {
    let text = fixed(rate * 100, digits: digits)
    return text == missing ? text : text + "\u{202F}%"
  }

  /// A count with thousands set apart.
  package static func count(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var grouped = count < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return grouped
  }

  /// A count with its noun, in the singular for one.
  package static func count(_ number: Int, _ singular: String, _ plural: String) -> String {
    count(number) + " " + (number == 1 ? singular : plural)
  }

  /// A size in the decimal unit that suits it.
  package static func bytes(_ bytes: Int) -> String {
    let units: [(Double, String)] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
    for (size, unit) in units where Double(bytes) >= size {
      let amount = Double(bytes) / size
      return fixed(amount, digits: amount < 10 ? 1 : 0) + "\u{202F}" + unit
    }
    return String(bytes) + "\u{202F}B"
  }

  /// A time span in the unit that suits it.
  package static func seconds(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.001: "under 1\u{202F}ms"
    case ..<1: fixed(seconds * 1000, digits: 0) + "\u{202F}ms"
    case ..<120: fixed(seconds, digits: 1) + "\u{202F}s"
    default: fixed(seconds / 60, digits: 1) + "\u{202F}min"
    }
  }

  /// A bound that a guarantee states, rounded up to three significant digits.
  ///
  /// Every epsilon and delta is written by this function: a guarantee may be stated weaker than it
  /// is, never stronger, and never as 0. 2.504 becomes 2.51, 3 stays 3.
  package static func upperBound(_ bound: Double) -> String {
    guard bound.isFinite else { return missing }
    guard bound > 0 else { return "0" }
    // Far below anything that is promised, and still a number with three digits.
    let bound = max(bound, 1e-300)
    var exponent = Int(log10(bound).rounded(.down)) - 2
    // Compared as the numbers that the texts stand for: 0.07 is written as 0.07, although
    // 0.07 * 10000 is more than 700.
    func number(_ digits: Int) -> Double { Double("\(digits)e\(exponent)") ?? .infinity }
    var digits = max(1, Int((bound / number(1)).rounded(.down)) - 1)
    while number(digits) < bound { digits += 1 }
    if digits >= 1000 {
      digits /= 10
      exponent += 1
    }
    let rounded = number(digits)
    return (0.001..<1e6).contains(rounded)
      ? short(rounded, digits: max(0, -exponent)) : scientific(rounded)
  }

  /// What stands for an infinite privacy loss: not "nothing", which reads as if nothing could be learned.
  package static let noBound = "no bound"

  /// A privacy loss, or that it has no bound.
  package static func epsilon(_ epsilon: Double?) -> String {
    guard let epsilon, epsilon.isFinite else { return noBound }
    return "ε = " + upperBound(epsilon)
  }

  /// A small or large number as a power of ten: `10⁻⁵`, `2.5·10⁻⁶`.
  package static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : missing }
    var exponent = Int(log10(abs(value)).rounded(.down))
    var mantissa = value / pow(10, Double(exponent))
    if short(abs(mantissa), digits: 2) == "10" {
      mantissa /= 10
      exponent += 1
    }
    let factor = short(mantissa, digits: 2)
    return (factor == "1" ? "" : factor + "·") + "10" + superscript(exponent)
  }

  /// Three significant digits or so, whatever the magnitude.
  package static func significant(_ value: Double) -> String {
    switch abs(value) {
    case 0: "0"
    case ..<0.001: scientific(value)
    case ..<1: fixed(value, digits: 3)
    case ..<10: fixed(value, digits: 2)
    case ..<100: fixed(value, digits: 1)
    case ..<1e7: fixed(value, digits: 0)
    default: scientific(value)
    }
  }

  private static func superscript(_ number: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let raised = String(number.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (number < 0 ? "⁻" : "") + String(raised)
  }

  private static func power(of digits: Int) -> Int {
    (0..<digits).reduce(1) { product, _ in product * 10 }
  }
}
