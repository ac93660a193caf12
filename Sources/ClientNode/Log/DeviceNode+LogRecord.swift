internal import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import SecureAggregation
internal import Storage
package import TransparencyLog
internal import WireProtocol

/// What the device knows of its coordinator's log, across restarts.
extension DeviceNode {
  /// The coordinator's log, by the key that the join code named; nil if that named none.
  package func pinnedLog() async throws(DeviceError) -> LogIdentity? {
    try await storedKey(Setting.log).map(LogIdentity.init(key:))
  }

  /// The head of the log that was accepted last, nil before the first.
  func lastHead(of log: LogIdentity) async throws(DeviceError) -> SignedHead? {
    guard let bytes = try await readSetting(Setting.head(log)) else { return nil }
    do throws(LogRefusal) {
      let head = try SignedHead(decoding: bytes)
      // What is wrong here is the device's own store: nobody else may be blamed for it.
      guard head.isSigned(by: log) else { throw LogRefusal.headSignature }
      return head
    } catch { throw .storage(.corrupt(table: "setting", field: Setting.head(log))) }
  }

  func setLastHead(_ head: SignedHead) async throws(DeviceError) {
    guard let log = try await pinnedLog() else { return }
    try await setting(Setting.head(log), head.encoded)
  }

  /// Two heads that the log has signed and that cannot both be true; nil if the device has seen no such.
  package func logEvidence() async throws(DeviceError) -> HeadEvidence? {
    guard let log = try await pinnedLog(),
      let bytes = try await readSetting(Setting.evidence(log))
    else { return nil }
    do { return try HeadEvidence(decoding: bytes) } catch {
      throw .storage(.corrupt(table: "setting", field: Setting.evidence(log)))
    }
  }

  /// A debit of the log that charges for something else than the device took part in; nil if it has seen no such.
  package func falseDebit() async throws(DeviceError) -> FalseDebit? {
    guard let log = try await pinnedLog(),
      let bytes = try await readSetting(Setting.falseDebit(log))
    else { return nil }
    guard let found = FalseDebit(decoding: bytes) else {
      throw .storage(.corrupt(table: "setting", field: Setting.falseDebit(log)))
    }
    return found
  }

  func keep(_ debit: FalseDebit) async throws(DeviceError) {
    guard let log = try await pinnedLog() else { return }
    try await setting(Setting.falseDebit(log), debit.encoded)
  }

  func keep(_ evidence: HeadEvidence) async throws(DeviceError) {
    guard let log = try await pinnedLog() else { return }
    try await setting(Setting.evidence(log), evidence.encoded)
  }
}
