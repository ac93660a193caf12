package import Behavior

/// Why a source of behavior could not be read or written.
package enum ReaderError: Error, Equatable, CustomStringConvertible {
  /// A file that the layout needs is not in the directory.
  case missingFile(directory: String, name: String, layout: String)
  case cannotOpen(file: String, reason: String)
  /// The file stops being readable, for example a truncated archive.
  case damaged(file: String, reason: String)
  case missingColumn(file: String, column: String, found: [String], expected: String)
  /// A quote is opened on this line and never closed, so all that follows would be lost.
  case quoteNeverClosed(file: String, line: Int)
  /// The file holds no row, or none that could be read.
  case noRows(file: String)
  /// More rows are broken than the caller accepts.
  case tooManyBadRows(limit: Int, last: CleaningReport.BadRow)
  /// The published split names no test for this user.
  case missingTest(file: String, user: String)
  case cannotWrite(file: String, reason: String)

  package var description: String {
    switch self {
    case .missingFile(let directory, let name, let layout):
      "\(directory) holds no \(name) (nor \(name).gz). The \(layout) layout needs it: "
        + "check the directory or choose another format."
    case .cannotOpen(let file, let reason):
      "\(file) cannot be opened: \(reason). Check that it exists and may be read."
    case .damaged(let file, let reason):
      "\(file) is damaged: \(reason). Fetch it again."
    case .missingColumn(let file, let column, let found, let expected):
      "\(file), line 1: no column is called \(column); found \(Self.excerpt(found)). "
        + "The first line has to name the columns, with commas between them: \(expected)."
    case .quoteNeverClosed(let file, let line):
      "\(file), line \(line): a quote is opened here and never closed, so the rest of the file would "
        + "be lost. Close it, or double quotes that belong to the text."
    case .noRows(let file):
      "\(file) holds no usable row. Check that it is the file you meant."
    case .tooManyBadRows(let limit, let last):
      "More than \(limit) rows are broken, the last in \(last.file), line \(last.line): "
        + "\(last.reason). Mend the file, or accept more with behavior.maxBadRows in a scenario and "
        + "--max-bad-rows of data describe."
    case .missingTest(let file, let user):
      "\(file) names no test for user \(user). A published split needs one line per user."
    case .cannotWrite(let file, let reason):
      "\(file) cannot be written: \(reason). Check the directory and the free space."
    }
  }

  /// The first few names, short and on one line: a file without a header has data in their place.
  private static func excerpt(_ names: [String]) -> String {
    let shown = names.prefix(8).map { name in
      let visible = name.unicodeScalars.prefix(24).map { scalar in
        scalar.properties.generalCategory == .control ? "?" : Character(scalar)
      }
      return String(visible) + (name.unicodeScalars.count > 24 ? "..." : "")
    }
    return shown.joined(separator: ", ") + (names.count > shown.count ? ", ..." : "")
  }
}

/// The broken rows of one reading, up to the number that the caller accepts.
struct BadRows {
  let limit: Int
  private(set) var rows: [CleaningReport.BadRow] = []

  init(limit: Int) {
    self.limit = limit
  }

  /// Keeps one broken row, or gives up when there were `limit` already.
  mutating func add(file: String, line: Int, reason: String) throws(ReaderError) {
    let row = CleaningReport.BadRow(file: file, line: line, reason: reason)
    guard rows.count < limit else { throw .tooManyBadRows(limit: limit, last: row) }
    rows.append(row)
  }
}
