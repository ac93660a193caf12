internal import GRDB

extension SQLiteCoordinatorStore {
  package func keep(_ attendance: AttendanceRecord) async throws(StorageError) {
    try await database.write { database in
      // A day is told once: two counts of it would cost its devices twice.
      try database.execute(
        sql: "INSERT OR IGNORE INTO attendance (day, count, isWhole) VALUES (?, ?, ?)",
        arguments: [attendance.day, attendance.count, attendance.isWhole])
    }
  }

  package func attendance(limit: Int) async throws(StorageError) -> [AttendanceRecord] {
    try await database.read { database in
      try Row.fetchAll(
        database, sql: "SELECT day, count, isWhole FROM attendance ORDER BY day DESC LIMIT ?",
        arguments: [limit]
      ).map { AttendanceRecord(day: $0["day"], count: $0["count"], isWhole: $0["isWhole"]) }
    }
  }
}
