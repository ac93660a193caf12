package import Behavior

/// Events and a catalogue as delimited text with a header line each.
///
/// | file | required columns | optional columns |
/// |---|---|---|
/// | events | `user`, `item` | `kind` (else view), `value`, `time` (seconds since 1970) |
/// | catalogue | `item` | `title`, `categories` (separated by a bar), `text`, `price`, `creator`, `time` |
///
/// Columns may stand in any order and others are ignored. An empty field counts as missing.
/// Without a catalogue the items are those of the events, each with its identifier as title.
package struct CSVDatasetReader: DatasetReader {
  /// The columns of a file, as its first line names them.
  private struct Columns {
    let required: [String]
    let optional: [String]

    var description: String {
      required.joined(separator: ",") + " and, where known, " + optional.joined(separator: ",")
        + " (time in seconds since 1970)"
    }
  }

  private static let eventColumns = Columns(
    required: ["user", "item"], optional: ["kind", "value", "time"])
  private static let catalogueColumns = Columns(
    required: ["item"], optional: ["title", "categories", "text", "price", "creator", "time"])

  private let events: String
  private let catalogue: String?
  private let format: CSVReader.Format

  package init(
    events: String, catalogue: String?, format: CSVReader.Format = CSVReader.Format()
  ) {
    self.events = events
    self.catalogue = catalogue
    self.format = format
  }

  package func read(_ limits: ReadingLimits) throws(ReaderError) -> Population {
    var assembly = PopulationAssembly(hasCatalogue: catalogue != nil, limits: limits)
    if let catalogue { try addItems(of: catalogue, to: &assembly) }
    assembly.beginEvents()
    try forEachRow(of: events, Self.eventColumns, &assembly) {
      (row, assembly) throws(RowProblem) in
      try assembly.add(
        EventRecord(
          user: row["user"], item: row["item"], kind: row["kind"], value: row.number("value"),
          time: row.wholeNumber("time")))
    }
    return try assembly.population(
      source: .ofFile(events), file: events, limits: limits)
  }

  /// Reads the catalogue alone.
  func readCatalogue(
    _ limits: ReadingLimits
  ) throws(ReaderError) -> (catalogue: Catalogue, badRows: [CleaningReport.BadRow]) {
    var assembly = PopulationAssembly(hasCatalogue: true, limits: limits)
    try addItems(of: catalogue ?? events, to: &assembly)
    return (assembly.catalogue, assembly.badRows.rows)
  }

  private func addItems(
    of file: String, to assembly: inout PopulationAssembly
  ) throws(ReaderError) {
    try forEachRow(of: file, Self.catalogueColumns, &assembly) {
      (row, assembly) throws(RowProblem) in
      try assembly.add(
        CatalogueRecord(
          id: row["item"], title: row["title"],
          categories: row["categories"]?.split(separator: "|").map(String.init) ?? [],
          text: row["text"], price: row.number("price"), creator: row["creator"],
          time: row.wholeNumber("time")))
    }
  }

  /// Hands every record to `body` and keeps those that it, or the grammar, refuses as bad rows.
  private func forEachRow(
    of file: String, _ expected: Columns, _ assembly: inout PopulationAssembly,
    body: (NamedFields, inout PopulationAssembly) throws(RowProblem) -> Void
  ) throws(ReaderError) {
    var reader = try CSVReader(path: file, format: format)
    let columns = try header(&reader, file: file, expected)
    while let row = try reader.next() {
      assembly.countRow()
      switch row {
      case .bad(let line, let reason):
        try assembly.badRows.add(file: file, line: line, reason: reason)
      case .record(let line, let fields):
        do throws(RowProblem) {
          guard fields.count == columns.count else {
            throw RowProblem(reason: "\(columns.count) fields expected, \(fields.count) found")
          }
          try body(NamedFields(columns: columns.index, fields: fields), &assembly)
        } catch {
          try assembly.badRows.add(file: file, line: line, reason: error.reason)
        }
      }
    }
  }

  private func header(
    _ reader: inout CSVReader, file: String, _ expected: Columns
  ) throws(ReaderError) -> (count: Int, index: [String: Int]) {
    guard let row = try reader.next() else { throw .noRows(file: file) }
    switch row {
    case .bad(_, let reason):
      throw .damaged(file: file, reason: "the header cannot be read: \(reason)")
    case .record(_, let names):
      let index = Dictionary(
        names.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
      for name in expected.required where index[name] == nil {
        throw .missingColumn(
          file: file, column: name, found: names, expected: expected.description)
      }
      return (names.count, index)
    }
  }
}

/// The fields of one record by the name of their column.
private struct NamedFields {
  let columns: [String: Int]
  let fields: [String]

  /// The field, or `nil` when it is empty or its column is absent.
  subscript(name: String) -> String? {
    guard let column = columns[name], !fields[column].isEmpty else { return nil }
    return fields[column]
  }

  func number(_ name: String) throws(RowProblem) -> Double? {
    guard let text = self[name] else { return nil }
    guard let number = Double(text) else {
      throw RowProblem(reason: "the field \(name) is not a number")
    }
    return number
  }

  func wholeNumber(_ name: String) throws(RowProblem) -> Int64? {
    guard let text = self[name] else { return nil }
    guard let number = Int64(text) else {
      throw RowProblem(
        reason: "the field \(name) is not a whole number, such as 1700000000 for a moment of 2023: "
          + "write seconds since 1970")
    }
    return number
  }
}

extension Population.Source {
  /// A file of which nothing is known but its name.
  static func ofFile(_ path: String) -> Self {
    Self(
      name: String(path.split(separator: "/").last ?? "events"), licence: "Not stated by the file.",
      isSynthetic: false)
  }
}
