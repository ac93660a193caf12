package import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
package import WireProtocol

/// Which coordinator the device belongs to, and who vouches for it.
extension DeviceNode {
  /// Enrolls the device; joining again with the same code is harmless.
  ///
  /// The coordinator may have another key since, if the log that is pinned says so.
  package func join(_ code: JoinCode) async throws(DeviceError) {
    let knownLog = try await pinnedLog()
    if let known = try await coordinatorKey(), known != code.coordinator {
      guard knownLog?.key == code.log, try await logReplaces(known, by: code.coordinator) else {
        throw .joinedElsewhere
      }
    }
    guard knownLog == nil || knownLog?.key == code.log else { throw .log(.otherLog) }
    let former = description
    description = try await describe(code.coordinator, code.authority)
    let bytes: [UInt8]
    do throws(DeviceError) {
      // Before the certificate: a device that may take part knows its witnesses.
      try await pinWitnesses(of: code.coordinator, from: code.authority)
      guard case .enrolled(let found) = try await ask(.enroll(token: code.token)) else {
        throw DeviceError.unexpectedAnswer
      }
      bytes = found
    } catch {
      // A code that is good for nothing binds the folder to nobody.
      description = former
      throw error
    }
    try reached(.certificateReceived)
    try await setting(Setting.coordinator, code.coordinator.encoding.bytes)
    try await setting(Setting.authority, code.authority.encoding.bytes)
    try await setting(Setting.log, code.log.encoding.bytes)
    try await setting(Setting.url, Array(code.url.utf8))
    try await setting(Setting.pin, code.certificatePin?.bytes ?? [])
    try await setting(Setting.certificate, bytes)
    try reached(.certificateStored)
  }

  /// Pins the witnesses that the authority vouches for now; they change only when the device joins again.
  private func pinWitnesses(
    of coordinator: VerificationKey, from authority: VerificationKey
  ) async throws(DeviceError) {
    let bytes: [UInt8]
    do throws(TransportError) {
      bytes = try await transport.read("/v1/witnesses", limit: WireLimits.witnessListByteCount)
    } catch {
      // A coordinator that knows of no witnesses is as one that hides them: without a pinned witness
      // the device takes part in complete graphs only, where it checks everybody itself.
      guard error == .status(404) else { throw .transport(error) }
      bytes = []
    }
    let found = try Self.witnessList(bytes)
    guard found?.isAuthentic(from: authority, of: coordinator) != false else {
      throw .badWitnessList
    }
    let pinned = try await pinnedList()
    guard found?.serial ?? 0 >= pinned?.serial ?? 0 else {
      throw .olderWitnessList(pinned: pinned?.serial ?? 0, found: found?.serial ?? 0)
    }
    try await setting(Setting.witnesses, bytes)
  }

  /// The list that bytes encode; nil for no bytes: a coordinator that never had a witness.
  private static func witnessList(_ bytes: [UInt8]) throws(DeviceError) -> WitnessList? {
    guard !bytes.isEmpty else { return nil }
    do { return try WitnessList(decoding: bytes) } catch { throw .wire(error) }
  }

  private func pinnedList() async throws(DeviceError) -> WitnessList? {
    guard let bytes = try await readSetting(Setting.witnesses) else { return nil }
    do { return try Self.witnessList(bytes) } catch {
      throw .storage(.corrupt(table: "setting", field: Setting.witnesses))
    }
  }

  /// The witnesses that were pinned, with the first value of each one's chain.
  func anchors() async throws(DeviceError) -> [VerificationKey: Bytes32] {
    let witnesses = try await pinnedList()?.witnesses ?? []
    return Dictionary(witnesses.map { ($0.identity, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// How the coordinator that a folder has joined is reached.
  package struct Address: Sendable, Hashable {
    package let url: String
    package let pin: Bytes32?

    package init(url: String, pin: Bytes32?) {
      self.url = url
      self.pin = pin
    }
  }

  /// - Throws: `noDevice`, `notJoined`.
  package static func address(folder: String) async throws(DeviceError) -> Address {
    guard DeviceKeys.exist(in: folder) else { throw .noDevice(folder) }
    let url: [UInt8]?
    let pin: [UInt8]?
    do {
      let store = try SQLiteParticipantStore(folder: folder)
      url = try await store.setting(Setting.url)
      pin = try await store.setting(Setting.pin)
      try store.close()
    } catch { throw .storage(error) }
    guard let url else { throw .notJoined(folder) }
    return Address(url: String(decoding: url, as: UTF8.self), pin: pin.flatMap { Bytes32($0) })
  }

  /// Forgets the coordinator; events, and what was contributed, stay.
  package func leave() async throws(DeviceError) {
    description = nil
    do {
      let ends = try await store.rounds().map(\.expiry)
      if let last = ends.max() {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt64(bitPattern: last))
        try await store.set(Setting.left, to: bytes)
      }
      // The coordinator last: until then the folder is its, and may be left again.
      for name in [
        Setting.witnesses, Setting.certificate, Setting.log, Setting.url, Setting.pin,
        Setting.authority,
        Setting.coordinator,
      ] {
        try await store.removeSetting(name)
      }
      try await store.forgetAwaitedEnds()
    } catch { throw .storage(error) }
  }

  /// Up to which end rounds are none of the present coordinator's business: shares of their members' secrets
  /// are for the one that they were dealt under.
  func lastEndWithFormerCoordinator() async throws(DeviceError) -> Int64 {
    guard let bytes = try await readSetting(Setting.left) else { return .min }
    guard bytes.count == 8 else { throw .storage(.corrupt(table: "setting", field: Setting.left)) }
    return Int64(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }
}
