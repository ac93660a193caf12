internal import CryptoPrimitives
package import FederatedRounds
internal import Logging
internal import RingArithmetic
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// How rounds begin and end.
extension Coordinator {
  /// Ends the round that is going on.
  package func abortRound(_ reason: RoundAbort) async throws {
    guard let live else { return }
    await live.abort(reason)
    try await end(live.key, reason)
  }

  func end(_ key: RoundKey, _ reason: RoundAbort) async throws {
    try await store.abort(key, reason: reason.number, at: Int64(clock()))
    metrics.aborted.increment()
    if reason != .planStopped && reason != .byOperator { abortedInARow += 1 }
    logger.notice(
      "round aborted", metadata: ["round": "\(label(of: key))", "reason": "\(reason.name)"])
    finish(key, .aborted(reason: reason.number))
  }

  func commit(_ sum: OpenedSum, of live: LiveRound) async throws {
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
    let released: (sum: ReleasedSum, hash: Bytes32)
    do {
      (bytes, released) = try await Self.model(
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
          round: live.key.logged, debit: debit.entry.leaf, sumHash: released.hash,
          modelHash: model.hash,
          survivorCount: sum.survivors.count, mechanism: live.mechanism)))
    do throws(StorageError) {
      try await store.commit(
        model, bytes: bytes, sum: released.sum, round: live.key, log: [release])
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
      metadata: [
        "round": "\(label(of: live.key))",
        "contributions": "\(CoarseCount.shown(sum.survivors.count))",
      ])
    finish(live.key, .committed(model: model.hash))
    try await readServedModel()
  }

  /// Off the actor: a server step may take seconds, and devices are answered meanwhile.
  @concurrent
  private static func model(
    _ course: any RoundCourse, after model: [UInt8], sum: OpenedSum, packing: BitPacking
  ) async throws -> (bytes: [UInt8], released: (sum: ReleasedSum, hash: Bytes32)) {
    (
      try course.model(after: model, sum: sum),
      (
        ReleasedSum(survivors: sum.survivors.count, packed: packing.pack(sum.vector)),
        VectorDigest.digest(of: sum.vector, packing: packing)
      )
    )
  }

  func finish(_ key: RoundKey, _ ending: RoundEnding) {
    endings[key] = ending
    if let oldest = endings.keys.map(\.number).min(), endings.count > Self.rememberedEndings {
      endings = endings.filter { $0.key.number != oldest }
    }
    uploads.forget(round: key)
    if live?.key == key { live = nil }
    nextOpening = plan.map { clock() + $0.template.pauseSeconds }
  }

  private static let rememberedEndings = 16

  func beginRound() async throws {
    guard !isDraining, log.failure == nil, let plan, try await isRunning(plan),
      clock() >= nextOpening ?? 0
    else { return }
    guard hasEnoughDevices(for: plan) else { return }
    let model = try await currentModel(of: plan)
    guard abortedInARow < plan.template.attempts else {
      // Not closed in the log: an operator may resume it.
      try await store.move(plan.record.hash, to: .failed, log: [])
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
    guard try await plan.hasRelease(for: demand, in: store) else {
      try await store.move(plan.record.hash, to: .failed, log: [])
      logger.error(
        "plan failed: the log has as many releases of the task as the plan promises; promote a later version and resume the plan, or cancel it",
        metadata: ["plan": "\(plan.record.hash)", "task": "\(demand.task)"])
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
    } catch StorageError.planIsNotRunning {
      // A command has stopped it meanwhile; the next look at the store tells.
      return
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
  func label(of key: RoundKey) -> String {
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
        metadata: [
          "enrolled": "\(CoarseCount.shown(enrolled))", "needed": "\(plan.template.leastCohort)",
        ])
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
}
