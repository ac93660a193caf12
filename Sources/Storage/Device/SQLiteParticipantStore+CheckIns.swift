package import CryptoPrimitives
internal import GRDB

extension SQLiteParticipantStore {
  /// Records days on which a coordinator may count the device, all or none.
  ///
  /// A day that is there already is free. A new one is recorded if it and all days that are less than `window` away,
  /// in either direction as clocks may be set back, are `most` together: then so are any `window` days in a row.
  /// - Parameters:
  ///   - days: since 1970-01-01, UTC.
  ///   - most: of all coordinators.
  /// - Returns: whether the days are recorded.
  package func noteCheckIn(
    on days: ClosedRange<UInt64>, at coordinator: Bytes32, most: Int, in window: UInt64
  ) async throws(StorageError) -> Bool {
    try await database.write { database in
      let known = try Int64.fetchSet(
        database, sql: "SELECT day FROM checkIn WHERE day BETWEEN ? AND ? AND coordinator = ?",
        arguments: [Int64(days.lowerBound), Int64(days.upperBound), coordinator.data])
      let new = days.map { Int64($0) }.filter { !known.contains($0) }
      for (earlier, day) in new.enumerated() {
        let there = try Self.checkIns(
          from: day - Int64(window) + 1, to: day + Int64(window) - 1, in: database)
        guard there + earlier < most else { return false }
      }
      for day in new {
        try database.execute(
          sql: "INSERT INTO checkIn (day, coordinator) VALUES (?, ?)",
          arguments: [day, coordinator.data])
      }
      return true
    }
  }

  /// In how many counts of these days the device may be: one for each day and coordinator.
  package func checkIns(
    from first: Int64 = 0, to last: Int64 = .max
  ) async throws(StorageError) -> Int {
    try await database.read { try Self.checkIns(from: first, to: last, in: $0) }
  }

  private static func checkIns(
    from first: Int64, to last: Int64, in database: Database
  ) throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT COUNT(*) FROM checkIn WHERE day BETWEEN ? AND ?",
      arguments: [first, last]) ?? 0
  }
}
