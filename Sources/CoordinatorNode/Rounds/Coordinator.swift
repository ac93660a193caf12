internal import CryptoPrimitives
package import FederatedRounds
package import Logging
internal import RingArithmetic
internal import SecureAggregation
package import Storage
internal import TransparencyLog
internal import WireProtocol

/// A coordinator: devices, plans and rounds over one store.
///
/// Requests are checked outside of the actor; only what changes rounds or counters runs inside.
package actor Coordinator {
  package struct Settings: Sendable {
    package var pacing: Pacing
    /// Enrollments in a minute, at most.
    package var enrollmentsPerMinute: Int
    /// How long a certificate holds, in seconds.
    package var certificateSeconds: UInt64
    /// How often devices ask for the next message, in milliseconds.
    package var pollMilliseconds: UInt32
    /// Bytes of uploads that are not complete, at most.
    package var uploadByteCount: Int
    /// How long a head waits for the cosignatures of all witnesses before it is published, in seconds.
    package var cosigningSeconds: UInt64

    package init(
      pacing: Pacing = Pacing(shortest: 30, longest: 3_600), enrollmentsPerMinute: Int = 600,
      certificateSeconds: UInt64 = 31_536_000, pollMilliseconds: UInt32 = 500,
      uploadByteCount: Int = 1 << 28, cosigningSeconds: UInt64 = 5
    ) {
      self.cosigningSeconds = cosigningSeconds
      self.pacing = pacing
      self.enrollmentsPerMinute = enrollmentsPerMinute
      self.certificateSeconds = certificateSeconds
      self.pollMilliseconds = pollMilliseconds
      self.uploadByteCount = uploadByteCount
    }
  }

  nonisolated let keys: CoordinatorKeys
  nonisolated let store: any CoordinatorStore
  nonisolated let settings: Settings
  nonisolated let faults: any FaultInjector
  nonisolated let clock: @Sendable () -> UInt64
  nonisolated let certificates: CertificateVerifier
  nonisolated let metrics = NodeMetrics()
  let logger: Logger
  /// Makes a plan of a record; throws for one that this program cannot run.
  let interpret: @Sendable (PlanRecord) throws -> RunningPlan
  var plan: RunningPlan?
  /// What devices compute profiles with.
  var served: ServedModel?
  var live: LiveRound?
  /// The end of the last rounds, for devices that ask late.
  var endings: [RoundKey: RoundEnding] = [:]
  var nextOpening: UInt64?
  /// The witnesses that the next round names, and what is known of their chains.
  var watch = WitnessWatch()
  /// The heads of the log.
  var log = PublishedLog()
  var devices: [VerificationKey: DeviceStanding] = [:]
  /// The revoked devices in the order of the store.
  var revoked: [VerificationKey] = []
  var uploads: UploadSpool
  var isDraining = false
  private var isAdvancing = false
  /// When the store was last asked what commands in other processes have changed.
  private var synchronizedAt: UInt64 = 0
  private static let synchronizationSeconds: UInt64 = 1
  /// Rounds in a row of `countedPlan` that were aborted, and not by its operator.
  private var abortedInARow = 0
  private var countedPlan: Bytes32?
  /// Whether it was said that devices are missing.
  private var awaitsDevices = false
  /// Until the open round is taken up again, nothing is known of it and no other may begin.
  var isRecovering = true

  /// What the coordinator keeps in memory of each device.
  struct DeviceStanding: Sendable {
    var isRevoked = false
    /// The counter of its latest request.
    var lastCounter: UInt64 = 0
  }

  /// Opens the store's rounds and devices.
  ///
  /// - Parameter clock: Unix seconds.
  package init(
    keys: CoordinatorKeys, store: any CoordinatorStore, settings: Settings, logger: Logger,
    interpret: @escaping @Sendable (PlanRecord) throws -> RunningPlan = { try RunningPlan($0) },
    faults: any FaultInjector = NoFaults(), clock: @escaping @Sendable () -> UInt64
  ) async throws {
    self.keys = keys
    self.store = store
    self.settings = settings
    self.faults = faults
    self.clock = clock
    self.logger = logger
    self.interpret = interpret
    certificates = CertificateVerifier(authority: keys.authorityKey)
    uploads = UploadSpool(mostBytes: settings.uploadByteCount)
    for device in try await store.devices() {
      devices[VerificationKey(encoding: device.identity)] = DeviceStanding()
    }
    try await readRevocations()
    try await openLog()
    try await recover()
  }

  /// Learns of revocations, its own and those of commands in other processes.
  func readRevocations() async throws(StorageError) {
    let found = try await store.revokedDevices().map(VerificationKey.init(encoding:))
    // A later reading may have ended before this one.
    if found.count > revoked.count { revoked = found }
    for device in revoked { devices[device]?.isRevoked = true }
  }

  /// The revocations that a round knows, or all.
  private func revocations(_ count: Int? = nil) -> RevocationList {
    RevocationList(Set(revoked.prefix(count ?? revoked.count)))
  }

  /// Takes up the plan that is to run, and goes on with its round if one is open.
  func recover() async throws {
    isRecovering = true
    let former = live?.key
    live = nil
    let open = try await store.openRounds()
    // Its end may have been stored, and the answer an error.
    if let former { try await finishIfEnded(former) }
    try await choosePlan(preferring: Set(open.map(\.plan)))
    for record in open {
      guard let plan, record.plan == plan.record.hash, live == nil else {
        // A plan that was canceled, or that this program cannot run any more.
        try await end(record.key, .planStopped)
        continue
      }
      try await recover(record, of: plan)
    }
    try await readServedModel()
    watch.use(try await store.witnesses())
    try await closePlans()
    isRecovering = false
  }

  private func finishIfEnded(_ key: RoundKey) async throws {
    switch try await store.round(key)?.outcome {
    case .committed(let model): finish(key, .committed(model: model))
    case .aborted(let reason): finish(key, .aborted(reason: reason))
    case .open, nil: break
    }
  }

  private func recover(_ record: RoundRecord, of plan: RunningPlan) async throws {
    do {
      let config = try Signed<RoundConfig>(decoding: record.configuration).content
      // A round from before there was a log: no device finds it there.
      guard let logged = try await store.logged(record.logKey) else { throw RoundAbort.notLogged }
      let server = AggregationServer(
        config: config, identity: keys.aggregationIdentity,
        revocations: revocations(record.revocationCount), certificates: certificates)
      let demand = try plan.course.demand(after: try await store.blob(config.modelHash))
      live = try await LiveRound(
        recovering: server, record,
        offer: offer(of: plan, config: record.configuration, model: config.modelHash, demand),
        logIndex: logged.index, totalVariation: demand?.totalVariation ?? 0, store: store,
        faults: faults)
      watch.forgetStandings()
      logger.info("round recovered", metadata: ["round": "\(record.key)"])
    } catch let error as StorageError where !error.isDamage {
      throw error
    } catch {
      // A journal or a blob that cannot be read ends its round, and not the coordinator.
      logger.error(
        "round cannot be recovered", metadata: ["round": "\(record.key)", "error": "\(error)"])
      try await end(record.key, (error as? RoundAbort) ?? .journal)
    }
  }

  /// The plan that has an open round, otherwise the first that runs, otherwise the first that waits.
  private func choosePlan(preferring open: Set<Bytes32>) async throws {
    plan = nil
    let candidates = try await store.plans().filter { record in
      switch record.state {
      case .running, .published: true
      case .paused: open.contains(record.hash)
      case .signed, .done, .failed, .canceled: false
      }
    }
    func rank(_ record: PlanRecord) -> Int {
      open.contains(record.hash) ? 0 : record.state == .running ? 1 : 2
    }
    for record in candidates.enumerated().sorted(by: {
      (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
    }).map(\.element) {
      do {
        plan = try interpret(record)
        if record.hash != countedPlan {
          (countedPlan, abortedInARow, awaitsDevices) = (record.hash, 0, false)
        }
        return
      } catch {
        logger.error(
          "plan failed", metadata: ["plan": "\(record.hash)", "error": "\(error)"])
        if record.state != .paused { try await store.move(record.hash, to: .failed) }
      }
    }
  }

  private func readServedModel() async throws {
    served = nil
    // Before the first sum there is nothing to compute a profile with.
    for record in try await store.plans().reversed() where served == nil {
      guard let model = try await store.servedModel(plan: record.hash), model.round != nil,
        let signature = Signature(record.signature)
      else { continue }
      served = ServedModel(plan: record.hash, planSignature: signature, model: model.hash)
    }
  }

  /// Lets time pass: closes steps, opens sums, starts the next round.
  ///
  /// Called a few times in a second, and after messages that may complete a step.
  package func advance() async {
    guard !isAdvancing else { return }
    isAdvancing = true
    defer { isAdvancing = false }
    do {
      try await synchronize()
      var isBroken = isRecovering
      if let live, await live.isBroken { isBroken = true }
      if isBroken { try await recover() }
      if let live {
        switch try await live.advance(at: clock()) {
        case .goesOn: break
        case .opened(let sum): try await commit(sum, of: live)
        case .aborted(let reason): try await end(live.key, reason)
        }
      } else {
        try await beginRound()
      }
    } catch {
      metrics.failures.increment()
      logger.error("round stands still", metadata: ["error": "\(error)"])
    }
    do { try await publishLog() } catch {
      metrics.failures.increment()
      logger.error("the log cannot be published", metadata: ["error": "\(error)"])
    }
  }

  /// Reads what commands in other processes have changed: revocations, plans, aborted rounds, pins.
  private func synchronize() async throws {
    let time = clock()
    guard time >= synchronizedAt + Self.synchronizationSeconds else { return }
    try await readRevocations()
    if let live, case .aborted(let reason)? = try await store.round(live.key)?.outcome {
      metrics.aborted.increment()
      logger.notice(
        "round aborted by a command", metadata: ["round": "\(label(of: live.key))"])
      finish(live.key, .aborted(reason: reason))
    }
    if let plan {
      switch try await store.plan(plan.record.hash)?.state {
      case .published, .running: break
      case .paused:
        // The round that is going on is brought to its end.
        if live == nil { self.plan = nil }
      case .signed, .done, .failed, .canceled, nil:
        try await abortRound(.planStopped)
        self.plan = nil
        try await closePlans()
      }
    }
    if plan == nil { try await choosePlan(preferring: []) }
    try await readServedModel()
    watch.use(try await store.witnesses())
    synchronizedAt = time
  }

  /// Ends the round that is going on.
  package func abortRound(_ reason: RoundAbort) async throws {
    guard let live else { return }
    await live.abort(reason)
    try await end(live.key, reason)
  }

  private func end(_ key: RoundKey, _ reason: RoundAbort) async throws {
    try await store.abort(key, reason: reason.number, at: Int64(clock()))
    metrics.aborted.increment()
    if reason != .planStopped && reason != .byOperator { abortedInARow += 1 }
    logger.notice(
      "round aborted", metadata: ["round": "\(label(of: key))", "reason": "\(reason.name)"])
    finish(key, .aborted(reason: reason.number))
  }

  private func commit(_ sum: OpenedSum, of live: LiveRound) async throws {
    guard let plan else { return }
    guard let current = try await store.currentModel(plan: plan.record.hash) else {
      throw StorageError.unknownModel(live.config.modelHash)
    }
    // An operator has put another version to use since the round began: what devices computed belongs to
    // the one that they were given.
    guard current.hash == live.config.modelHash else { return try await end(live.key, .byOperator) }
    // The debit that this spends; without it in the log the sum is of no use to anybody.
    guard let debit = try await store.logged(live.key.logKey(.debit)) else {
      return try await end(live.key, .journal)
    }
    let bytes: [UInt8]
    let sumHash: Bytes32
    do {
      (bytes, sumHash) = try await Self.model(
        plan.course, after: try await store.blob(current.hash), sum: sum,
        packing: live.config.packing)
    } catch {
      logger.error("the server step failed", metadata: ["error": "\(error)"])
      return try await end(live.key, .serverStep)
    }
    let model = ModelRecord(
      hash: Blake2b.digest(bytes), parent: current.hash, round: live.key,
      plan: plan.record.hash, createdAt: Int64(clock()))
    let release = try LogEntry(
      at: model.createdAt,
      .release(
        LoggedRelease(
          round: live.key.logged, debit: debit.entry.leaf, sumHash: sumHash, modelHash: model.hash,
          survivorCount: sum.survivors.count, mechanism: live.mechanism)))
    do throws(StorageError) {
      try await store.commit(model, bytes: bytes, round: live.key, log: [release])
    } catch .staleParent {
      // An operator has put another version to use since the round began.
      return try await end(live.key, .byOperator)
    } catch .roundHasEnded {
      // An operator has aborted it; the next look at the store tells.
      return
    } catch {
      // Whether it was stored is open; the store is asked before the sum is used again.
      isRecovering = true
      throw error
    }
    do { try faults.reached(.releaseRecorded) } catch {
      isRecovering = true
      throw error
    }
    await live.committed()
    abortedInARow = 0
    metrics.committed.increment()
    logger.notice(
      "round committed",
      metadata: ["round": "\(label(of: live.key))", "contributions": "\(sum.survivors.count)"])
    finish(live.key, .committed(model: model.hash))
    try await readServedModel()
  }

  /// Off the actor: a server step may take seconds, and devices are answered meanwhile.
  @concurrent
  private static func model(
    _ course: any RoundCourse, after model: [UInt8], sum: OpenedSum, packing: BitPacking
  ) async throws -> (bytes: [UInt8], sumHash: Bytes32) {
    (
      try course.model(after: model, sum: sum),
      VectorDigest.digest(of: sum.vector, packing: packing)
    )
  }

  private func finish(_ key: RoundKey, _ ending: RoundEnding) {
    endings[key] = ending
    if let oldest = endings.keys.map(\.number).min(), endings.count > Self.rememberedEndings {
      endings = endings.filter { $0.key.number != oldest }
    }
    uploads.forget(round: key)
    if live?.key == key { live = nil }
    nextOpening = plan.map { clock() + $0.template.pauseSeconds }
  }

  private static let rememberedEndings = 16

  private func beginRound() async throws {
    guard !isDraining, let plan, try await isRunning(plan), clock() >= nextOpening ?? 0 else {
      return
    }
    guard hasEnoughDevices(for: plan) else { return }
    let model = try await currentModel(of: plan)
    guard abortedInARow < plan.template.attempts else {
      try await store.move(plan.record.hash, to: .failed, log: try await closing(of: plan))
      logger.error(
        "plan failed: too many rounds in a row were aborted; when the cause is gone, resume it",
        metadata: ["plan": "\(plan.record.hash)", "rounds": "\(abortedInARow)"])
      // Resumed, it begins to count anew.
      abortedInARow = 0
      return
    }
    guard let demand = try plan.course.demand(after: try await store.blob(model)) else {
      try await store.move(plan.record.hash, to: .done, log: try await closing(of: plan))
      logger.notice("plan done", metadata: ["plan": "\(plan.record.hash)"])
      return
    }
    guard let witnesses = try await witnessTerms(for: plan) else { return }
    let known = revoked.count
    let revocations = revocations(known)
    var randomness = RandomStream.system()
    let config = try plan.template.terms(
      demand, round: try await store.lastRoundNumber(task: demand.identifier) + 1,
      plan: plan.record.hash, model: model, opens: clock(),
      nonce: Bytes32(random: &randomness), keys: keys, revocations: revocations,
      witnesses: witnesses)
    let server = AggregationServer(
      config: config, identity: keys.aggregationIdentity, revocations: revocations,
      certificates: certificates)
    let message = server.configMessage
    let record = RoundRecord(
      key: RoundKey(task: demand.identifier, number: config.round), plan: plan.record.hash,
      configuration: message, openedAt: Int64(config.opens), revocationCount: known)
    let entries = try await entries(of: config, in: plan)
    let logged: PlacedEntry?
    do {
      try await store.begin(record, log: entries)
      logged = try await store.logged(record.logKey)
    } catch {
      // Whether it was stored is open; the store is asked before another round begins.
      isRecovering = true
      throw error
    }
    guard let logged else { throw StorageError.logDamaged(rule: "round") }
    live = LiveRound(
      CoordinatorRound(server), record,
      offer: try offer(of: plan, config: message, model: model, demand), logIndex: logged.index,
      totalVariation: demand.totalVariation, store: store, faults: faults)
    // Whatever was answered until here is from before the round.
    watch.forgetStandings()
    nextOpening = nil
    metrics.begun.increment()
    logger.notice(
      "round opened",
      metadata: ["round": "\(label(of: record.key))", "plan": "\(plan.record.hash)"])
  }

  /// Task and number, as commands have them; the task's hash if the round is not the one that goes on.
  private func label(of key: RoundKey) -> String {
    guard let live, live.key == key else { return "\(key)" }
    return "\(live.offer.task)/\(key.number)"
  }

  /// Whether as many devices are enrolled as a cohort needs: a round without them would only be aborted.
  private func hasEnoughDevices(for plan: RunningPlan) -> Bool {
    let enrolled = devices.values.count { !$0.isRevoked }
    let isEnough = enrolled >= plan.template.leastCohort
    if !isEnough, !awaitsDevices {
      logger.notice(
        "waits until enough devices have joined",
        metadata: ["enrolled": "\(enrolled)", "needed": "\(plan.template.leastCohort)"])
    }
    awaitsDevices = !isEnough
    return isEnough
  }

  private func isRunning(_ plan: RunningPlan) async throws -> Bool {
    switch try await store.plan(plan.record.hash)?.state {
    case .published:
      try await store.move(plan.record.hash, to: .running)
      return true
    case .running: return true
    default: return false
    }
  }

  private func currentModel(of plan: RunningPlan) async throws -> Bytes32 {
    if let current = try await store.currentModel(plan: plan.record.hash) { return current.hash }
    let bytes = plan.course.firstModel
    let model = ModelRecord(
      hash: Blake2b.digest(bytes), parent: nil, round: nil, plan: plan.record.hash,
      createdAt: Int64(clock()))
    try await store.add(model, bytes: bytes)
    return model.hash
  }

  private func offer(
    of plan: RunningPlan, config: [UInt8], model: Bytes32, _ demand: RoundDemand?
  ) throws -> RoundOffer {
    guard let signature = Signature(plan.record.signature) else {
      throw StorageError.corrupt(table: "plan", field: "signature")
    }
    return RoundOffer(
      configuration: config, plan: plan.record.hash, planSignature: signature, model: model,
      task: demand?.task ?? "")
  }

  /// Takes no new rounds and no check-ins any more; what is durable stays.
  package func drain() { isDraining = true }
}
