internal import Behavior

/// What the console says about rows that could not be read.
enum BadRowNotice {
  /// One line, or `nil` when every row was read.
  static func text(_ cleaning: CleaningReport) -> String? {
    guard let first = cleaning.badRows.first else { return nil }
    let count = cleaning.badRows.count
    return "warning: \(count) bad \(count == 1 ? "row was" : "rows were") left out, the first at "
      + "\(first.file):\(first.line): \(first.reason)"
  }
}
