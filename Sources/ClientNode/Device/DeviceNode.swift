internal import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import SecureAggregation
package import Storage
internal import TransparencyLog
internal import WireProtocol

/// A device: its store, its keys, its coordinator.
package actor DeviceNode {
  package nonisolated let folder: String
  let store: SQLiteParticipantStore
  package nonisolated let keys: DeviceKeys
  let transport: any NodeTransport
  private(set) var ceilings: DeviceCeilings
  let faults: any FaultInjector
  let clock: @Sendable () -> UInt64
  var randomness = RandomStream.system()
  var description: CoordinatorDescription?
  /// Of the latest request.
  var counter: UInt64 = 0
  var isTakingPart = false
  var isFetchingServed = false
  /// Rounds whose Unmask this process has sent again.
  var resent: Set<RoundKey> = []

  /// The names of what is stored beside events and rounds.
  enum Setting {
    static let coordinator = "coordinator"
    static let authority = "authority"
    static let certificate = "certificate"
    static let witnesses = "witnesses"
    static let paused = "paused"
    static let url = "url"
    static let pin = "pin"
    static let log = "log"
    /// The head accepted last; stays when the device leaves, as what is known of a log does.
    static func head(_ log: LogIdentity) -> String { "log/head/\(log.name)" }
    /// Task and round of a debit that is not what the device took part in, 40 bytes.
    static func falseDebit(_ log: LogIdentity) -> String { "log/false-debit/\(log.name)" }
    static func evidence(_ log: LogIdentity) -> String { "log/evidence/\(log.name)" }
    /// Hashes of plan and version, 64 bytes.
    static let served = "served"
    /// The latest end of rounds with a coordinator that was left, in Unix seconds.
    static let left = "left"
    static func plan(_ hash: Bytes32) -> String { "plan/\(hash)" }
  }

  /// - Parameter clock: Unix seconds.
  package init(
    folder: String, transport: any NodeTransport, ceilings: DeviceCeilings,
    faults: any FaultInjector = NoFaults(), clock: @escaping @Sendable () -> UInt64
  ) throws(DeviceError) {
    self.folder = folder
    var source = RandomStream.system()
    do throws(StorageError) {
      store = try SQLiteParticipantStore(folder: folder, faults: faults)
      keys = try DeviceKeys(folder: folder, randomness: &source, faults: faults)
    } catch { throw .storage(error) }
    self.transport = transport
    self.ceilings = ceilings
    self.faults = faults
    self.clock = clock
  }

  package func close() throws(StorageError) { try store.close() }

  /// Insists on other ceilings from the next round on.
  package func allow(_ ceilings: DeviceCeilings) { self.ceilings = ceilings }

  func certificate() async throws(DeviceError) -> Certificate {
    guard let bytes = try await readSetting(Setting.certificate) else { throw .notJoined(folder) }
    do { return try Certificate(decoding: bytes) } catch {
      throw .storage(.corrupt(table: "setting", field: Setting.certificate))
    }
  }

  func coordinatorKey() async throws(DeviceError) -> VerificationKey? {
    try await storedKey(Setting.coordinator)
  }

  func storedKey(_ name: String) async throws(DeviceError) -> VerificationKey? {
    guard let bytes = try await readSetting(name) else { return nil }
    guard let key = Bytes32(bytes) else { throw .storage(.corrupt(table: "setting", field: name)) }
    return VerificationKey(encoding: key)
  }

  /// Takes part in no round until it is resumed.
  package func pause(_ isPaused: Bool) async throws(DeviceError) {
    try await setting(Setting.paused, [isPaused ? 1 : 0])
  }

  package func isPaused() async throws(DeviceError) -> Bool {
    try await readSetting(Setting.paused) == [1]
  }

  /// What was contributed, to which round, under which terms.
  package func contributions() async throws(DeviceError) -> [ChargeRecord] {
    do { return try await store.charges() } catch { throw .storage(error) }
  }

  /// Rounds that the device has begun since midnight, UTC, and on days that are yet to come.
  package func roundsToday() async throws(DeviceError) -> Int {
    do {
      return try await store.history().rounds(from: clock() / ClientHistory.secondsPerDay)
    } catch {
      throw .storage(error)
    }
  }

  func reached(_ point: FailPoint) throws(DeviceError) {
    do { try faults.reached(point) } catch { throw .storage(error) }
  }

  func setting(_ name: String, _ value: [UInt8]) async throws(DeviceError) {
    do { try await store.set(name, to: value) } catch { throw .storage(error) }
  }

  func readSetting(_ name: String) async throws(DeviceError) -> [UInt8]? {
    do { return try await store.setting(name) } catch { throw .storage(error) }
  }
}
