internal import CryptoPrimitives
package import FederatedRounds
internal import RingArithmetic
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
    /// A round was offered, and the device does not take part.
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
    try await resendUnmask()
    switch try await ask(.checkIn) {
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
    if let objection = await objection(of: worker, to: assignment) {
      return .objection(objection)
    }
    joins?(offer, assignment.config.deadline(of: .unmask))
    return .round(try await takePart(in: assignment, offer, worker))
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
    switch try await ask(.checkIn) {
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
    let plan = try await download(hash)
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

  private func takePart(
    in assignment: Assignment, _ offer: RoundOffer, _ worker: any LocalWorker
  ) async throws(DeviceError) -> DeviceRoundEnd {
    let place = RoundPlace(
      identity: keys.aggregationIdentity,
      try await standing(for: assignment, planSignature: offer.planSignature))
    let name = assignment.config.name
    var records = place.round.join(offer.configuration, at: clock(), randomness: &randomness)
    while true {
      // The process is to stop: nothing waits any more, so nothing may be tried again.
      if Task.isCancelled { place.round.ended(.interrupted) }
      try await keep(records, charge: offer.configuration)
      records = place.round.timePassed(to: clock())
      try await keep(records, charge: offer.configuration)
      records = []
      switch place.round.next {
      case .finished(let end):
        do throws(StorageError) {
          // The log has to account for it before the device contributes again.
          if case .committed(let model) = end {
            try await store.note(CommittedRound(key: RoundKey(name), model: model))
          }
          try await store.end(RoundKey(name))
        } catch { throw .storage(error) }
        return end
      case .train:
        records = await train(place, assignment, worker)
        try reached(.contributionMade)
      case .send(let message):
        try await attempt(place, in: name) { () async throws(DeviceError) in
          _ = try await self.ask(.stepMessage(message), of: name)
          try self.reached(.messageAcknowledged)
        }
      case .upload(let input):
        try await attempt(place, in: name) { () async throws(DeviceError) in
          try await self.upload(input.encoded, of: name)
          try self.reached(.uploadAcknowledged)
        }
      case .poll(let kind): records = try await poll(place, kind, name)
      case .awaitEnd: records = try await poll(place, nil, name)
      }
    }
  }

  /// What the aggregation protocol has to know of the device and its coordinator.
  private func standing(
    for assignment: Assignment, planSignature: Signature
  ) async throws(DeviceError) -> RoundPlace.Standing {
    let coordinator = try await describeCoordinator()
    let logged = try await loggedConfiguration(of: assignment, planSignature: planSignature)
    var policy = ceilings.policy
    policy.coordinators = [coordinator.identity]
    policy.authority = coordinator.authority
    policy.anchors = try await anchors()
    let spent = try await contributions().count
    let history: ClientHistory
    do { history = try await store.history() } catch { throw .storage(error) }
    return RoundPlace.Standing(
      certificate: try await certificate(), policy: policy,
      circumstances: RoundCircumstances(
        modelHash: Blake2b.digest(assignment.model), planHash: Blake2b.digest(assignment.plan),
        revocations: try await revocations(),
        loggedConfiguration: logged,
        coversBudget: spent < ceilings.mostContributions),
      certificates: CertificateVerifier(authority: coordinator.authority), history: history)
  }

  private func keep(_ records: [ClientRecord], charge: [UInt8]) async throws(DeviceError) {
    for record in records {
      do {
        try await store.keep(
          record, of: keys.verificationKey, at: clock(), charge: charge)
      } catch { throw .storage(error) }
    }
  }

  private func train(
    _ place: RoundPlace, _ assignment: Assignment, _ worker: any LocalWorker
  ) async -> [ClientRecord] {
    do {
      let vector = try await TimeLimit.run(ceilings.mostTrainingTime) {
        try await worker.contribution(to: assignment)
      }
      guard vector.count == assignment.config.dimension,
        vector.modulus == assignment.config.modulus
      else {
        place.round.ended(.interrupted)
        return []
      }
      return place.round.contribute(vector, at: clock())
    } catch {
      place.round.ended(.interrupted)
      return []
    }
  }

  /// Tries once; a lost answer is tried again later, a refusal ends the round for this device.
  private func attempt(
    _ place: RoundPlace, in name: RoundName, _ body: () async throws(DeviceError) -> Void
  ) async throws(DeviceError) {
    do {
      try await body()
      place.round.acknowledged()
    } catch .transport, .wire {
      await pause(place.round.retryDelay(randomness: &randomness))
    } catch .refused(let refusal) where refusal.code.isTemporary {
      await pause(place.round.retryDelay(randomness: &randomness))
    } catch .refused(let refusal)
      where refusal.code == .roundEnded || refusal.code == .unknownRound
    {
      // How it ended is another question: it may have been committed with this device in it. A
      // coordinator that has started again knows rounds that are over by their end only.
      _ = try await poll(place, nil, name)
    } catch .refused {
      place.round.ended(.dismissed)
    }
  }

  /// Asks for a message, or for nothing but the end.
  private func poll(
    _ place: RoundPlace, _ kind: MessageKind?, _ name: RoundName
  ) async throws(DeviceError) -> [ClientRecord] {
    let reply: ReplyBody
    do {
      reply = try await ask(.poll(awaited: kind?.rawValue ?? 0), of: name)
    } catch .transport, .wire {
      await pause(place.round.retryDelay(randomness: &randomness))
      return []
    } catch .refused(let refusal) where refusal.code.isTemporary {
      await pause(place.round.retryDelay(randomness: &randomness))
      return []
    } catch .refused {
      place.round.ended(.dismissed)
      return []
    }
    switch reply {
    case .message(let message):
      return place.round.delivered(message, at: clock(), randomness: &randomness)
    case .notYet(let milliseconds):
      // The coordinator's wish, within what a device lets it wish for.
      await pause(min(max(milliseconds, 50), 10_000))
    case .ended(.committed(let model)): place.round.ended(.committed(model: model))
    case .ended(.aborted(let reason)): place.round.ended(.aborted(reason: reason))
    default: throw .unexpectedAnswer
    }
    return []
  }

  private static let mostUploadRestarts = 16

  private func upload(_ message: [UInt8], of name: RoundName) async throws(DeviceError) {
    var offset = 0
    var restarts = 0
    while true {
      let piece = Array(message[offset...].prefix(WireLimits.pieceByteCount))
      let reply = try await ask(
        .uploadChunk(UploadChunk(total: message.count, offset: offset, piece: piece)), of: name)
      guard case .progress(let progress) = reply else { throw .unexpectedAnswer }
      if let digest = progress.digest {
        guard digest == Blake2b.digest(message) else { throw .unexpectedAnswer }
        return
      }
      // Where the coordinator is, this goes on: after its restart that is at the first byte again.
      guard progress.received < message.count else { throw .unexpectedAnswer }
      if progress.received <= offset { restarts += 1 }
      guard restarts <= Self.mostUploadRestarts else { throw .unexpectedAnswer }
      offset = progress.received
    }
  }

  private func pause(_ milliseconds: UInt32) async {
    do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch {
      // Canceled: the caller finds out at its next request.
    }
  }
}

/// Where a device is in a round.
///
/// An object, because a round cannot be copied and is worked on across suspensions.
private final class RoundPlace {
  /// What the round starts from.
  struct Standing {
    let certificate: Certificate
    let policy: ClientPolicy
    let circumstances: RoundCircumstances
    let certificates: CertificateVerifier
    let history: ClientHistory
  }

  var round: DeviceRound

  init(identity: Identity, _ standing: Standing) {
    round = DeviceRound(
      AggregationClient(
        identity: identity, certificate: standing.certificate, policy: standing.policy,
        circumstances: standing.circumstances, certificates: standing.certificates,
        history: standing.history))
  }
}
