internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

/// What the log has to say of rounds that the device has sent its Unmask to: protocols/node-api.md, section 10.
extension DeviceNode {
  /// Demands of each how it ended, and that what was debited is what the device knows.
  ///
  /// - Throws: `log`: `missing` until the log shows it, `falseDebit` for ever.
  func settleEnds(_ log: LogReader) async throws(DeviceError) {
    let awaited = try await stored { store async throws(StorageError) in
      try await store.awaitedEnds()
    }
    for end in awaited {
      for entry in try await entries(about: end, in: log) { try await keep(entry, under: log.head) }
      try await stored { store async throws(StorageError) in try await store.settle(end.key) }
    }
  }

  /// The entries that say how a round ended: debit and release, or an abort with or without a debit.
  private func entries(
    about end: AwaitedEnd, in log: LogReader
  ) async throws(DeviceError) -> [ProvedEntry] {
    let debitKey = end.key.logKey(.debit)
    let releaseKey = end.key.logKey(.release)
    let abortKey = end.key.logKey(.abort)
    let debit = try await log.entryIfShown(debitKey)
    if let debit { try await check(debit, of: end.key, under: log.head) }
    switch end.heard {
    case .committed(let model):
      guard let debit else { throw try await log.missing(debitKey) }
      return [debit, try await release(releaseKey, naming: debit, model: model, in: log)]
    case .aborted:
      let abort = try await log.entry(abortKey)
      return [debit, abort].compactMap { $0 }
    case .nothing:
      if let abort = try await log.entryIfShown(abortKey) {
        return [debit, abort].compactMap { $0 }
      }
      guard let debit else { throw try await log.missing(debitKey) }
      return [debit, try await release(releaseKey, naming: debit, model: nil, in: log)]
    }
  }

  private func release(
    _ key: EntryKey, naming debit: ProvedEntry, model: Bytes32?, in log: LogReader
  ) async throws(DeviceError) -> ProvedEntry {
    try await log.entry(key) {
      guard case .release(let found) = $0 else { return false }
      return found.debit == debit.entry.leaf && (model == nil || found.modelHash == model)
    }
  }
}
