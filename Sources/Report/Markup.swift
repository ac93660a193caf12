/// HTML that is safe to show: whatever is interpolated as text is escaped.
///
/// The literal parts of an interpolation are ours and pass unchanged; a `String` in it comes from
/// behavior or from a plan and is escaped. Never call
/// `init(stringLiteral:)` by name: it exists for the compiler, which passes literals only.
package struct Markup: ExpressibleByStringInterpolation, Sendable, Equatable {
  /// The HTML itself.
  package let source: String

  package init(stringLiteral value: String) {
    source = value
  }

  package init(stringInterpolation: StringInterpolation) {
    source = stringInterpolation.source
  }

  private init(source: String) {
    self.source = source
  }

  /// The markup of one element after the other.
  package init(joining parts: [Markup], separator: Markup = "") {
    source = parts.map(\.source).joined(separator: separator.source)
  }

  /// Text with the five characters that HTML gives a meaning replaced by references.
  ///
  /// Enough for element content and for attribute values in double or single quotes; the renderer
  /// puts text nowhere else.
  package static func escaping(_ text: String) -> Markup {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return Markup(source: escaped)
  }

  package static func + (left: Markup, right: Markup) -> Markup {
    Markup(source: left.source + right.source)
  }

  package static func += (left: inout Markup, right: Markup) {
    left = left + right
  }

  /// Collects the parts of one interpolated literal.
  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) {
      source += literal
    }

    package mutating func appendInterpolation(_ text: String) {
      source += Markup.escaping(text).source
    }

    package mutating func appendInterpolation(_ markup: Markup) {
      source += markup.source
    }

    package mutating func appendInterpolation(_ number: Int) {
      source += String(number)
    }

    /// A position in a drawing, to a tenth of a pixel.
    package mutating func appendInterpolation(at coordinate: Double) {
      source += FigureText.fixed(coordinate, digits: 1)
    }
  }
}
