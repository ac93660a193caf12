internal import Foundation

/// The golden values under protocols/vectors/accounting.
package struct AccountingVectors: Decodable {
  /// One mechanism with its parameters.
  package struct Case: Decodable {
    package let id: String
    package let mechanism: String
    package let adjacency: String
    package let params: [String: Scalar]
    package let results: [Result]
  }

  /// One quantity at one query, by every method that computed it.
  package struct Result: Decodable {
    package let quantity: String
    package let at: [String: Scalar]
    package let values: [String: Value]
    /// Proved or naive bounds at the same query.
    package let bound: [String: Scalar]?

    /// The reference method's value.
    package var reference: Value? { values.first { $0.key.hasPrefix("ref.") }?.value }

    /// The first number that a method found.
    package func number(of method: String) -> Double? { values[method]?.v.list.first }
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

  /// A number, or text such as a fraction "7/2", a range "0..9" or "inf", or a list, a flag, nothing.
  package enum Scalar: Decodable {
    case number(Double)
    case text(String)
    case flag(Bool)
    case list([Double])
    case rows([[Double]])
    case missing

    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .missing
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let list = try? container.decode([Double].self) {
        self = .list(list)
      } else if let rows = try? container.decode([[Double]].self) {
        self = .rows(rows)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    /// The number meant; infinity for "inf".
    package var number: Double? {
      switch self {
      case .number(let value): value
      case .text(let text): Double(text)
      case .flag, .list, .rows, .missing: nil
      }
    }

    /// The numbers of a list; a single one counts as a list.
    package var list: [Double]? {
      switch self {
      case .number(let value): [value]
      case .list(let values): values
      case .text, .flag, .rows, .missing: nil
      }
    }

    /// The rows of a matrix.
    package var rows: [[Double]]? {
      guard case .rows(let rows) = self else { return nil }
      return rows
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
