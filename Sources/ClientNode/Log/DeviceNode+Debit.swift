internal import FederatedRounds
internal import SecureAggregation
internal import Storage
internal import TransparencyLog

/// What the log has to say of a sum before it can be opened: protocols/node-api.md, section 10.
///
/// Shares of enough devices open a sum, so none leaves a device before everybody can see what it costs.
extension DeviceNode {
  /// Demands the debit of the round that the device is in, and keeps what shows it.
  ///
  /// - Throws: `log`: `missing` until the log shows it, `falseDebit` for ever.
  func demandDebit(of config: RoundConfig) async throws(DeviceError) {
    let key = RoundKey(config.name)
    let log = try await LogReader(self, witnesses: witnessQuorum(of: config))
    let debit = try await log.entry(key.logKey(.debit))
    try await check(debit, of: key, under: log.head)
    try await keep(debit, under: log.head)
  }

  /// Compares a debit with the set that the device has signed and the noise that it was promised.
  ///
  /// A debit that differs is kept: the head that it is proved against is the log's own word.
  func check(
    _ debit: ProvedEntry, of key: RoundKey, under head: CosignedHead
  ) async throws(DeviceError) {
    let (round, charge) = try await stored { store async throws(StorageError) in
      (try await store.round(key), try await store.charge(of: key))
    }
    guard case .debit(let found) = debit.entry.content else {
      throw .log(.differs(key.logKey(.debit)))
    }
    // What was recorded before counts and mechanisms were noted is compared as far as it goes.
    let isOwnSet =
      found.transcript == round?.survivors
      && (round?.survivorCount).map { $0 == found.survivorCount } != false
    let isOwnNoise = charge?.mechanism.map { $0 == found.mechanism.encoded } != false
    guard isOwnSet, isOwnNoise else {
      try await keep(FalseDebit(debit, key.logKey(.debit), under: head))
      throw .log(.falseDebit(key.logKey(.debit)))
    }
  }
}
