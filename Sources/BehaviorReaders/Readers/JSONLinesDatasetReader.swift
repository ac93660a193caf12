package import Behavior
internal import Foundation

/// Events and a catalogue as one JSON object per line.
///
/// | file | required keys | optional keys |
/// |---|---|---|
/// | events | `user`, `item` | `kind` (else view), `value`, `time` (seconds since 1970) |
/// | catalogue | `item` | `title`, `categories` (a list, or text separated by bars), `text`, `price`, `creator`, `time` |
///
/// Identifiers may be strings or whole numbers. Other keys are ignored; `null` counts as missing.
package struct JSONLinesDatasetReader: DatasetReader {
  private let events: String
  private let catalogue: String?

  package init(events: String, catalogue: String?) {
    self.events = events
    self.catalogue = catalogue
  }

  package func read(_ limits: ReadingLimits) throws(ReaderError) -> Population {
    var assembly = PopulationAssembly(hasCatalogue: catalogue != nil, limits: limits)
    if let catalogue {
      try forEachLine(of: catalogue, JSONItem.self, &assembly) {
        (item, assembly) throws(RowProblem) in
        try assembly.add(
          CatalogueRecord(
            id: item.item?.text, title: item.title, categories: item.categories?.names ?? [],
            text: item.text, price: item.price, creator: item.creator, time: item.time))
      }
    }
    assembly.beginEvents()
    try forEachLine(of: events, JSONEvent.self, &assembly) { (event, assembly) throws(RowProblem) in
      try assembly.add(
        EventRecord(
          user: event.user?.text, item: event.item?.text, kind: event.kind, value: event.value,
          time: event.time))
    }
    return try assembly.population(source: .ofFile(events), file: events, limits: limits)
  }

  /// Decodes every line that is not empty, and keeps those that are refused as bad rows.
  private func forEachLine<Row: Decodable>(
    of file: String, _ type: Row.Type, _ assembly: inout PopulationAssembly,
    body: (Row, inout PopulationAssembly) throws(RowProblem) -> Void
  ) throws(ReaderError) {
    let decoder = JSONDecoder()
    var reader = try LineReader(path: file)
    let limit = reader.maximumBytes
    while let line = try reader.next() {
      if case .text(_, []) = line { continue }
      assembly.countRow()
      switch line {
      case .tooLong(let number):
        try assembly.badRows.add(
          file: file, line: number, reason: "the line is longer than \(limit) bytes")
      case .text(let number, let bytes):
        do throws(RowProblem) {
          try body(decode(bytes, decoder), &assembly)
        } catch {
          try assembly.badRows.add(file: file, line: number, reason: error.reason)
        }
      }
    }
  }

  private func decode<Row: Decodable>(
    _ bytes: [UInt8], _ decoder: JSONDecoder
  ) throws(RowProblem) -> Row {
    guard TextEncoding.utf8.decode(bytes) != nil else {
      throw RowProblem(reason: "the line is not valid UTF-8")
    }
    do {
      return try decoder.decode(Row.self, from: Data(bytes))
    } catch DecodingError.typeMismatch(_, let context) {
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw RowProblem(
        reason: key.isEmpty
          ? "the line is not a JSON object"
          : "the key \(key) has a value of the wrong type"
            + (key == "time" ? ": write seconds since 1970, such as 1700000000" : ""))
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw RowProblem(reason: "the key \(key) has a value out of range")
    } catch {
      throw RowProblem(reason: "the line is not valid JSON")
    }
  }
}

private struct JSONEvent: Decodable {
  let user: JSONIdentifier?
  let item: JSONIdentifier?
  let kind: String?
  let value: Double?
  let time: Int64?
}

private struct JSONItem: Decodable {
  let item: JSONIdentifier?
  let title: String?
  let categories: JSONCategories?
  let text: String?
  let price: Double?
  let creator: String?
  let time: Int64?
}

/// A string, or a whole number that stands for its digits.
private struct JSONIdentifier: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      text = try container.decode(String.self)
    } catch DecodingError.typeMismatch {
      text = String(try container.decode(Int64.self))
    }
  }
}

/// A list of names, or one string with bars between them.
private struct JSONCategories: Decodable {
  let names: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      names = try container.decode([String].self)
    } catch DecodingError.typeMismatch {
      names = try container.decode(String.self).split(separator: "|").map(String.init)
    }
  }
}
