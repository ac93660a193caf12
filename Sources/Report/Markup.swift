internal import Foundation

/// Text and numbers as they stand in a page.
enum Markup {
  /// Text from anywhere, made harmless inside elements and quoted attributes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
    return result
  }

  /// A number with so many decimals.
  static func number(_ value: Double, _ decimals: Int = 3) -> String {
    value.isFinite ? String(format: "%.\(decimals)f", value) : "unbounded"
  }

  /// A share as a percentage.
  static func percent(_ share: Double, _ decimals: Int = 0) -> String {
    number(100 * share, decimals) + " %"
  }

  /// A count with thin spaces between thousands.
  static func count(_ value: Int) -> String {
    var digits = Array(String(abs(value)))
    var index = digits.count - 3
    while index > 0 {
      digits.insert("\u{202F}", at: index)
      index -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// A size in the unit that suits it.
  static func bytes(_ value: Int) -> String {
    switch value {
    case ..<1_000: "\(value) B"
    case ..<1_000_000: number(Double(value) / 1e3, 1) + " kB"
    default: number(Double(value) / 1e6, 1) + " MB"
    }
  }

  /// An estimate with its interval.
  static func estimate(_ value: RunFigures.Estimate) -> String {
    "\(number(value.value)) <small>\(number(value.low))&ndash;\(number(value.high))</small>"
  }

  /// Epsilon, or the words for its absence.
  static func epsilon(_ value: Double?) -> String {
    guard let value else { return "no privacy" }
    return "&epsilon; \(short(value))"
  }

  /// A number without needless zeros.
  static func short(_ value: Double) -> String {
    value == value.rounded() ? number(value, 0) : number(value, 2)
  }

  /// A table; cells are markup already.
  static func table(_ header: [String], _ rows: [[String]]) -> String {
    guard !rows.isEmpty else { return "" }
    let head = header.map { "<th>\($0)</th>" }.joined()
    let body = rows.map { row in "<tr>" + row.map { "<td>\($0)</td>" }.joined() + "</tr>" }
      .joined(separator: "\n")
    return """
      <div class="scroll"><table><thead><tr>\(head)</tr></thead>
      <tbody>\(body)</tbody></table></div>
      """
  }

  /// A section, or nothing when it has no content.
  static func section(_ title: String, _ lead: String, _ content: String) -> String {
    guard !content.isEmpty else { return "" }
    return "<section><h2>\(title)</h2><p class=\"lead\">\(lead)</p>\n\(content)</section>\n"
  }

  /// A drawing with its caption.
  static func figure(_ drawing: String, _ caption: String) -> String {
    "<figure>\(drawing)<figcaption>\(caption)</figcaption></figure>"
  }
}
