internal import CryptoPrimitives
internal import DeviceLedger
package import FederatedRounds
internal import SecureAggregation
internal import Storage
package import WireProtocol

extension DeviceNode {
  /// What a check-in came to.
  package enum CheckInOutcome: Sendable, Equatable {
    /// Nothing to do; come again in so many seconds.
    case wait(seconds: UInt32)
    /// The device takes part in nothing until it is resumed.
    case paused
    /// The device does not take part in what was offered, or does not even ask.
    case objection(String)
    case round(DeviceRoundEnd)
  }

  /// Checks in, and takes part in a round if one is offered, to its end.
  ///
  /// - Parameter joins: told of the round before it is joined, and when it will be over at the latest, in
  ///   Unix seconds.
  package func runOnce(
    _ worker: any LocalWorker, joins: (@Sendable (RoundOffer, UInt64) -> Void)? = nil
  ) async throws(DeviceError) -> CheckInOutcome {
    // Two rounds at once would each see what was contributed before the other.
    guard !isTakingPart else { throw .takesPartAlready }
    isTakingPart = true
    defer { isTakingPart = false }
    guard try await !isPaused() else { return .paused }
    // Also without an offer: what is wrong with the ledger is noticed, and waited for, from now on.
    _ = try await readyLedger()
    try await resendUnmask()
    let reply: ReplyBody
    do { reply = try await ask(.checkIn) } catch .checkInsSpent(let most) {
      return .objection(DeviceError.checkInsSpent(most: most).description)
    }
    switch reply {
    case .wait(let seconds, let served):
      try await noteIfPossible(served)
      return .wait(seconds: seconds)
    case .offer(let offer, let served):
      let outcome = try await answer(offer, worker, joins)
      // After the round, whose first deadline does not wait for a download.
      try await noteIfPossible(served)
      return outcome
    default: throw .unexpectedAnswer
    }
  }

  private func answer(
    _ offer: RoundOffer, _ worker: any LocalWorker,
    _ joins: (@Sendable (RoundOffer, UInt64) -> Void)?
  ) async throws(DeviceError) -> CheckInOutcome {
    guard let assignment = try await assignment(of: offer) else {
      return .objection("the round's configuration cannot be read")
    }
    let asked = clock()
    if let objection = await objection(of: worker, to: assignment) {
      return .objection(objection)
    }
    let charge: RoundCharge
    let most: Int
    do {
      let terms = try await worker.terms(of: assignment)
      charge = RoundCharge(
        task: ChargedTask(assignment.config, totalVariation: terms.totalVariation),
        configuration: offer.configuration, checked: max(asked, clock()))
      most = terms.mostContributions
    } catch { return .objection("\(error)") }
    if let quarantine = try await quarantine() { return .objection(quarantine.description) }
    // Plan and round are in the log from here on: whoever lies about a count does so in public.
    let standing = try await standing(for: assignment, planSignature: offer.planSignature)
    if let counted = offer.counted, try await isOfItsCoordinator(assignment),
      let quarantine = try await quarantine(of: charge.task, counted: counted, most: most)
    {
      return .objection(quarantine.description)
    }
    joins?(offer, assignment.config.deadline(of: .unmask))
    return .round(try await takePart(in: assignment, standing, worker, charge))
  }

  /// Whether the configuration that is in the log is one of this coordinator, over this plan.
  private func isOfItsCoordinator(_ assignment: Assignment) async throws(DeviceError) -> Bool {
    let coordinator = try await describeCoordinator()
    return assignment.config.coordinator == coordinator.identity
      && assignment.config.planHash == Blake2b.digest(assignment.plan)
  }

  /// What speaks against taking part; preparing may take as long as the work itself.
  private func objection(of worker: any LocalWorker, to assignment: Assignment) async -> String? {
    let limit = ceilings.mostTrainingTime
    do {
      return try await TimeLimit.run(limit) { await worker.objection(to: assignment) }
    } catch is TimeLimit.Exceeded {
      return "what the round needs could not be prepared in \(limit), the device's ceiling"
    } catch { return "the device stops" }
  }

  /// Asks which version profiles are computed with, and takes part in nothing.
  ///
  /// - Parameter limit: how long it is waited for: whoever wants a profile has the version before. A
  ///   download that has begun goes on.
  package func refreshServedModel(within limit: Duration = .seconds(5)) async throws(DeviceError) {
    let work = Task { try await self.learnServedModel() }
    do {
      try await TimeLimit.run(limit) { try await work.value }
    } catch let error as DeviceError { throw error } catch { throw .transport(.timedOut) }
  }

  private func learnServedModel() async throws(DeviceError) {
    let reply: ReplyBody
    // The version before does.
    do { reply = try await ask(.checkIn) } catch .checkInsSpent { return }
    switch reply {
    case .wait(_, let served?), .offer(_, let served?): try await note(served)
    case .wait, .offer: break
    default: throw .unexpectedAnswer
    }
  }

  /// Rounds go on without a version that cannot be had now, or is above the device's ceiling.
  private func noteIfPossible(_ served: ServedModel?) async throws(DeviceError) {
    guard let served else { return }
    do { try await note(served) } catch .transport, .damagedDownload {
      // Profiles go by the version before; the next check-in tries again.
    }
  }

  /// Downloads plan and model of an offer; nil if its configuration is none.
  private func assignment(of offer: RoundOffer) async throws(DeviceError) -> Assignment? {
    try await check(offer.planSignature, of: offer.plan)
    let config: RoundConfig
    do { config = try Signed<RoundConfig>(decoding: offer.configuration).content } catch {
      return nil
    }
    return Assignment(
      task: offer.task, config: config, plan: try await plan(offer.plan),
      model: try await model(offer.model))
  }

  /// The version to train on: often the one that profiles are computed with.
  private func model(_ hash: Bytes32) async throws(DeviceError) -> [UInt8] {
    if try await servedModel()?.model == hash { return try await fetch(hash) }
    return try await download(hash)
  }

  private func check(
    _ signature: Signature, of plan: Bytes32
  ) async throws(DeviceError) {
    let coordinator = try await describeCoordinator()
    guard coordinator.authority.isValid(signature, on: PlanSignature.digest(plan)) else {
      throw .badPlanSignature(plan)
    }
  }

  /// A plan that was signed: kept, so that what was contributed can be accounted for later.
  private func plan(_ hash: Bytes32) async throws(DeviceError) -> [UInt8] {
    if let known = try await knownPlan(hash) { return known }
    // It stays for good, so that no coordinator fills a disk with what it calls plans.
    let plan = try await download(hash, limit: WireLimits.planByteCount)
    try await keep(plan, hash: hash)
    return plan
  }

  /// Remembers which version profiles are computed with.
  private func note(_ served: ServedModel) async throws(DeviceError) {
    try await check(served.planSignature, of: served.plan)
    _ = try await plan(served.plan)
    try await setServed(served)
  }

  /// A round after a restart: the recorded Unmask is all that may still be said.
  private func resendUnmask() async throws(DeviceError) {
    let rounds: [ParticipationRecord]
    do { rounds = try await store.rounds() } catch { throw .storage(error) }
    let earlier = try await lastEndWithFormerCoordinator()
    let now = Int64(clock())
    // Also of rounds that have ended here: the end is recorded before the message leaves.
    for round in rounds
    where round.expiry > max(now, earlier) && !resent.contains(round.key) {
      guard let unmask = round.unmask else { continue }
      do {
        _ = try await ask(.stepMessage(unmask), of: round.key.name)
      } catch .refused(let refusal) where !refusal.code.isTemporary {
        // The round has gone on without it.
      }
      resent.insert(round.key)
    }
  }
}
