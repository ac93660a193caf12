/// Drops events before there were online catalogues or after the present.
///
/// They come from unset clocks, and one of them would bend every statistic over time. Events
/// without a time stay, and so does a log whose times are positions.
package struct DropImpossibleTimes: CleaningStep {
  /// 1995-01-01 00:00 UTC in seconds since 1970.
  package static let earliestTime: Int64 = 788_918_400

  private let latestTime: Int64

  /// - Parameter latestTime: seconds since 1970 after which nothing can have happened yet.
  package init(latestTime: Int64) {
    self.latestTime = latestTime
  }

  package func apply(to table: inout EventTable, catalogue: Catalogue) -> CleaningReport.Finding {
    let count =
      switch table.clock {
      case .ordinal: 0
      case .unixSeconds:
        table.remove { _, event in
          event.hasTime && (event.time < Self.earliestTime || event.time > latestTime)
        }
      }
    return CleaningReport.Finding(
      step: "impossible times", count: count,
      action: "Dropped the events dated before 1995 or after the present.")
  }
}
