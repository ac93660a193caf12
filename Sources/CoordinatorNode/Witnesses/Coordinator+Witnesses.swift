internal import CryptoPrimitives
internal import FederatedRounds
internal import Logging
internal import SecureAggregation
package import Storage
internal import TransparencyLog
internal import WireProtocol

/// One request to a witness, ready to be sent.
package struct WitnessErrand: Sendable {
  package let witness: WitnessRecord
  /// The signed request.
  package let body: [UInt8]
  let kind: WitnessRequestKind
  let nonce: [UInt8]
  /// The round that it is about; nil for a question about the chain.
  let round: RoundKey?
}

/// How a coordinator reaches its witnesses.
///
/// The bytes are signed; a transport may lose, repeat or change them. It has to come back in bounded
/// time, with an answer or without.
package protocol WitnessTransport: Sendable {
  /// Sends the body of a request to POST /v1/requests of the witness; the answer is a Reply.
  func send(_ body: [UInt8], to witness: WitnessRecord) async throws -> [UInt8]
}

extension Coordinator {
  /// The list that devices pin when they join: as the authority signed it, empty if there is none.
  var signedWitnessList: [UInt8] { watch.pinned.signedList }

  /// What the next round of a plan names; nil if it cannot begin yet.
  func witnessTerms(for plan: RunningPlan) async throws -> [WitnessTerms]? {
    if let fault = RunningPlanFault.missingWitness(
      most: plan.template.mostCohort, witnesses: watch.pinned.witnesses.count)
    {
      logger.error(
        "plan paused", metadata: ["plan": "\(plan.record.hash)", "reason": "\(fault)"])
      try await store.move(
        plan.record.hash, to: .paused,
        log: try await plan.entries(of: .paused, in: store, at: clock()))
      return nil
    }
    return watch.terms
  }

  /// The requests that are due, each handed out once until `perform` has come back with it.
  package func takeWitnessErrands() async -> [WitnessErrand] {
    guard !isRecovering, !watch.pinned.witnesses.isEmpty else { return [] }
    return await headErrands() + roundErrands()
  }

  private func roundErrands() async -> [WitnessErrand] {
    if let live {
      let awaited = await readyWitnesses(in: live)
      let due = watch.begin(awaited, at: clock())
      guard !due.isEmpty else { return [] }
      let question = await live.witnessQuestion()
      guard let question, question.isSendable else {
        if question != nil {
          logger.error(
            "the revocation list is longer than witnesses take; the round ends without them",
            metadata: ["limit": "\(WireLimits.revokedCount)"])
        }
        for witness in due { watch.failed(witness.verificationKey, at: clock()) }
        return []
      }
      return await errands(question, to: due, in: live)
    }
    guard !isDraining, plan != nil, clock() >= nextOpening ?? 0 else { return [] }
    return errands(.standing, to: watch.begin(watch.unknownStandings, at: clock()), round: nil)
  }

  /// Requests about a round: each witness gets what the log says of it, as the head that it knows shows it.
  private func errands(
    _ question: WitnessRequestBody, to witnesses: [WitnessRecord], in live: LiveRound
  ) async -> [WitnessErrand] {
    guard case .reveal(let inquiry) = question else {
      return errands(question, to: witnesses, round: live.key)
    }
    var found: [WitnessErrand] = []
    for witness in witnesses {
      do {
        var shown = inquiry
        shown.roundEntry = try await proof(of: live.key.logKey(.round), to: witness)
        shown.cohortEntry = try await proof(of: live.key.logKey(.cohort), to: witness)
        found += errands(.reveal(shown), to: [witness], round: live.key)
      } catch {
        logger.error("the log cannot be read", metadata: ["error": "\(error)"])
        watch.failed(witness.verificationKey, at: clock())
      }
    }
    return found
  }

  private func errands(
    _ question: WitnessRequestBody, to witnesses: [WitnessRecord], round: RoundKey?
  ) -> [WitnessErrand] {
    var randomness = RandomStream.system()
    return witnesses.map { witness in
      let request = SignedWitnessRequest(
        question, to: witness.verificationKey, issuedAt: clock(), signedBy: keys.identity,
        randomness: &randomness)
      return WitnessErrand(
        witness: witness, body: request.encoded, kind: request.kind, nonce: request.nonce,
        round: round)
    }
  }

  /// Sends a request and takes in the answer; what fails is due again after a while.
  ///
  /// The waiting and the checks of the answer happen outside of the actor.
  package nonisolated func perform(
    _ errand: WitnessErrand, over transport: any WitnessTransport
  ) async {
    do {
      let bytes = try await transport.send(errand.body, to: errand.witness)
      let answer = try SignedWitnessReply(decoding: bytes).body(
        of: errand.kind, to: errand.nonce, from: errand.witness.verificationKey)
      switch try answer.get() {
      case .standing(let standing):
        guard standing.continuesFrom(errand.witness.anchor) else {
          throw WitnessCallFault.otherChain
        }
        await note(standing, of: errand)
      case .message(let message) where errand.kind == .head:
        try await takeHead(message, of: errand)
      case .message(let message): try await take(message, of: errand)
      }
    } catch let refusal as Refusal {
      await note(failure: refusal.reason, of: errand)
    } catch { await note(failure: "\(error)", of: errand) }
  }

  private func note(_ standing: WitnessStanding, of errand: WitnessErrand) async {
    let witness = errand.witness.verificationKey
    watch.succeeded(witness)
    // An answer that was on its way while a round began is of no use for the next one.
    guard live == nil else { return }
    watch.note(standing, of: witness)
    if standing.position >= standing.length {
      logger.error(
        "a witness has used up its chain; replace it",
        metadata: ["witness": "\(witness.encoding)", "url": "\(errand.witness.url)"])
    }
    await advance()
  }

  private func take(_ message: [UInt8], of errand: WitnessErrand) async throws {
    let witness = errand.witness.verificationKey
    if let live, live.key == errand.round {
      _ = try await live.received(message, from: witness, at: clock())
    }
    watch.succeeded(witness)
    await advance()
  }

  private func note(failure: String, of errand: WitnessErrand) {
    if errand.kind == .head {
      watch.cosigningFailed(errand.witness.verificationKey, at: clock())
    } else {
      watch.failed(errand.witness.verificationKey, at: clock())
    }
    metrics.witnessFailures.increment()
    logger.warning(
      "a witness did not do what it was asked",
      metadata: [
        "witness": "\(errand.witness.identity)", "url": "\(errand.witness.url)",
        "asked": "\(errand.kind)", "reason": "\(failure)",
      ])
  }
}

/// Why an answer of a witness is of no use.
enum WitnessCallFault: Error, Equatable, CustomStringConvertible {
  /// The value does not lead back to the anchor that devices have pinned.
  case otherChain
  /// The witness has accepted a head that this log does not continue.
  case laterHead(size: UInt64)
  /// What it says is no signature on the head, nor a head of this log.
  case noCosignature

  var description: String {
    switch self {
    case .otherChain:
      "its chain does not begin with the anchor that was added here; add its description again"
    case .laterHead(let size):
      "it has signed a head of \(size) entries, which the log in the store does not have: the store was restored "
        + "from an old backup, or another coordinator uses the log's key"
    case .noCosignature: "its answer is no signature on the head"
    }
  }
}

extension WitnessStanding {
  /// A chain that is longer is none of ours.
  private static let mostSteps: UInt64 = 1 << 20

  /// Whether the value leads back to the anchor of the chain.
  fileprivate func continuesFrom(_ anchor: Bytes32) -> Bool {
    guard position <= Self.mostSteps else { return false }
    var earlier = value
    for _ in 0..<position { earlier = Beacon.previous(of: earlier) }
    return earlier == anchor
  }
}
