/// How many devices checked in on one day, as nobody can tell of a single one from it.
package struct AttendanceRecord: Sendable, Equatable {
  /// Since 1970-01-01, UTC.
  package let day: Int64
  /// With noise; may be below 0.
  package let count: Int64
  /// Whether the coordinator saw the day from its beginning: otherwise more may have checked in.
  package let isWhole: Bool

  package init(day: Int64, count: Int64, isWhole: Bool) {
    self.day = day
    self.count = count
    self.isWhole = isWhole
  }
}
