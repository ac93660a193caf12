internal import CryptoPrimitives
internal import Storage
package import TransparencyLog

/// A head that the log has signed and the device did not accept, or under which an entry was not as it has to be.
package struct RefusedHead: Sendable, Equatable {
  /// By the names of protocols/transparency-log.md, section 10, and of `EntryFault`.
  package let rule: String
  package let head: SignedHead
  /// The entry that was asked for under the head; nil if the head itself was refused.
  package let entry: EntryKey?

  package init(rule: String, head: SignedHead, entry: EntryKey? = nil) {
    self.rule = rule
    self.head = head
    self.entry = entry
  }
}

/// What may be wrong with an entry under a head that is accepted.
enum EntryFault: String, CaseIterable {
  /// None is shown.
  case missing = "entry-missing"
  /// What is shown does not decode, or its proof does not hold.
  case refused = "entry-refused"
  /// It says something else than the coordinator does.
  case differs = "entry-differs"

  init?(_ error: DeviceError) {
    switch error {
    case .log(.missing): self = .missing
    case .log(.refused): self = .refused
    case .log(.differs): self = .differs
    default: return nil
    }
  }
}

/// What two devices can compare when neither alone can convict the log: a fork whose heads have other sizes than those
/// that a device has seen contradicts nothing that it has, and nobody signs that an entry is not shown.
extension DeviceNode {
  /// Rules that a head can break although its log has signed it, and that leave no evidence by themselves.
  private static let rules =
    ["rollback", "missing-proof", "few-witnesses"] + ProofFault.allCases.map(\.rawValue)

  /// Keeps the newest refused head of each rule, if the log has signed it.
  func keepRefused(
    _ head: SignedHead, by rule: String, of log: LogIdentity
  ) async throws(DeviceError) {
    guard Self.rules.contains(rule), head.isSigned(by: log) else { return }
    let name = Self.name(rule, log)
    if let kept = try await refusedHead(rule, log), kept.head.head.time > head.head.time { return }
    try await setting(name, head.encoded)
  }

  /// Keeps the newest head of each fault under which an entry was not as it has to be.
  func keepRefused(
    _ head: SignedHead, for fault: EntryFault, of entry: EntryKey, in log: LogIdentity
  ) async throws(DeviceError) {
    let kept = try await refusedHead(fault.rawValue, log)
    if let kept, kept.head.head.time > head.head.time { return }
    try await setting(Self.name(fault.rawValue, log), entry.encoded + head.encoded)
  }

  /// Forgets that an entry was not shown under a head if it came into the log after that: then nothing was kept back.
  func forgetMissing(_ shown: ProvedEntry, in log: LogIdentity) async throws(DeviceError) {
    let rule = EntryFault.missing.rawValue
    guard let kept = try await refusedHead(rule, log), kept.entry == shown.entry.key,
      shown.proof.index >= kept.head.head.tree.size
    else { return }
    do { try await store.removeSetting(Self.name(rule, log)) } catch { throw .storage(error) }
  }

  /// The newest refused head of each rule.
  package func refusedHeads() async throws(DeviceError) -> [RefusedHead] {
    guard let log = try await pinnedLog() else { return [] }
    var heads: [RefusedHead] = []
    for rule in Self.rules + EntryFault.allCases.map(\.rawValue) {
      if let head = try await refusedHead(rule, log) { heads.append(head) }
    }
    return heads
  }

  /// The head that was accepted last, nil before the first.
  package func acceptedHead() async throws(DeviceError) -> SignedHead? {
    guard let log = try await pinnedLog() else { return nil }
    return try await lastHead(of: log)
  }

  private func refusedHead(
    _ rule: String, _ log: LogIdentity
  ) async throws(DeviceError) -> RefusedHead? {
    let name = Self.name(rule, log)
    guard let bytes = try await readSetting(name) else { return nil }
    let isOfEntry = EntryFault(rawValue: rule) != nil
    do throws(LogRefusal) {
      guard isOfEntry else { return RefusedHead(rule: rule, head: try SignedHead(decoding: bytes)) }
      let count = EntryKey.encodedByteCount
      return RefusedHead(
        rule: rule, head: try SignedHead(decoding: Array(bytes.dropFirst(count))),
        entry: try EntryKey(decoding: Array(bytes.prefix(count))))
    } catch { throw .storage(.corrupt(table: "setting", field: name)) }
  }

  private static func name(_ rule: String, _ log: LogIdentity) -> String {
    "log/refused/\(rule)/\(log.name)"
  }
}
