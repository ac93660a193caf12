package import CryptoPrimitives
package import Logging
internal import SecureAggregation
package import Storage
package import TransparencyLog
package import WireProtocol

/// A witness of one coordinator: it reveals one value for each cohort, and signs one set of survivors.
///
/// What it promises is on durable storage before an answer leaves, so a process that is killed anywhere
/// goes on with the same promises. Both answers follow from keys, chain and request alone: asked again
/// it gives the same bytes.
/// - Source: protocols/secure-aggregation.md, section 8.
package actor Witness {
  private nonisolated let keys: WitnessKeys
  private nonisolated let coordinator: CoordinatorIntroduction
  private nonisolated let clock: @Sendable () -> UInt64
  private nonisolated let chainLength: UInt64
  let store: SQLiteWitnessStore
  package nonisolated let log: LogIdentity
  /// The head of the log that was accepted last; may be ahead of the disk, never behind.
  var lastHead: SignedHead?
  private let logger: Logger
  private var machine: AggregationWitness
  /// After what is durable: the machine may be ahead of the disk.
  private var standing: ChainPosition
  /// Whether the machine has promised what could not be stored.
  private var isAhead = false
  /// Records that are being written or read.
  private var pending = 0

  /// - Parameters:
  ///   - chainLength: of the chain that the store's reveals are of.
  ///   - clock: Unix seconds.
  package init(
    keys: WitnessKeys, chainLength: UInt64, coordinator: CoordinatorIntroduction,
    store: SQLiteWitnessStore, logger: Logger, clock: @escaping @Sendable () -> UInt64
  ) async throws(StorageError) {
    machine = try await Self.machine(keys, chainLength, coordinator, store)
    standing = machine.standing
    self.chainLength = chainLength
    log = LogIdentity(key: coordinator.log)
    lastHead = try await Self.lastHead(of: log, in: store)
    self.keys = keys
    self.coordinator = coordinator
    self.store = store
    self.logger = logger
    self.clock = clock
  }

  private static func lastHead(
    of log: LogIdentity, in store: SQLiteWitnessStore
  ) async throws(StorageError) -> SignedHead? {
    guard let head = try await store.lastHead() else { return nil }
    guard head.isSigned(by: log) else { throw .corrupt(table: "head", field: "head") }
    return head
  }

  /// The head with this witness's signature.
  func signed(_ head: CosignedHead) -> CosignedHead {
    var head = CosignedHead(head.signed)
    head.add(Cosignature(of: head.signed.head, by: keys.identity))
    return head
  }

  func noteEvidence(rule: String) {
    logger.critical(
      "the coordinator has signed two histories of its log; both heads are kept as evidence",
      metadata: ["rule": "\(rule)"])
  }

  /// The head of the log that was accepted last, nil before the first.
  package var acceptedHead: SignedHead? { lastHead }

  /// Heads that convict the log, as they were recorded.
  package func logEvidence() async throws(StorageError) -> [[UInt8]] { try await store.evidence() }

  /// The machine that has promised what is stored.
  private static func machine(
    _ keys: WitnessKeys, _ chainLength: UInt64, _ coordinator: CoordinatorIntroduction,
    _ store: SQLiteWitnessStore
  ) async throws(StorageError) -> AggregationWitness {
    let reveals = try await store.reveals().map(AggregationWitness.Record.init)
    let cosignatures = try await store.cosignatures().map(AggregationWitness.Record.init)
    return AggregationWitness(
      identity: keys.aggregationIdentity, chain: try keys.chain(length: chainLength),
      coordinators: [coordinator.identity], revocations: RevocationList(),
      certificates: CertificateVerifier(authority: coordinator.authority),
      records: reveals + cosignatures)
  }

  /// After a write that failed, begins again from what is durable.
  private func catchUp() async throws(WitnessFault) {
    guard isAhead else { return }
    guard pending == 0 else { throw .refused(.storage, "the witness recovers; ask again later") }
    pending += 1
    defer { pending -= 1 }
    do { machine = try await Self.machine(keys, chainLength, coordinator, store) } catch {
      throw failed(error)
    }
    standing = machine.standing
    isAhead = false
  }

  /// Makes a promise durable.
  func keep(
    _ write: () async throws(StorageError) -> Void
  ) async throws(WitnessFault) {
    pending += 1
    defer { pending -= 1 }
    do { try await write() } catch {
      isAhead = true
      throw failed(error)
    }
  }

  /// Closes the store; the witness must not be used any more.
  package func close() throws(StorageError) { try store.close() }

  package nonisolated var verificationKey: VerificationKey { keys.verificationKey }

  /// The answer to the body of a request, whatever that is: bytes of a Reply, and its status.
  package nonisolated func answer(_ body: [UInt8]) async -> WitnessAnswer {
    var nonce: [UInt8] = []
    do throws(WitnessFault) {
      let request = try Self.decode(body)
      nonce = request.nonce
      let question = try open(request)
      let reply = try await perform(question)
      return WitnessAnswer(
        status: nil, body: SignedWitnessReply(reply, to: nonce, signedBy: keys.identity).encoded)
    } catch { return refusal(error, nonce) }
  }

  /// A signed refusal of what is no request.
  nonisolated func refuse(_ code: RefusalCode, _ reason: String) -> WitnessAnswer {
    refusal(.refused(code, reason), [])
  }

  private nonisolated func refusal(_ fault: WitnessFault, _ nonce: [UInt8]) -> WitnessAnswer {
    let (code, reason) = fault.refusal
    return WitnessAnswer(
      status: code,
      body: SignedWitnessReply(
        Refusal(code, reason, coordinatorTime: clock()), to: nonce, signedBy: keys.identity
      ).encoded)
  }

  private static func decode(_ body: [UInt8]) throws(WitnessFault) -> SignedWitnessRequest {
    do { return try SignedWitnessRequest(decoding: body) } catch { throw .wire(error) }
  }

  private nonisolated func open(
    _ request: SignedWitnessRequest
  ) throws(WitnessFault) -> WitnessRequestBody {
    let body: WitnessRequestBody
    do {
      body = try request.body(from: coordinator.identity, to: keys.verificationKey)
    } catch { throw .wire(error) }
    let time = clock()
    let skew = request.issuedAt > time ? request.issuedAt - time : time - request.issuedAt
    guard skew <= WireLimits.clockSkew else {
      throw .refused(.clock, "the clocks of coordinator and witness are \(skew) seconds apart")
    }
    return body
  }

  private func perform(
    _ question: WitnessRequestBody
  ) async throws(WitnessFault) -> WitnessReplyBody {
    try await catchUp()
    switch question {
    case .standing:
      return .standing(
        WitnessStanding(
          position: standing.position, value: standing.value, length: chainLength))
    case .reveal(let inquiry): return .message(try await reveal(inquiry))
    case .cosign(let inquiry): return .message(try await cosign(inquiry))
    case .head(let inquiry): return .message(try await cosignHead(inquiry))
    }
  }

  private func reveal(_ inquiry: RevealInquiry) async throws(WitnessFault) -> [UInt8] {
    let revocations = RevocationList(Set(inquiry.revoked.map(VerificationKey.init(encoding:))))
    let answer: AggregationWitness.Answer
    do throws(ProtocolError) {
      // Devices compare the same digest: all who take part judge by one list.
      let config = try Signed<RoundConfig>(decoding: inquiry.configuration).content
      guard revocations.digest == config.revocationDigest else {
        throw ProtocolError(.revocation, "RevealRequest.revoked")
      }
      machine.revocations = revocations
      answer = try machine.reveal(
        RevealRequest(config: inquiry.configuration, cohort: inquiry.cohort)
      ) { isLogged($0, inquiry) }
    } catch { throw refused(error) }
    guard case .revealed(let position, let round, let cohort) = answer.record else {
      preconditionFailure("a reveal is recorded as one")
    }
    let reached = machine.standing
    try await keep { () async throws(StorageError) in
      try await store.record(
        RevealRecord(
          position: position, round: RoundKey(task: round.task, number: round.round),
          config: cohort.config, cohort: cohort.transcript, cohortSize: cohort.size))
    }
    if position > standing.position { standing = reached }
    logger.notice(
      "revealed",
      metadata: [
        "task": "\(round.task)", "round": "\(round.round)", "position": "\(position)",
        "clients": "\(cohort.size)",
      ])
    return answer.message
  }

  private func cosign(_ inquiry: CosignInquiry) async throws(WitnessFault) -> [UInt8] {
    guard
      let sharers = CohortSet(bitmap: inquiry.sharers, cohortSize: inquiry.cohortSize),
      let survivors = CohortSet(bitmap: inquiry.survivors, cohortSize: inquiry.cohortSize)
    else { throw .refused(.malformed, "a bitmap of CosignRequest has bits beyond the cohort") }
    let answer: AggregationWitness.Answer
    let name: RoundName
    do throws(ProtocolError) {
      let config = try Signed<RoundConfig>(decoding: inquiry.configuration).content
      name = config.name
      answer = try machine.cosign(
        CosignRequest(
          config: config, cohort: inquiry.cohort, values: inquiry.values, sharers: sharers,
          survivors: survivors))
    } catch { throw refused(error) }
    guard case .cosigned(let cohort, let transcript) = answer.record else {
      preconditionFailure("a signature is recorded as one")
    }
    try await keep { () async throws(StorageError) in
      try await store.record(
        CosignRecord(cohort: cohort, survivors: transcript),
        of: RoundKey(task: name.task, number: name.round))
    }
    logger.notice(
      "cosigned",
      metadata: [
        "task": "\(name.task)", "round": "\(name.round)", "survivors": "\(survivors.count)",
      ])
    return answer.message
  }

  private func refused(_ error: ProtocolError) -> WitnessFault {
    logger.warning("refused", metadata: ["reason": "\(error.code)", "place": "\(error.place)"])
    return .aggregation(error)
  }

  private func failed(_ error: StorageError) -> WitnessFault {
    logger.error("the store failed", metadata: ["error": "\(error)"])
    return .storage(error)
  }
}

/// The bytes of an answer, and why it is a refusal if it is one.
package struct WitnessAnswer: Sendable {
  package let status: RefusalCode?
  package let body: [UInt8]
}

extension AggregationWitness.Record {
  init(_ record: RevealRecord) {
    self = .revealed(
      position: record.position,
      round: RoundName(task: record.round.task, round: record.round.number),
      AggregationWitness.Cohort(
        config: record.config, transcript: record.cohort, size: record.cohortSize))
  }

  init(_ record: CosignRecord) {
    self = .cosigned(cohort: record.cohort, transcript: record.survivors)
  }
}
