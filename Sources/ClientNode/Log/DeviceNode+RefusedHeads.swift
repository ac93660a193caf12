internal import CryptoPrimitives
internal import Storage
package import TransparencyLog

/// A head that the log has signed and the device did not accept.
package struct RefusedHead: Sendable, Equatable {
  /// By the names of protocols/transparency-log.md, section 10.
  package let rule: String
  package let head: SignedHead
}

/// What two devices can compare when neither alone can convict the log: a fork whose heads have other sizes than those
/// that a device has seen contradicts nothing that it has.
extension DeviceNode {
  /// Rules that a head can break although its log has signed it, and that leave no evidence by themselves.
  private static let rules =
    ["rollback", "missing-proof", "few-witnesses"] + ProofFault.allCases.map(\.rawValue)

  /// Keeps the newest refused head of each rule, if the log has signed it.
  func keepRefused(
    _ head: SignedHead, by refusal: LogRefusal, of log: LogIdentity
  ) async throws(DeviceError) {
    guard Self.rules.contains(refusal.rule), head.isSigned(by: log) else { return }
    let name = Self.name(refusal.rule, log)
    if let kept = try await refusedHead(name), kept.head.time > head.head.time { return }
    try await setting(name, head.encoded)
  }

  /// The newest refused head of each rule.
  package func refusedHeads() async throws(DeviceError) -> [RefusedHead] {
    guard let log = try await pinnedLog() else { return [] }
    var heads: [RefusedHead] = []
    for rule in Self.rules {
      guard let head = try await refusedHead(Self.name(rule, log)) else { continue }
      heads.append(RefusedHead(rule: rule, head: head))
    }
    return heads
  }

  /// The head that was accepted last, nil before the first.
  package func acceptedHead() async throws(DeviceError) -> SignedHead? {
    guard let log = try await pinnedLog() else { return nil }
    return try await lastHead(of: log)
  }

  private func refusedHead(_ name: String) async throws(DeviceError) -> SignedHead? {
    guard let bytes = try await readSetting(name) else { return nil }
    do { return try SignedHead(decoding: bytes) } catch {
      throw .storage(.corrupt(table: "setting", field: name))
    }
  }

  private static func name(_ rule: String, _ log: LogIdentity) -> String {
    "log/refused/\(rule)/\(log.name)"
  }
}
