package import CryptoPrimitives
package import SecureAggregation

/// A round as the coordinator sees it: messages and time in, entries for the journal and effects out.
///
/// It does no I/O and has no clock. Its state may run ahead of what is durable, so nothing that it
/// gives out may leave the process before the entries that came with it, and all earlier ones, are
/// stored. If storing fails, the value is thrown away and made again from the journal.
package struct CoordinatorRound: ~Copyable, Sendable {
  package private(set) var aggregation: AggregationServer
  /// Set when the round ended.
  private var ending: RoundState?
  private var isDebited = false
  /// Digests of accepted messages: a device has one message of each kind.
  private var receipts: [Receipt: Bytes32] = [:]

  private struct Receipt: Hashable {
    let device: VerificationKey
    let kind: MessageKind
  }

  /// A round in which nothing has happened yet.
  package init(_ aggregation: consuming AggregationServer) { self.aggregation = aggregation }

  package var config: RoundConfig { aggregation.config }

  package func state(at time: UInt64) -> RoundState {
    if let ending { return ending }
    switch aggregation.phase {
    case .advertise: return time < config.opens ? .announced : .selecting
    case .reveal, .shares: return .sharing
    case .input: return .collecting
    case .consistency: return .sealed
    case .unmask: return .unmasking
    case .opening: return .opening
    case .ended(let code): return .aborted(.aggregation(code))
    }
  }

  // MARK: Messages

  /// What became of a message.
  package enum Verdict: Sendable, Equatable {
    /// Acknowledge the digest once the entry is durable; for an Input together with the partial sum.
    case accepted(RoundEntry, digest: Bytes32)
    /// The same bytes were accepted before: acknowledge again.
    case repeated(digest: Bytes32)
    case refused(Refusal)
  }

  /// Why a message was refused; the round is as it was.
  package enum Refusal: Sendable, Equatable {
    case notOpen
    case isOver
    /// The message is another device's.
    case otherSender
    /// A second, different message for a step.
    case equivocation
    case aggregation(AbortCode)
  }

  /// Takes in a message of an authenticated device, or of a witness of the round.
  package mutating func received(
    _ message: [UInt8], from device: VerificationKey, at time: UInt64
  ) -> Verdict {
    guard let kind = MessageLayout.kind(of: message) else { return .refused(.aggregation(.kind)) }
    let digest = Blake2b.digest(message)
    let earlier = receipts[Receipt(device: device, kind: kind)]
    if earlier == digest { return .repeated(digest: digest) }
    guard ending == nil else { return .refused(.isOver) }
    guard time >= config.opens else { return .refused(.notOpen) }
    guard isSender(device, of: message, kind) else { return .refused(.otherSender) }
    let entry: RoundEntry =
      kind == .input
      ? .input(digest: digest, from: device) : .message(message, from: device, at: time)
    switch aggregation.received(message, at: time) {
    case .accepted:
      receipts[Receipt(device: device, kind: kind)] = digest
      return .accepted(entry, digest: digest)
    case .repeated: return .repeated(digest: digest)
    case .refused(let error) where error.code == .equivocation || error.code == .overlap:
      return .refused(.equivocation)
    case .refused(let error): return .refused(.aggregation(error.code))
    }
  }

  /// Why no part of an Input of this device is taken now; nil if it is, or if the Input is there.
  package func uploadRefusal(for device: VerificationKey) -> Refusal? {
    if receipts[Receipt(device: device, kind: .input)] != nil { return nil }
    guard ending == nil else { return .isOver }
    return aggregation.takesInput(of: device) ? nil : .aggregation(.outOfOrder)
  }

  private func isSender(
    _ device: VerificationKey, of message: [UInt8], _ kind: MessageKind
  ) -> Bool {
    switch MessageLayout.sender(of: message, kind) {
    case .identity(let identity): identity == device
    case .index(let index): aggregation.index(of: device) == index
    case nil: false
    }
  }

  // MARK: Time

  /// What the program around the round has to do next, in this order.
  package enum Effect: Sendable, Equatable {
    case record(RoundEntry)
    /// Devices that ask get this message now.
    case deliver(MessageKind)
    /// Ask the witnesses: `witnessQuestion` says what, now and after a restart.
    case askWitnesses
    /// Open the sum, then commit it or abort.
    case open
    /// Store the end; nothing of the round was or will be opened. What was debited stays so.
    case abort(RoundAbort)
  }

  /// When the round wants to be looked at again, at the latest; nil when it is over or opens its sum.
  package var nextDeadline: UInt64? {
    guard ending == nil, let step = openStep else { return nil }
    return config.deadline(of: step)
  }

  private var openStep: RoundStep? {
    switch aggregation.phase {
    case .advertise: .advertise
    case .reveal, .shares: .shares
    case .input: .input
    case .consistency: .consistency
    case .unmask: .unmask
    case .opening, .ended: nil
    }
  }

  /// Closes the step if its deadline has come or nobody is missing.
  ///
  /// Call it again until it returns nothing: after a long sleep several deadlines may have passed. No step is
  /// closed while the debit is due: nobody is asked for shares that open a sum before it is paid for.
  package mutating func advance(at time: UInt64) -> [Effect] {
    guard debit == nil, let deadline = nextDeadline, time >= deadline || aggregation.isStepComplete
    else {
      return []
    }
    return [.record(.closed(at: time))] + close()
  }

  private mutating func close() -> [Effect] {
    aggregation.close().map { action in
      switch action {
      case .deliver(let kind, _): return .deliver(kind)
      case .open: return .open
      case .end(let error):
        ending = .aborted(.aggregation(error.code))
        return .abort(.aggregation(error.code))
      case .requestReveals, .requestCosignatures: return .askWitnesses
      }
    }
  }

  /// The debit, due as soon as the survivors are fixed, and with them the one sum that may be opened; nil if it
  /// is durable already, or not due.
  ///
  /// Reading it notes nothing: until `debited()` says that it is durable, it is due.
  package var debit: RoundEntry? {
    // A round that was taken up again has its entry in the journal, and is not debited twice.
    guard ending == nil, !isDebited, aggregation.survivorCommitment != nil else { return nil }
    return .opening(contributors: aggregation.contributors)
  }

  /// Notes that the debit is durable; never before, for what follows spends what it records.
  package mutating func debited() { isDebited = true }

  /// Notes that the sum was opened and its model stored.
  package mutating func committed() {
    precondition(isDebited, "a sum was opened without a debit")
    ending = .committed
  }

  /// Ends the round without a sum, unless it has ended.
  package mutating func abort(_ reason: RoundAbort) -> [Effect] {
    guard ending == nil else { return [] }
    ending = .aborted(reason)
    return [.abort(reason)]
  }

  // MARK: Witnesses

  /// What witnesses are asked.
  package enum WitnessQuestion: Sendable {
    case reveal(RevealRequest)
    case cosign(CosignRequest)
  }

  /// The witnesses whose answer is missing; none if they have nothing to do now.
  ///
  /// Witnesses have no deadline of their own: without an answer the step ends at its deadline, and
  /// the round with it (`witness-set`).
  package var awaitedWitnesses: [VerificationKey] {
    ending == nil ? aggregation.awaitedWitnesses : []
  }

  /// What these witnesses are to be asked now.
  ///
  /// - Complexity: a reveal carries the Advertise messages of the whole cohort.
  package var witnessQuestion: WitnessQuestion? {
    guard !awaitedWitnesses.isEmpty else { return nil }
    if let request = aggregation.revealRequest { return .reveal(request) }
    return aggregation.cosignRequest.map(WitnessQuestion.cosign)
  }

  // MARK: Questions

  /// What a device that waits for a message gets to hear.
  package enum Answer: Sendable, Equatable {
    case notYet
    case message([UInt8])
    /// The device is not among those who go on.
    case notForYou
    case over(RoundState)
  }

  package func answer(
    to device: VerificationKey, awaiting kind: MessageKind, at time: UInt64
  ) -> Answer {
    if let ending { return .over(ending) }
    let waited = Self.order(of: kind)
    let current = Self.order(of: aggregation.phase)
    guard let waited else { return .notForYou }
    guard waited <= current else { return .notYet }
    guard waited == current, let index = aggregation.index(of: device),
      let message = aggregation.message(for: index)
    else { return .notForYou }
    return .message(message)
  }

  private static func order(of kind: MessageKind) -> Int? {
    switch kind {
    case .directory: 1
    case .inbox: 2
    case .survivors: 3
    case .quorum: 4
    default: nil
    }
  }

  private static func order(of phase: ServerPhase) -> Int {
    switch phase {
    case .advertise, .reveal: 0
    case .shares: 1
    case .input: 2
    case .consistency: 3
    case .unmask: 4
    case .opening, .ended: 5
    }
  }

  // MARK: Recovery

  /// Makes the round again from its journal.
  ///
  /// - Parameter partial: the sum that is stored with the inputs of the journal.
  /// - Throws: `RoundAbort.journal` if the entries do not fit together.
  package mutating func replay(
    _ entries: [RoundEntry], partial: PartialSum?
  ) throws(RoundAbort) {
    var partial = partial
    for entry in entries {
      switch entry {
      case .message(let message, let device, let time):
        guard case .accepted = received(message, from: device, at: time) else { throw .journal }
      case .input(let digest, let device):
        if let stored = partial {
          do { try aggregation.add(stored) } catch { throw .journal }
          partial = nil
        }
        receipts[Receipt(device: device, kind: .input)] = digest
      case .closed:
        guard ending == nil, openStep != nil else { throw .journal }
        _ = close()
      case .opening:
        guard debit == entry else { throw .journal }
        debited()
      }
    }
    // A sum without the entry of any input was never acknowledged, and cannot come about.
    guard partial == nil else { throw .journal }
  }
}
