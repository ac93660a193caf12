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
    let plan = try await log.entry(planKey)
    guard case .plan(let found) = plan.entry.content, found.signature == planSignature,
      found.signer == config.authority
    else { throw .log(.differs(planKey)) }
    let roundKey = EntryKey(kind: .round, subject: config.task, number: config.round)
    let round = try await log.entry(roundKey)
    guard case .round(let terms) = round.entry.content, terms.planHash == config.planHash,
      terms.modelHash == config.modelHash,
      terms.configuration == Transcript.configured(config)
    else { throw .log(.differs(roundKey)) }
    try await settle(log)
    try await keep(plan, under: log.head)
    try await keep(round, under: log.head)
    return terms.configuration
  }

  /// How many of the pinned witnesses a head needs: what the owner demands, and a majority where the round
  /// names witnesses, so that no two heads that contradict each other reach it.
  private func witnessQuorum(of config: RoundConfig) async throws(DeviceError) -> WitnessQuorum {
    let pinned = Set(try await anchors().keys)
    // A round that names others than are pinned is refused for that, whatever they have signed.
    let namesPinned = !pinned.isEmpty && Set(config.witnesses.map(\.identity)) == pinned
    let needed = max(ceilings.leastLogWitnesses, namesPinned ? pinned.count / 2 + 1 : 0)
    guard needed <= pinned.count else {
      throw .log(.quorum(needed: needed, pinned: pinned.count))
    }
    return WitnessQuorum(pinned, needed: needed)
  }

  /// Demands debit and release of every round that was committed with this device in it.
  private func settle(_ log: LogReader) async throws(DeviceError) {
    for round in try await stored({ store async throws(StorageError) in try await store.unsettled()
    }) {
      let debitKey = EntryKey(kind: .debit, subject: round.key.task, number: round.key.number)
      let debit = try await log.entry(debitKey)
      let releaseKey = EntryKey(kind: .release, subject: round.key.task, number: round.key.number)
      let release = try await log.entry(releaseKey)
      guard case .release(let found) = release.entry.content, found.modelHash == round.model,
        found.debit == debit.entry.leaf
      else { throw .log(.differs(releaseKey)) }
      try await keep(debit, under: log.head)
      try await keep(release, under: log.head)
      try await stored { store async throws(StorageError) in try await store.settle(round.key) }
    }
  }

  private func keep(
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

  private func stored<Value: Sendable>(
    _ body: (SQLiteParticipantStore) async throws(StorageError) -> Value
  ) async throws(DeviceError) -> Value {
    do { return try await body(store) } catch { throw .storage(error) }
  }
}

/// The coordinator's log at one head, which was accepted and is durable.
private struct LogReader {
  private let node: DeviceNode
  private let view: LogView
  let head: CosignedHead

  /// Fetches the newest head, and accepts it.
  init(
    _ node: isolated DeviceNode, witnesses: WitnessQuorum
  ) async throws(DeviceError) {
    self.node = node
    guard let log = try await node.pinnedLog() else { throw .log(.notPinned) }
    guard try await node.logEvidence() == nil else { throw .log(.convicted) }
    let last = try await node.lastHead(of: log)
    var view = LogView(log: log, witnesses: witnesses, last: last)
    head = try Self.head(try await Self.read("head", limit: Self.mostHeadBytes, node.transport))
    let size = head.signed.head.tree.size
    var proof: ConsistencyProof?
    if let seen = last?.head.tree.size, seen < size {
      proof = try await Self.proof(from: seen, to: size, node.transport)
    }
    do throws(LogRefusal) { try view.accept(head, proof: proof) } catch {
      switch error {
      case .splitView(let evidence), .shrunk(let evidence):
        try await node.keep(evidence)
      default: break
      }
      throw .log(.refused(error))
    }
    // Durable before anything relies on it.
    if let accepted = view.last, accepted != last { try await node.setLastHead(accepted) }
    self.view = view
  }

  /// An entry that is proved to be in the log.
  ///
  /// - Throws: `log(missing)` if the coordinator does not show it, or `log(refused)` for a proof that does not
  ///   hold.
  func entry(_ key: EntryKey) async throws(DeviceError) -> ProvedEntry {
    let size = head.signed.head.tree.size
    let path = "entry/\(size)/\(key.kind.rawValue)/\(key.subject)/\(key.number)"
    let bytes: [UInt8]
    do throws(DeviceError) {
      bytes = try await Self.read(path, limit: ProvedEntry.mostBytes, node.transport)
    } catch {
      guard error == .transport(.status(404)) else { throw error }
      throw .log(.missing(key))
    }
    let proved: ProvedEntry
    do throws(LogRefusal) {
      proved = try ProvedEntry(decoding: bytes)
      // In the tree of the head whose proof it is, which may be an older one of the same tree.
      try proved.proof.verify(leaf: proved.entry.leaf, in: head.signed.head.tree)
    } catch { throw .log(.refused(error)) }
    guard proved.entry.key == key else { throw .log(.differs(key)) }
    return proved
  }

  private static func read(
    _ path: String, limit: Int, _ transport: any NodeTransport
  ) async throws(DeviceError) -> [UInt8] {
    do { return try await transport.read("/v1/log/" + path, limit: limit) } catch {
      throw .transport(error)
    }
  }

  private static func head(_ bytes: [UInt8]) throws(DeviceError) -> CosignedHead {
    do { return try CosignedHead(decoding: bytes) } catch { throw .log(.refused(error)) }
  }

  /// Nil if the coordinator has none.
  private static func proof(
    from older: UInt64, to size: UInt64, _ transport: any NodeTransport
  ) async throws(DeviceError) -> ConsistencyProof? {
    let bytes: [UInt8]
    do throws(DeviceError) {
      bytes = try await read("consistency/\(older)/\(size)", limit: mostProofBytes, transport)
    } catch {
      guard error == .transport(.status(404)) else { throw error }
      return nil
    }
    do { return try ConsistencyProof(decoding: bytes) } catch { throw .log(.refused(error)) }
  }

  private static let mostHeadBytes = 149 + LogLimits.mostWitnesses * 96
  private static let mostProofBytes = 3 + LogLimits.mostProofNodes * 32
}
