package import CryptoPrimitives

/// A witness: it makes the graph unpredictable, and signs one set of survivors for each cohort.
///
/// One honest witness is enough. Clients on the ring see only their neighbors; the witness sees the
/// whole cohort, so it is what keeps one identity from sitting on many places.
/// - Source: protocols/secure-aggregation.md, section 8.
package struct AggregationWitness: ~Copyable, Sendable {
  /// What a witness must not forget: it is on durable storage before an answer leaves.
  package enum Record: Sendable, Equatable {
    /// The value of a position went to a cohort of a round.
    case revealed(position: UInt64, round: RoundName, Cohort)
    case cosigned(cohort: Bytes32, transcript: Bytes32)
  }

  /// What a witness has checked: T0, T1 and n.
  package struct Cohort: Sendable, Equatable {
    package let config: Bytes32
    package let transcript: Bytes32
    package let size: Int

    /// What was checked before.
    package init(config: Bytes32, transcript: Bytes32, size: Int) {
      self.config = config
      self.transcript = transcript
      self.size = size
    }
  }

  package let identity: Identity
  private let chain: WitnessChain
  private let coordinators: Set<VerificationKey>
  /// Whose certificates no longer count; it may change from round to round.
  package var revocations: RevocationList
  private let certificates: CertificateVerifier

  private var positions: [UInt64: Cohort] = [:]
  private var cohorts: [RoundName: Cohort] = [:]
  /// T4 by T1.
  private var cosigned: [Bytes32: Bytes32] = [:]

  /// - Parameter records: Everything recorded so far, in order.
  package init(
    identity: Identity, chain: consuming WitnessChain, coordinators: Set<VerificationKey>,
    revocations: RevocationList, certificates: CertificateVerifier, records: [Record]
  ) {
    self.identity = identity
    self.chain = chain
    self.coordinators = coordinators
    self.revocations = revocations
    self.certificates = certificates
    for record in records { apply(record) }
  }

  private mutating func apply(_ record: Record) {
    switch record {
    case .revealed(let position, let round, let cohort):
      positions[position] = cohort
      cohorts[round] = cohort
    case .cosigned(let cohort, let transcript):
      cosigned[cohort] = transcript
    }
  }

  /// The last position whose value went to a cohort, and that value; 0 and the anchor before the first.
  ///
  /// A coordinator names the position after it, and this value before that, in its next round.
  /// - Privacy: the value is public already: it was revealed, or is the anchor.
  package var standing: ChainPosition {
    let position = positions.keys.max() ?? 0
    // Cannot fail: positions were revealed from the chain, and 0 is in every one.
    return ChainPosition(position: position, value: chain.value(at: position) ?? chain.anchor)
  }

  /// An answer, and what has to be recorded before it is sent.
  package struct Answer: Sendable {
    package let record: Record
    package let message: [UInt8]
  }

  /// Reveals the next chain value for a cohort that it has checked.
  ///
  /// - Parameter isLogged: Whether configuration and cohort root are in the log.
  package mutating func reveal(
    _ request: RevealRequest, isLogged: Bool
  ) throws(ProtocolError) -> Answer {
    try reveal(request) { _ in isLogged }
  }

  /// Reveals the next chain value for a cohort that it has checked.
  ///
  /// - Parameter isLogged: Whether T0 and T1 of the cohort are in the log.
  package mutating func reveal(
    _ request: RevealRequest, isLogged: (Cohort) -> Bool
  ) throws(ProtocolError) -> Answer {
    let message = try Signed<RoundConfig>(decoding: request.config)
    let config = message.content
    guard message.isSigned(by: config.coordinator) else {
      throw ProtocolError(.signature, "RoundConfig")
    }
    guard coordinators.contains(config.coordinator) else {
      throw ProtocolError(.coordinator, "RoundConfig.coordinator")
    }
    guard
      let terms = config.witnesses.first(where: { $0.identity == identity.verificationKey }),
      terms.position <= chain.length, chain.value(at: terms.position - 1) == terms.previous
    else { throw ProtocolError(.witnessSet, "RoundConfig.witnesses") }
    let cohort = try checked(request.cohort, config)
    guard isLogged(cohort) else { throw ProtocolError(.notLogged, "RoundConfig") }
    // Whoever knows a later value knows this one, and could choose a cohort for it.
    guard positions[terms.position] ?? cohort == cohort,
      cohorts[config.name] ?? cohort == cohort,
      positions.keys.allSatisfy({ $0 <= terms.position })
    else { throw ProtocolError(.equivocation, "RoundConfig.round") }
    // Secret until here: it leaves guarded memory only for a cohort that has passed.
    guard let value = chain.value(at: terms.position) else {
      throw ProtocolError(.witnessSet, "RoundConfig.witnesses")
    }
    return answer(
      .revealed(position: terms.position, round: config.name, cohort),
      RevealMessage(
        transcript: cohort.transcript, witness: identity.verificationKey, position: terms.position,
        value: value))
  }

  /// Signs the survivors of a cohort for which it has revealed.
  package mutating func cosign(_ request: CosignRequest) throws(ProtocolError) -> Answer {
    let config = request.config
    // The terms are compared whole: else a coordinator could show a lower floor than was checked.
    let cohort = Cohort(
      config: Transcript.configured(config), transcript: request.cohort,
      size: request.sharers.cohortSize)
    guard cohorts[config.name] == cohort else { throw ProtocolError(.transcript, "T1") }
    guard request.survivors.isSubset(of: request.sharers) else {
      throw ProtocolError(.notASubset, "survivors")
    }
    guard request.survivors.count >= config.leastSurvivors else {
      throw ProtocolError(.fewSurvivors, "survivors")
    }
    let connected = Transcript.connected(
      request.cohort,
      seed: Beacon.graphSeed(cohort: request.cohort, values: request.values),
      parameters: config.graphParameters(cohortSize: request.sharers.cohortSize))
    let transcript = Transcript.survived(
      Transcript.shared(connected, sharers: request.sharers), survivors: request.survivors)
    guard cosigned[request.cohort] ?? transcript == transcript else {
      throw ProtocolError(.secondSurvivorSet, "survivors")
    }
    return answer(
      .cosigned(cohort: request.cohort, transcript: transcript),
      CosignMessage(transcript: transcript, witness: identity.verificationKey))
  }

  private mutating func answer(_ record: Record, _ content: some MessageContent) -> Answer {
    apply(record)
    return Answer(record: record, message: identity.message(content))
  }

  /// The cohort, if everybody in it is enrolled, eligible and somebody else.
  private func checked(
    _ cohort: [[UInt8]], _ config: RoundConfig
  ) throws(ProtocolError) -> Cohort {
    guard config.leastCohort...config.mostCohort ~= cohort.count else {
      throw ProtocolError(.cohortSize, "cohort")
    }
    let round = Transcript.configured(config)
    var gathering = Gathering()
    for bytes in cohort {
      let member = try Signed<AdvertiseMessage>(decoding: bytes)
      gathering.add(member, maskKey: try maskKey(ofChecked: member, in: round, config))
    }
    guard gathering.hasDistinctKeys else { throw ProtocolError(.duplicateKey, "cohort") }
    return Cohort(
      config: round, transcript: GatheredCohort(gathering, in: round).transcript,
      size: cohort.count)
  }

  private func maskKey(
    ofChecked member: Signed<AdvertiseMessage>, in round: Bytes32, _ config: RoundConfig
  ) throws(ProtocolError) -> GroupElement {
    let keys = member.content
    guard keys.transcript == round else { throw ProtocolError(.transcript, "Advertise.T0") }
    guard certificates.isValid(keys.certificate, for: config) else {
      throw ProtocolError(.certificate, "Advertise.certificate")
    }
    guard !revocations.contains(keys.identity) else {
      throw ProtocolError(.revoked, "Advertise.certificate")
    }
    guard config.isEligible(keys.identity) else {
      throw ProtocolError(.neighborEligibility, "Advertise.certificate")
    }
    guard member.isSigned(by: keys.identity) else {
      throw ProtocolError(.neighborSignature, "Advertise")
    }
    return try keys.validMaskKey()
  }
}

extension Gathering {
  fileprivate var hasDistinctKeys: Bool {
    [identities.count, agreementKeys.count, maskKeySet.count].allSatisfy { $0 == members.count }
  }
}
