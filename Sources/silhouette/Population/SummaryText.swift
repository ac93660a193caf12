internal import Behavior
internal import Foundation

/// A population's summary for a reader at the console.
enum SummaryText {
  /// Sizes first, then spread, then what cleaning did.
  static func text(of summary: PopulationSummary) -> String {
    let perUser = summary.eventsPerUser
    var lines = [
      summary.source.name + (summary.source.isSynthetic ? " (synthetic)" : ""),
      "users: \(summary.users)",
      "items: \(summary.items), \(summary.itemsWithEvents) of them with events",
      "events: \(summary.events)",
      "density: \(percent(summary.density)) of all pairs of user and item have an event, pairs with "
        + "several counted once",
      "events per user: \(perUser.minimum) to \(perUser.maximum), median \(perUser.median), "
        + "quartiles \(perUser.lowerQuartile) and \(perUser.upperQuartile)",
      "popularity: Gini \(decimal(summary.popularityGini, digits: 2)), the top fifth of the items "
        + "has \(percent(summary.topFifthShare)) of the events",
      "kinds: "
        + summary.kinds.map { "\($0.name) \(percent($0.fraction))" }
        .joined(separator: ", "),
    ]
    if let span = summary.timeSpan {
      lines.append("time: \(day(span.lowerBound)) to \(day(span.upperBound))")
    }
    if !summary.categories.isEmpty {
      lines.append(
        "categories: "
          + summary.categories.prefix(8).map { "\($0.name) \(percent($0.fraction))" }
          .joined(separator: ", "))
    }
    for finding in summary.cleaning.findings where finding.count > 0 {
      lines.append("cleaning: \(finding.step): \(finding.count); \(finding.action)")
    }
    let badRows = summary.cleaning.badRows
    if !badRows.isEmpty {
      lines.append("bad rows: \(badRows.count) of \(summary.cleaning.rowsRead), left out")
    }
    for row in badRows.prefix(5) {
      lines.append("bad row: \(row.file):\(row.line): \(row.reason)")
    }
    if let license = summary.source.licence { lines.append("license: \(license)") }
    return lines.joined(separator: "\n")
  }

  private static func percent(_ value: Double) -> String { decimal(value * 100, digits: 1) + " %" }

  private static func decimal(_ value: Double, digits: Int) -> String {
    value.formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "C")))
  }

  /// The day in UTC, for example `1997-09-20`.
  private static func day(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
  }
}
