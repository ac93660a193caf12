package import TransparencyLog

extension RoundKey {
  /// The round as the log names it.
  package var logged: RoundReference { RoundReference(task: task, number: number) }

  /// Where the log has what it says of the round.
  package func logKey(_ kind: EntryKind) -> EntryKey {
    EntryKey(kind: kind, subject: task, number: number)
  }
}

extension LogEntry {
  /// An entry of a time in Unix seconds.
  ///
  /// - Throws: `notLoggable` for what is outside of the ranges of entries.
  package init(at time: Int64, _ content: Content) throws(StorageError) {
    do throws(LogRefusal) { try self.init(time: UInt64(max(0, time)), content) } catch {
      guard case .encoding(let fault) = error else { throw .logDamaged(rule: error.rule) }
      throw .notLoggable(fault)
    }
  }

  /// That a round has ended without a release.
  package static func abort(
    of round: RoundKey, reason: UInt32, at time: Int64
  ) throws(StorageError) -> LogEntry {
    try LogEntry(at: time, .abort(LoggedAbort(round: round.logged, code: Int(reason))))
  }
}
