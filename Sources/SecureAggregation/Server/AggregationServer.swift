package import CryptoPrimitives

/// The coordinator of one round of `fsa1`: messages in, verdicts and actions out.
///
/// It has no clock and does no I/O. Messages of clients and witnesses arrive in any order; `close` ends
/// a step, at its deadline or when nobody is missing. A message that is refused changes nothing.
/// - Source: protocols/secure-aggregation.md, section 15.
package struct AggregationServer: ~Copyable, Sendable {
  package let config: RoundConfig
  /// T0.
  package let transcript: Bytes32
  let identity: Identity
  package let revocations: RevocationList
  let certificates: CertificateVerifier

  package internal(set) var phase = ServerPhase.advertise
  /// Signed evidence against clients.
  package internal(set) var equivocations: [Equivocation] = []

  /// Digests of all bytes that were accepted.
  var accepted: Set<Bytes32> = []
  var gathering = Gathering()
  var cohort: GatheredCohort?
  var sharing: Sharing?
  var ingest: InputIngest?
  var consistency: Consistency?
  var unmasking: Unmasking?

  /// - Parameter identity: The coordinator that `config` names.
  package init(
    config: RoundConfig, identity: Identity, revocations: RevocationList,
    certificates: CertificateVerifier
  ) {
    precondition(
      config.coordinator == identity.verificationKey, "another coordinator's configuration")
    self.config = config
    self.identity = identity
    self.revocations = revocations
    self.certificates = certificates
    transcript = Transcript.configured(config)
  }

  /// The configuration, signed, for all who might join.
  package var configMessage: [UInt8] { identity.message(config) }

  /// Takes in the message of a client or witness.
  ///
  /// - Parameter time: Unix seconds.
  package mutating func received(_ message: [UInt8], at time: UInt64) -> ServerVerdict {
    do throws(ProtocolError) {
      if ingest != nil, message.starts(with: MessageKind.input.header) {
        return try receivedInput(message, at: time)
      }
      let digest = Blake2b.digest(message)
      guard !accepted.contains(digest) else { return .repeated }
      let kind = try MessageKind(ofMessage: message)
      switch kind {
      case .reveal: try receivedReveal(message)
      case .cosign: try receivedCosignature(message)
      default: try receivedClientMessage(message, kind, at: time)
      }
      accepted.insert(digest)
      return .accepted
    } catch {
      return .refused(error)
    }
  }

  private mutating func receivedClientMessage(
    _ message: [UInt8], _ kind: MessageKind, at time: UInt64
  ) throws(ProtocolError) {
    guard let awaited = phase.awaited, awaited.kind == kind else {
      throw ProtocolError(.outOfOrder, "header.kind")
    }
    guard time < config.deadline(of: awaited.step) else { throw ProtocolError(.deadline, "time") }
    switch awaited.step {
    case .advertise: try receivedAdvertise(message)
    case .shares: try receivedShares(message)
    case .input: throw ProtocolError(.outOfOrder, "header.kind")
    case .consistency: try receivedConsistency(message)
    case .unmask: try receivedUnmask(message)
    }
  }

  /// Whether everybody who takes part in the step has answered, so that it may be closed early.
  package var isStepComplete: Bool {
    switch phase {
    case .advertise: gathering.members.count == config.mostCohort
    case .reveal: cohort?.reveals.count == config.witnesses.count
    case .shares: sharing?.messages.count == cohort?.members.count
    case .input: ingest?.partial.count == sharing?.sharers?.members.count
    case .consistency:
      consistency?.signatures.count == consistency?.survivors.members.count
        && consistency?.cosignatures.count == config.witnesses.count
    case .unmask: unmasking?.messages.count == consistency?.signatures.count
    case .opening, .ended: false
    }
  }

  /// Ends the step and goes on with those who have answered.
  package mutating func close() -> [ServerAction] {
    do throws(ProtocolError) {
      switch phase {
      case .advertise: return try closeAdvertise()
      case .reveal: return try closeReveal()
      case .shares: return try closeShares()
      case .input: return try closeInput()
      case .consistency: return try closeConsistency()
      case .unmask: return closeUnmask()
      case .opening, .ended: return []
      }
    } catch {
      return end(error)
    }
  }

  /// What the step has for the client with a cohort index, if anything.
  package func message(for index: Int) -> [UInt8]? {
    switch phase {
    case .shares: directory(for: index)
    case .input: inbox(for: index)
    case .consistency: survivorsMessage(for: index)
    case .unmask: quorum(for: index)
    case .advertise, .reveal, .opening, .ended: nil
    }
  }

  /// The cohort index of a client, once the cohort is fixed.
  package func index(of client: VerificationKey) -> Int? { cohort?.indices[client] }

  /// Whose contributions are in the partial sum, in ascending order of their cohort indices.
  package var contributors: [VerificationKey] {
    guard let cohort, let partial = ingest?.partial else { return [] }
    return partial.members.indices.map { cohort.members[$0].content.identity }
  }

  /// Whether the client is one of those whose contribution the open step takes.
  package func takesInput(of client: VerificationKey) -> Bool {
    guard phase == .input, let sharers = sharing?.sharers, let index = index(of: client) else {
      return false
    }
    return sharers.members.contains(index)
  }

  mutating func end(_ error: ProtocolError) -> [ServerAction] {
    phase = .ended(error.code)
    return [.end(error)]
  }

  /// Checks what all messages of cohort members have in common: who sent it, in which round.
  ///
  /// - Parameter expected: Who takes part in the step.
  /// - Parameter isSecond: Whether the sender's message of the step is there already.
  mutating func admit<Content: MemberMessage>(
    _ message: Signed<Content>, in transcript: Bytes32, from expected: CohortSet,
    isSecond: Bool
  ) throws(ProtocolError) {
    guard message.content.transcript == transcript else {
      throw ProtocolError(.transcript, "transcript")
    }
    let index = message.content.index
    guard let cohort, expected.contains(index) else {
      throw ProtocolError(.unknownClient, "index")
    }
    let sender = cohort.members[index].content.identity
    guard message.isSigned(by: sender) else { throw ProtocolError(.signature, "signature") }
    guard !isSecond else {
      noteEquivocation(of: sender, Content.kind, message.encoded)
      throw ProtocolError(.equivocation, "index")
    }
  }

  mutating func noteEquivocation(
    of sender: VerificationKey, _ kind: MessageKind, _ second: [UInt8]
  ) {
    // One piece of evidence for each client and step is enough, and bounds what is kept.
    guard !equivocations.contains(where: { $0.identity == sender && $0.kind == kind }) else {
      return
    }
    equivocations.append(Equivocation(identity: sender, kind: kind, second: second))
  }
}

/// A message of a client that has a cohort index.
protocol MemberMessage: MessageContent {
  var transcript: Bytes32 { get }
  var index: Int { get }
}

extension SharesMessage: MemberMessage {}
extension ConsistencyMessage: MemberMessage {}
extension UnmaskMessage: MemberMessage {}
