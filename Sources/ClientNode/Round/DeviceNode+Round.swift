internal import CryptoPrimitives
internal import DeviceLedger
internal import FederatedRounds
internal import RingArithmetic
internal import SecureAggregation
internal import Storage
internal import WireProtocol

/// Taking part in a round, from its configuration to its end.
extension DeviceNode {
  func takePart(
    in assignment: Assignment, _ standing: RoundPlace.Standing, _ worker: any LocalWorker,
    _ charge: RoundCharge
  ) async throws(DeviceError) -> DeviceRoundEnd {
    let place = RoundPlace(identity: keys.aggregationIdentity, assignment.config, standing)
    let name = assignment.config.name
    var records = place.round.join(charge.configuration, at: clock(), randomness: &randomness)
    while true {
      // The process is to stop: nothing waits any more, so nothing may be tried again.
      if Task.isCancelled { place.round.ended(.interrupted) }
      try await keep(records, place, charge)
      records = place.round.timePassed(to: clock())
      try await keep(records, place, charge)
      records = []
      switch place.round.next {
      case .finished(let end):
        let end = try await finish(end, of: RoundKey(name))
        switch end {
        // Left behind because of its log, which is what the owner has to know.
        case .stopped, .dismissed: if let fault = place.withheld { throw .log(fault) }
        case .committed, .contributed, .aborted, .failed, .interrupted: break
        }
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
          try await self.upload(input, of: name)
          try self.reached(.uploadAcknowledged)
        }
      case .poll(let kind): records = try await poll(place, kind, name)
      case .awaitEnd: records = try await poll(place, nil, name)
      }
    }
  }

  private func finish(
    _ end: DeviceRoundEnd, of key: RoundKey
  ) async throws(DeviceError) -> DeviceRoundEnd {
    do throws(StorageError) {
      switch end {
      case .committed(let model): try await store.note(.committed(model: model), of: key)
      case .aborted: try await store.note(.aborted, of: key)
      case .contributed, .stopped, .dismissed, .failed, .interrupted: break
      }
      try await store.end(key)
      // A round can be committed without a device that it has heard too late.
      if case .committed = end, try await store.charge(of: key) == nil { return .dismissed }
    } catch { throw .storage(error) }
    return end
  }

  /// What the aggregation protocol has to know of the device and its coordinator.
  func standing(
    for assignment: Assignment, planSignature: Signature
  ) async throws(DeviceError) -> RoundPlace.Standing {
    let coordinator = try await describeCoordinator()
    let logged = try await loggedConfiguration(of: assignment, planSignature: planSignature)
    var policy = ceilings.policy
    policy.coordinators = [coordinator.identity]
    policy.authority = coordinator.authority
    policy.anchors = try await anchors()
    let spent = try await ledger().ledger.contributionCount
    let history: ClientHistory
    do {
      try await store.forgetUnmasks(expiredBy: Int64(clock()))
      history = try await store.history()
    } catch { throw .storage(error) }
    return RoundPlace.Standing(
      certificate: try await certificate(), policy: policy,
      circumstances: RoundCircumstances(
        modelHash: Blake2b.digest(assignment.model), planHash: Blake2b.digest(assignment.plan),
        revocations: try await revocations(),
        loggedConfiguration: logged,
        coversBudget: spent < ceilings.mostContributions),
      certificates: CertificateVerifier(authority: coordinator.authority), history: history)
  }

  private func keep(
    _ records: [ClientRecord], _ place: RoundPlace, _ charge: RoundCharge
  ) async throws(DeviceError) {
    for record in records {
      if case .charged(let name) = record {
        try await debit(charge, of: name)
        continue
      }
      do {
        try await store.keep(
          record, survivorCount: place.round.survivorCount, of: keys.verificationKey)
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
        place.round.ended(.failed(reason: "the contribution is of another shape than the round"))
        return []
      }
      return place.round.contribute(vector, at: clock())
    } catch is CancellationError {
      place.round.ended(.interrupted)
    } catch is TimeLimit.Exceeded {
      place.round.ended(
        .failed(reason: "it took longer than \(ceilings.mostTrainingTime), the device's ceiling"))
    } catch {
      place.round.ended(.failed(reason: "\(error)"))
    }
    return []
  }
}
