internal import CryptoPrimitives
internal import SecureAggregation
package import Storage
internal import TransparencyLog
internal import WireProtocol

/// What a device demands of its coordinator's log before it contributes: protocols/transparency-log.md,
/// section 7.
extension DeviceNode {
  /// Checks that plan and round are in the log, that the log continues what was seen of it, and that earlier
  /// contributions were accounted for; keeps what shows it.
  ///
  /// - Returns: T0 of the round that is in the log.
  /// - Throws: `log`; a head that convicts the log is kept as evidence.
  func loggedConfiguration(
    of assignment: Assignment, planSignature: Signature
  ) async throws(DeviceError) -> Bytes32 {
    let config = assignment.config
    let witnesses = try await witnessQuorum(of: config)
    let log = try await LogReader(self, witnesses: witnesses)
    let planKey = EntryKey(kind: .plan, subject: config.planHash, number: 0)
    let plan = try await log.entry(planKey) {
      guard case .plan(let found) = $0 else { return false }
      return found.signature == planSignature && found.signer == config.authority
    }
    let configuration = Transcript.configured(config)
    let roundKey = EntryKey(kind: .round, subject: config.task, number: config.round)
    let round = try await log.entry(roundKey) {
      guard case .round(let terms) = $0 else { return false }
      return terms.planHash == config.planHash && terms.modelHash == config.modelHash
        && terms.configuration == configuration
    }
    try await settleEnds(log)
    try await keep(plan, under: log.head)
    try await keep(round, under: log.head)
    return configuration
  }

  /// How many of the pinned witnesses a head needs: what the owner demands, and a majority where the round
  /// names witnesses, so that no two heads that contradict each other reach it.
  func witnessQuorum(of config: RoundConfig) async throws(DeviceError) -> WitnessQuorum {
    let pinned = Set(try await anchors().keys)
    // A round that names others than are pinned is refused for that, whatever they have signed.
    let namesPinned = !pinned.isEmpty && Set(config.witnesses.map(\.identity)) == pinned
    return try quorum(of: pinned, demandsMajority: namesPinned)
  }

  /// The same where no round is on offer.
  func ownWitnessQuorum() async throws(DeviceError) -> WitnessQuorum {
    let pinned = Set(try await anchors().keys)
    return try quorum(of: pinned, demandsMajority: !pinned.isEmpty)
  }

  private func quorum(
    of pinned: Set<VerificationKey>, demandsMajority: Bool
  ) throws(DeviceError) -> WitnessQuorum {
    let needed = max(ceilings.leastLogWitnesses, demandsMajority ? pinned.count / 2 + 1 : 0)
    guard needed <= pinned.count else {
      throw .log(.quorum(needed: needed, pinned: pinned.count))
    }
    return WitnessQuorum(pinned, needed: needed)
  }

  func keep(
    _ proved: ProvedEntry, under head: CosignedHead
  ) async throws(DeviceError) {
    try await stored { store async throws(StorageError) in
      try await store.keep(
        LogReceipt(
          kind: Int(proved.entry.key.kind.rawValue), subject: proved.entry.key.subject,
          number: proved.entry.key.number, entry: proved.encoded, head: head.encoded))
    }
  }

  /// What the log has shown of plans and rounds, each with the head that it was proved against.
  package func logReceipts() async throws(DeviceError) -> [LogReceipt] {
    try await stored { store async throws(StorageError) in try await store.receipts() }
  }

  func stored<Value: Sendable>(
    _ body: (SQLiteParticipantStore) async throws(StorageError) -> Value
  ) async throws(DeviceError) -> Value {
    do { return try await body(store) } catch { throw .storage(error) }
  }
}
