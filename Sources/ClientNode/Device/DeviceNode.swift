package import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import SecureAggregation
package import Storage
package import TransparencyLog
package import WireProtocol

/// A device: its store, its keys, its coordinator.
package actor DeviceNode {
  package nonisolated let folder: String
  let store: SQLiteParticipantStore
  package nonisolated let keys: DeviceKeys
  let transport: any NodeTransport
  private(set) var ceilings: DeviceCeilings
  private let faults: any FaultInjector
  let clock: @Sendable () -> UInt64
  var randomness = RandomStream.system()
  private var description: CoordinatorDescription?
  private var counter: UInt64 = 0
  var isTakingPart = false
  private var isFetchingServed = false
  /// Rounds whose Unmask this process has sent again.
  var resent: Set<RoundKey> = []

  /// The names of what is stored beside events and rounds.
  private enum Setting {
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
      keys = try DeviceKeys(folder: folder, randomness: &source)
    } catch { throw .storage(error) }
    self.transport = transport
    self.ceilings = ceilings
    self.faults = faults
    self.clock = clock
  }

  package func close() throws(StorageError) { try store.close() }

  /// Insists on other ceilings from the next round on.
  package func allow(_ ceilings: DeviceCeilings) { self.ceilings = ceilings }

  // MARK: Joining

  /// Enrolls the device; joining again with the same code is harmless.
  package func join(_ code: JoinCode) async throws(DeviceError) {
    let known = try await coordinatorKey()
    guard known == nil || known == code.coordinator else { throw .joinedElsewhere }
    let knownLog = try await pinnedLog()
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

  func reached(_ point: FailPoint) throws(DeviceError) {
    do { try faults.reached(point) } catch { throw .storage(error) }
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

  // MARK: Log

  /// The coordinator's log, by the key that the join code named; nil if that named none.
  func pinnedLog() async throws(DeviceError) -> LogIdentity? {
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

  func keep(_ evidence: HeadEvidence) async throws(DeviceError) {
    guard let log = try await pinnedLog() else { return }
    try await setting(Setting.evidence(log), evidence.encoded)
  }

  // MARK: Address

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
      try await store.forgetUnsettled()
    } catch { throw .storage(error) }
  }

  /// Up to which end rounds are none of the present coordinator's business: shares of their members' secrets
  /// are for the one that they were dealt under.
  func lastEndWithFormerCoordinator() async throws(DeviceError) -> Int64 {
    guard let bytes = try await readSetting(Setting.left) else { return .min }
    guard bytes.count == 8 else { throw .storage(.corrupt(table: "setting", field: Setting.left)) }
    return Int64(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  func certificate() async throws(DeviceError) -> Certificate {
    guard let bytes = try await readSetting(Setting.certificate) else { throw .notJoined(folder) }
    do { return try Certificate(decoding: bytes) } catch {
      throw .storage(.corrupt(table: "setting", field: Setting.certificate))
    }
  }

  private func coordinatorKey() async throws(DeviceError) -> VerificationKey? {
    try await storedKey(Setting.coordinator)
  }

  private func storedKey(_ name: String) async throws(DeviceError) -> VerificationKey? {
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

  /// Rounds that the device has begun since midnight, UTC.
  package func roundsToday() async throws(DeviceError) -> Int {
    do {
      return try await store.history().roundsByDay[clock() / ClientHistory.secondsPerDay] ?? 0
    } catch {
      throw .storage(error)
    }
  }

  private func setting(_ name: String, _ value: [UInt8]) async throws(DeviceError) {
    do { try await store.set(name, to: value) } catch { throw .storage(error) }
  }

  private func readSetting(_ name: String) async throws(DeviceError) -> [UInt8]? {
    do { return try await store.setting(name) } catch { throw .storage(error) }
  }

  // MARK: Plans and versions

  /// The document of a plan that was signed, if the device has met it.
  package func knownPlan(_ hash: Bytes32) async throws(DeviceError) -> [UInt8]? {
    guard let document = try await readSetting(Setting.plan(hash)) else { return nil }
    guard Blake2b.digest(document) == hash else {
      throw .storage(.corrupt(table: "setting", field: Setting.plan(hash)))
    }
    return document
  }

  func keep(_ document: [UInt8], hash: Bytes32) async throws(DeviceError) {
    try await setting(Setting.plan(hash), document)
  }

  /// Puts a version to use, once it is here: until then profiles are computed with the one before.
  ///
  /// While one is fetched another is left for the next check-in.
  func setServed(_ served: ServedModel) async throws(DeviceError) {
    guard !isFetchingServed else { return }
    isFetchingServed = true
    defer { isFetchingServed = false }
    _ = try await fetch(served.model)
    let earlier = try await servedModel()
    guard earlier?.model != served.model || earlier?.plan != served.plan else { return }
    try await setting(Setting.served, served.plan.bytes + served.model.bytes)
    if let earlier, earlier.model != served.model {
      do { try blobs().remove(earlier.model) } catch { throw .storage(error) }
    }
  }

  /// The plan and the version that profiles are computed with, if the coordinator has named one.
  package func servedModel() async throws(DeviceError) -> (plan: Bytes32, model: Bytes32)? {
    guard let bytes = try await readSetting(Setting.served) else { return nil }
    guard let plan = Bytes32(Array(bytes.prefix(Bytes32.count))),
      let model = Bytes32(Array(bytes.dropFirst(Bytes32.count)))
    else { throw .storage(.corrupt(table: "setting", field: Setting.served)) }
    return (plan, model)
  }

  // MARK: Asking

  /// Who the coordinator is: what it says, if it and its authority are those of the join code.
  ///
  /// Plans and the certificates of neighbors are believed because of the authority.
  func describeCoordinator() async throws(DeviceError) -> CoordinatorDescription {
    if let description { return description }
    guard let key = try await coordinatorKey(),
      let authority = try await storedKey(Setting.authority)
    else { throw .notJoined(folder) }
    let found = try await describe(key, authority)
    description = found
    return found
  }

  /// What the coordinator says of itself, if it and its authority have these keys.
  private func describe(
    _ key: VerificationKey, _ authority: VerificationKey
  ) async throws(DeviceError) -> CoordinatorDescription {
    let found: CoordinatorDescription
    let bytes: [UInt8]
    do { bytes = try await transport.read("/v1/coordinator", limit: 1 << 12) } catch {
      throw .transport(error)
    }
    do { found = try CoordinatorDescription(decoding: bytes) } catch { throw .wire(error) }
    guard found.identity == key && found.authority == authority else { throw .otherCoordinator }
    return found
  }

  /// Sends a request of this device and returns the coordinator's answer.
  ///
  /// Another process of the device may have asked with a later counter at the same moment: then the next
  /// one is later.
  func ask(
    _ body: RequestBody, of round: RoundName? = nil
  ) async throws(DeviceError) -> ReplyBody {
    for _ in 0..<Self.mostReplays {
      do { return try await askOnce(body, of: round) } catch .refused(let refusal)
        where refusal.code == .replay
      {
        let wait = Int64.random(in: 10...500)
        do { try await Task.sleep(for: .milliseconds(wait)) } catch { throw .refused(refusal) }
      }
    }
    return try await askOnce(body, of: round)
  }

  private func askOnce(
    _ body: RequestBody, of round: RoundName?
  ) async throws(DeviceError) -> ReplyBody {
    let coordinator = try await describeCoordinator()
    let version: UInt32
    do { version = try coordinator.version() } catch { throw .wire(error) }
    let header = RequestHeader(
      version: version, device: keys.verificationKey, task: round?.task ?? Bytes32(),
      round: round?.round ?? 0,
      kind: body.kind, issuedAt: clock(), nonce: nextNonce())
    let request: SignedRequest
    do {
      request = try SignedRequest(
        header, body: body, sealedTo: coordinator.sealKey, signedBy: keys.identity,
        randomness: &randomness)
    } catch { throw .wire(error) }
    let bytes: [UInt8]
    do { bytes = try await transport.send(request.encoded) } catch { throw .transport(error) }
    let answer: Result<ReplyBody, Refusal>
    do {
      answer = try SignedReply(decoding: bytes)
        .body(to: header, from: coordinator.identity)
    } catch { throw .wire(error) }
    switch answer {
    case .success(let body): return body
    case .failure(let refusal): throw .refused(refusal)
    }
  }

  private static let mostReplays = 4

  /// Counters go up with the clock, so they do after a restart, and between processes of the device, too:
  /// seconds, then microseconds in 20 bits.
  private func nextNonce() -> [UInt8] {
    let time = Date().timeIntervalSince1970
    let microseconds = UInt64((time - time.rounded(.down)) * 1e6)
    counter = max(counter + 1, clock() << 20 | microseconds)
    return RequestHeader.nonce(counter: counter, randomness: &randomness)
  }

  /// The bytes with a hash, from the coordinator or whoever caches for it.
  package func download(_ hash: Bytes32) async throws(DeviceError) -> [UInt8] {
    let bytes: [UInt8]
    do {
      bytes = try await transport.read("/v1/blobs/\(hash)", limit: ceilings.mostDownload)
    } catch { throw .transport(error) }
    guard Blake2b.digest(bytes) == hash else { throw .damagedDownload(hash) }
    return bytes
  }

  /// As `download`, from the device's own copy if it has one.
  ///
  /// For what is needed without a round: the version that profiles are computed with, its catalogue.
  package func fetch(_ hash: Bytes32) async throws(DeviceError) -> [UInt8] {
    do {
      let blobs = try blobs()
      if let known = try Self.known(hash, in: blobs) { return known }
      let bytes = try await download(hash)
      _ = try blobs.store(bytes)
      return bytes
    } catch let error as StorageError { throw .storage(error) } catch let error as DeviceError {
      throw error
    } catch { throw .unexpectedAnswer }
  }

  /// A copy at hand; one that is damaged is thrown away, for there is another to be had.
  private static func known(
    _ hash: Bytes32, in blobs: BlobStore
  ) throws(StorageError) -> [UInt8]? {
    guard blobs.contains(hash) else { return nil }
    do { return try blobs.bytes(hash) } catch {
      switch error {
      case .blobMissing: return nil
      case .blobDamaged:
        try blobs.remove(hash)
        return nil
      default: throw error
      }
    }
  }

  private func blobs() throws(StorageError) -> BlobStore {
    try BlobStore(folder: folder + "/blobs", clears: false, faults: NoFaults())
  }

  func revocations() async throws(DeviceError) -> RevocationList {
    let bytes: [UInt8]
    do {
      bytes = try await transport.read("/v1/revocations", limit: 1 << 25)
    } catch { throw .transport(error) }
    guard bytes.count.isMultiple(of: Bytes32.count) else {
      throw .wire(.malformed(message: "revocation list"))
    }
    return RevocationList(
      Set(
        stride(from: 0, to: bytes.count, by: Bytes32.count).compactMap { start in
          Bytes32(Array(bytes[start..<start + Bytes32.count])).map(VerificationKey.init(encoding:))
        }))
  }
}
