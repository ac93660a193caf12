package import CryptoPrimitives

/// One client in one round of `fsa1`: messages and a vector in, actions out.
///
/// It has no clock, no randomness and no storage of its own, and does no I/O. Every check is made in
/// the order of the specification; the first that fails ends the round for this client and wipes its
/// secrets. The folders of this module tell the round step by step: Advertise, Share, MaskedInput,
/// Consistency, Unmask.
/// - Source: protocols/secure-aggregation.md, section 13.
package struct AggregationClient: ~Copyable, Sendable {
  let identity: Identity
  let certificate: Certificate
  let policy: ClientPolicy
  let circumstances: RoundCircumstances
  let certificates: CertificateVerifier
  let checks: ClientChecks

  package internal(set) var state = ClientState.idle
  /// Everything recorded so far, by this and by earlier rounds.
  package internal(set) var history: ClientHistory

  // What the round has made known so far; secrets apart from the rest.
  var round: JoinedRound?
  var neighborhood: Neighborhood?
  var sharers: Sharers?
  var survivors: Survivors?
  var secrets: RoundSecrets?

  /// A client that waits for a round's configuration.
  package init(
    identity: Identity, certificate: Certificate, policy: ClientPolicy,
    circumstances: RoundCircumstances, certificates: CertificateVerifier, history: ClientHistory
  ) {
    self.init(
      identity: identity, certificate: certificate, policy: policy, circumstances: circumstances,
      certificates: certificates, history: history, checks: .all)
  }

  /// The same with other checks: tests show with it what each check prevents.
  init(
    identity: Identity, certificate: Certificate, policy: ClientPolicy,
    circumstances: RoundCircumstances, certificates: CertificateVerifier, history: ClientHistory,
    checks: ClientChecks
  ) {
    self.identity = identity
    self.certificate = certificate
    self.policy = policy
    self.circumstances = circumstances
    self.certificates = certificates
    self.history = history
    self.checks = checks
  }

  /// Takes in a message of the coordinator.
  ///
  /// - Parameter time: Unix seconds.
  /// - Parameter randomness: Where fresh keys, polynomials and nonces come from.
  package mutating func received(
    _ message: [UInt8], at time: UInt64, randomness: inout RandomStream
  ) -> [ClientAction] {
    guard !isOver else { return [] }
    do throws(ProtocolError) {
      let kind = try MessageKind(ofMessage: message)
      try checks.arrival.verify(
        Arrival(
          kind: kind, awaited: state.awaited, time: time,
          deadline: state.next.flatMap { round?.config.deadline(of: $0) }))
      switch kind {
      case .roundConfig: return try join(message, at: time, randomness: &randomness)
      case .directory: return try share(message, randomness: &randomness)
      case .inbox: return try collectShares(message)
      case .survivors: return try signSurvivors(message)
      case .quorum: return try releaseShares(message)
      case .advertise, .shares, .input, .consistency, .unmask, .reveal, .cosign, .partialSum,
        .abort:
        throw ProtocolError(.outOfOrder, "header.kind")
      }
    } catch {
      return abort(error)
    }
  }

  /// Looks at the clock: once the deadline of the step that it waits for is there, the client stops.
  package mutating func timePassed(to time: UInt64) -> [ClientAction] {
    guard let round, let next = state.next, time >= round.config.deadline(of: next) else {
      return []
    }
    return abort(ProtocolError(.deadline, "time"))
  }

  /// How many survivors the set has that was signed; nil before.
  package var survivorCount: Int? { survivors?.members.count }

  /// Whether secrets of the round are in memory: never after it was aborted.
  package var holdsSecrets: Bool { secrets != nil }

  var isOver: Bool {
    if case .aborted = state { return true }
    return false
  }

  /// The message that `bytes` encode, if it is the coordinator's to this client in this round.
  func opened<Content: CoordinatorMessage>(
    _ bytes: [UInt8], as kind: Content.Type, transcript: Bytes32?
  ) throws(ProtocolError) -> Content {
    let message = try Signed<Content>(decoding: bytes)
    let coordinator = round?.config.coordinator
    try checks.address.verify(
      Address(
        transcript: message.content.transcript, ownTranscript: transcript,
        recipient: message.content.addressee, ownIndex: neighborhood?.index,
        cohortSize: message.content.cohortSize, ownCohortSize: neighborhood?.graph.cohortSize,
        isSigned: { coordinator.map { message.isSigned(by: $0) } ?? false }))
    return message.content
  }

  /// Notes something durable, for this value and for the program around it.
  mutating func record(_ record: ClientRecord) -> ClientAction {
    history.apply(record)
    return .record(record)
  }

  /// Wipes all secrets and ends the round.
  mutating func abort(_ error: ProtocolError) -> [ClientAction] {
    secrets = nil
    state = .aborted(error.code)
    guard let round else { return [.abort(error, notice: nil)] }
    let notice = identity.message(
      AbortMessage(
        transcript: round.transcript, identity: identity.verificationKey,
        code: error.code.rawValue))
    return [record(.ended(round.name)), .abort(error, notice: notice)]
  }
}
