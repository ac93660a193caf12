internal import Foundation

/// Times as people read them.
enum Moment {
  /// Such as `2026-03-01 09:30:00Z`; a dash for none.
  static func text(_ unixSeconds: Int64?) -> String {
    guard let unixSeconds else { return "-" }
    return Date(timeIntervalSince1970: TimeInterval(unixSeconds))
      .formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space))
  }
}
