internal import CryptoPrimitives
internal import FederatedRounds
internal import Logging
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// How time passes for a coordinator.
extension Coordinator {
  private static let synchronizationSeconds: UInt64 = 1

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
    do {
      try await publishLog()
      log.failure = nil
    } catch {
      metrics.failures.increment()
      let failure = "\(error)"
      if log.failure != failure {
        logger.error(
          "the log cannot be published; no round begins until it can",
          metadata: ["error": "\(failure)"])
      }
      log.failure = failure
    }
  }

  /// Reads what commands in other processes have changed: revocations, plans, aborted rounds, pins.
  private func synchronize() async throws {
    let time = clock()
    var randomness = RandomStream.system()
    if let day = attendance.ended(by: time, randomness: &randomness) {
      try await store.keep(day)
    }
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
      }
    }
    // Commands in other processes end plans, too, also those that do not run.
    try await closePlans()
    if plan == nil { try await choosePlan(preferring: []) }
    try await readServedModel()
    watch.use(try await store.witnesses())
    synchronizedAt = time
  }

  /// Takes no new rounds and no check-ins any more; what is durable stays.
  package func drain() { isDraining = true }
}
