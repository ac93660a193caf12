internal import Foundation

/// The golden values under protocols/vectors/accounting.
package struct AccountingVectors: Decodable {
  /// One mechanism with its parameters.
  package struct Case: Decodable {
    package let id: String
    package let mechanism: String
    package let params: [String: Scalar]
    package let results: [Result]
  }

  /// One quantity at one query, by every method that computed it.
  package struct Result: Decodable {
    package let quantity: String
    package let at: [String: Scalar]
    package let values: [String: Value]

    /// The reference method's value.
    package var reference: Value? { values.first { $0.key.hasPrefix("ref.") }?.value }
  }

  /// A number or a table, with its error bound where there is one.
  package struct Value: Decodable {
    package let v: Numbers
    package let absoluteError: Double?
    package let twoSidedTail: Double?

    enum CodingKeys: String, CodingKey {
      case v
      case absoluteError = "abs_err"
      case twoSidedTail = "tail_two_sided"
    }
  }

  /// A number, or text such as a fraction "7/2", a range "0..9" or "inf".
  package enum Scalar: Decodable {
    case number(Double)
    case text(String)

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        self = .number(try container.decode(Double.self))
      } catch {
        self = .text(try container.decode(String.self))
      }
    }

    /// The number meant; infinity for "inf".
    package var number: Double? {
      switch self {
      case .number(let value): value
      case .text(let text): Double(text)
      }
    }

    /// Numerator and denominator of a fraction or whole number.
    package var fraction: (numerator: UInt64, denominator: UInt64)? {
      guard case .text(let text) = self else { return nil }
      let parts = text.split(separator: "/").compactMap { UInt64($0) }
      return parts.count == 1 ? (parts[0], 1) : parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }

  /// One number or a list of them.
  package struct Numbers: Decodable {
    package let list: [Double]

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        list = try container.decode([Double].self)
      } catch {
        list = [try container.decode(Scalar.self).number ?? .nan]
      }
    }
  }

  package let cases: [Case]

  /// The vectors in one file of the repository, such as "gaussian".
  package static func load(_ name: String, from file: String = #filePath) throws -> Self {
    let root = URL(fileURLWithPath: file)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appending(path: "protocols/vectors/accounting/\(name).json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: path))
  }
}
