internal import Storage
internal import TransparencyLog

/// The coordinator's log at one head, which was accepted and is durable.
struct LogReader {
  private let node: DeviceNode
  private let log: LogIdentity
  let head: CosignedHead

  /// Fetches the newest head, and accepts it.
  init(
    _ node: isolated DeviceNode, witnesses: WitnessQuorum
  ) async throws(DeviceError) {
    self.node = node
    guard let log = try await node.pinnedLog() else { throw .log(.notPinned) }
    guard try await node.logEvidence() == nil else { throw .log(.convicted) }
    self.log = log
    // Whatever the log shows from now on.
    if let debit = try await node.falseDebit() { throw .log(.falseDebit(debit.key)) }
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
      default: try await node.keepRefused(head.signed, by: error.rule, of: log)
      }
      throw .log(.refused(error))
    }
    // Durable before anything relies on it.
    if let accepted = view.last, accepted != last { try await node.setLastHead(accepted) }
  }

  /// An entry that is proved to be in the log, and says what the coordinator has said.
  ///
  /// Where it does not, the head is kept, with the entry's key: a head is the log's own word for what it holds.
  /// - Throws: `log(missing)` if the coordinator does not show it, `log(refused)` for a proof that does not
  ///   hold, `log(differs)` if it says something else.
  func entry(
    _ key: EntryKey, saying isSaid: (LogEntry.Content) -> Bool = { _ in true }
  ) async throws(DeviceError) -> ProvedEntry {
    do throws(DeviceError) {
      let proved = try await shown(key)
      guard isSaid(proved.entry.content) else { throw .log(.differs(key)) }
      return proved
    } catch {
      throw try await kept(error, about: key)
    }
  }

  /// That an entry has to be there and is not, once the head is kept.
  func missing(_ key: EntryKey) async throws(DeviceError) -> DeviceError {
    try await kept(.log(.missing(key)), about: key)
  }

  /// The fault itself, once the head that it was found under is kept.
  private func kept(
    _ error: DeviceError, about key: EntryKey
  ) async throws(DeviceError) -> DeviceError {
    if let fault = EntryFault(error) {
      try await node.keepRefused(head.signed, for: fault, of: key, in: log)
    }
    return error
  }

  private func shown(_ key: EntryKey) async throws(DeviceError) -> ProvedEntry {
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
    try await node.forgetMissing(proved, in: log)
    return proved
  }

  /// An entry that is proved to be in the log; nil if the coordinator shows none.
  ///
  /// For questions to which "none" is an answer, as whether an aborted round was debited; every other fault is thrown.
  func entryIfShown(_ key: EntryKey) async throws(DeviceError) -> ProvedEntry? {
    do throws(DeviceError) { return try await shown(key) } catch {
      // That there is none is an answer here, and nothing against the log.
      if error == .log(.missing(key)) { return nil }
      throw try await kept(error, about: key)
    }
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
