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
  var attendance: Attendance
  var isDraining = false
  var isAdvancing = false
  /// When the store was last asked what commands in other processes have changed.
  var synchronizedAt: UInt64 = 0
  /// Rounds in a row of `countedPlan` that were aborted, and not by its operator.
  var abortedInARow = 0
  private var countedPlan: Bytes32?
  /// Plans that have ended and need no closing in the log any more.
  var closedPlans: Set<Bytes32> = []
  /// Whether it was said that devices are missing.
  var awaitsDevices = false
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
    attendance = Attendance(at: clock())
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
  func revocations(_ count: Int? = nil) -> RevocationList {
    RevocationList(Set(revoked.prefix(count ?? revoked.count)))
  }

  /// Takes up the plan that is to run, and goes on with its round if one is open.
  func recover() async throws {
    isRecovering = true
    let former = live?.key
    await live?.retire()
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
    recallAcceptedHeads()
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
  func choosePlan(preferring open: Set<Bytes32>) async throws {
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

  func readServedModel() async throws {
    served = nil
    // Before the first sum there is nothing to compute a profile with.
    for record in try await store.plans().reversed() where served == nil {
      guard let model = try await store.servedModel(plan: record.hash), model.round != nil,
        let signature = Signature(record.signature)
      else { continue }
      served = ServedModel(plan: record.hash, planSignature: signature, model: model.hash)
    }
  }

  func offer(
    of plan: RunningPlan, config: [UInt8], model: Bytes32, _ demand: RoundDemand?
  ) throws -> RoundOffer {
    guard let signature = Signature(plan.record.signature) else {
      throw StorageError.corrupt(table: "plan", field: "signature")
    }
    return RoundOffer(
      configuration: config, plan: plan.record.hash, planSignature: signature, model: model,
      task: demand?.task ?? "")
  }
}
