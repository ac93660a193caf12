internal import CryptoPrimitives
internal import SecureAggregation

/// bad_client.json: what a client refuses in the course of a round, and what it tolerates.
struct ClientVectors: VectorSuite {
  let cases: [ClientCase]
  let tolerated: [ClientCase]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("cases", cases) {
      try checks.begin(vector.name)
      let code = try checks.required("code", vector.code)
      guard var client = try vector.fedClient(in: rounds, &checks) else { continue }
      let answer = client.answer(vector.message.bytes, at: vector.time)
      guard let found = answer.code else {
        checks.fail("code", found: answer.summary, expected: "\(code)")
        continue
      }
      checks.equal("code", found.rawValue, code)
      checks.compare(vector.reason, with: found)
      let state = client.machine.state
      checks.equal("state afterwards", state, .aborted(found))
      let holdsSecrets = client.machine.holdsSecrets
      checks.equal("secrets held afterwards", holdsSecrets, false)
      // Nothing brings it back.
      let later = client.answer(vector.message.bytes, at: vector.time)
      checks.equal(
        "answer to the same once more", later.summary, PlayedClient.Answer.silence.summary)
    }
    for vector in try checks.list("tolerated", tolerated) {
      try checks.begin(vector.name)
      let reply = try checks.required("reply", vector.reply)
      guard var client = try vector.fedClient(in: rounds, &checks) else { continue }
      let answer = client.answer(vector.message.bytes, at: vector.time)
      if let message = answer.message {
        checks.equal("reply", message, reply.bytes)
      } else {
        checks.fail("reply", found: answer.summary, expected: "a message")
      }
      let slots = client.events.map { event in
        switch event {
        case .boxRejected(let slot): slot
        }
      }
      checks.equal("events, slots of rejected boxes,", slots, (vector.events ?? []).map(\.slot))
    }
  }
}

/// A client in the course of a round, and a message for it.
struct ClientCase: Decodable, Sendable {
  struct Overrides: Decodable, Sendable {
    struct Policy: Decodable, Sendable {
      let ringBits: Set<Int>?
      let mostDimension: Int32?
      let mostClipNorm: Double?
      let mostEligibilityThreshold: UInt64?
      let leastHonest: Int32?
      let leastSurvivorShare: Int32?
      let coordinators: [Hex32]?
      let authority: Hex32?
      let anchors: [String: Hex32]?
    }
    struct Caller: Decodable, Sendable {
      let model: Hex32?
      let plan: Hex32?
      let revoked: [Hex32]?
      let logged: Bool?
      let budgetSuffices: Bool?
    }
    struct Store: Decodable, Sendable {
      let highestRound: UInt64?
      let activeUntil: UInt64?
      let roundsThatDay: UInt16?
      let chainPositions: [UInt64]?
      let signedT4: Hex32?
    }
    let policy: Policy?
    let caller: Caller?
    let store: Store?
    let certificate: Hex?
  }

  /// A box that was rejected, by its slot.
  struct Event: Decodable, Sendable {
    let slot: Int

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      let name = try list.decode(String.self)
      guard name == "box-rejected" else {
        throw FieldFault(path: decoder.codingPath, found: "another event", expected: "box-rejected")
      }
      slot = try list.decode(Int.self)
    }
  }

  let name: String
  let round: String
  let client: Int
  let feed: [String]
  let overrides: Overrides
  let first: Hex?
  let message: Hex
  let time: UInt64
  let code: UInt32?
  let reason: String?
  let reply: Hex?
  let events: [Event]?

  /// The client after the messages of `feed`; nil if it does not come that far, which is noted.
  ///
  /// - Parameter make: How a client is made.
  func fedClient(
    in rounds: RoundScripts, _ checks: inout VectorChecks,
    made make: (ClientSetup) -> AggregationClient = { $0.client() }
  ) throws(ProtocolVectorError) -> PlayedClient? {
    let round = try rounds.round(round, at: checks.place("round"))
    try checks.limited("client", client, 0...round.vectors.clients.count - 1)
    var played = round.played(client, as: make(try setup(in: round, checks)))
    for (place, step) in feed.enumerated() {
      let field = "feed[\(place)]"
      let message = try round.sent(step, to: client, at: checks.place(field))
      let time = try round.times(ofStep: step, at: checks.place(field)).receiving
      let answer = played.answer(message, at: time)
      guard answer.message != nil else {
        checks.fail(field, found: answer.summary, expected: "a message")
        return nil
      }
    }
    if let first {
      let answer = played.answer(first.bytes, at: round.start)
      guard answer.message != nil else {
        checks.fail("first", found: answer.summary, expected: "a message")
        return nil
      }
    }
    return played
  }

  private func setup(
    in round: RoundScript, _ checks: VectorChecks
  ) throws(ProtocolVectorError) -> ClientSetup {
    var setup = round.client(client)
    if let certificate = overrides.certificate {
      setup.certificate = try checks.input("overrides.certificate") { () throws(ProtocolError) in
        try Certificate(decoding: certificate.bytes)
      }
    }
    try change(&setup.policy, checks)
    // The log holds whatever configuration the client is offered, unless the vector says that it does not.
    // Bytes that are no configuration are refused before the log is asked: then there is no T0 to set.
    if let offered = first ?? (feed.isEmpty ? message : nil),
      let config = try? Signed<RoundConfig>(decoding: offered.bytes).content
    {
      setup.circumstances.loggedConfiguration = Transcript.configured(config)
    }
    change(&setup.circumstances)
    setup.history = try history(of: round, checks)
    return setup
  }

  private func change(
    _ policy: inout ClientPolicy, _ checks: VectorChecks
  ) throws(ProtocolVectorError) {
    guard let changes = overrides.policy else { return }
    if let value = changes.ringBits { policy.ringBits = value }
    if let value = changes.mostDimension { policy.mostDimension = Int(value) }
    if let value = changes.mostClipNorm { policy.mostClipNorm = value }
    if let value = changes.mostEligibilityThreshold { policy.mostEligibilityThreshold = value }
    if let value = changes.leastHonest { policy.leastHonest = Int(value) }
    if let value = changes.leastSurvivorShare { policy.leastSurvivorShare = Int(value) }
    if let value = changes.coordinators { policy.coordinators = Set(value.map(\.key)) }
    if let value = changes.authority { policy.authority = value.key }
    if let value = changes.anchors {
      policy.anchors = [:]
      for (identity, anchor) in value {
        let bytes = try checks.required(
          "overrides.policy.anchors, an identity in hexadecimal digits,", Hex(text: identity))
        try checks.sized("overrides.policy.anchors, an identity,", bytes.bytes, Bytes32.count)
        if let encoding = Bytes32(bytes.bytes) {
          policy.anchors[VerificationKey(encoding: encoding)] = anchor.value
        }
      }
    }
  }

  private func change(_ circumstances: inout RoundCircumstances) {
    guard let changes = overrides.caller else { return }
    if let value = changes.model { circumstances.modelHash = value.value }
    if let value = changes.plan { circumstances.planHash = value.value }
    if changes.logged == false { circumstances.loggedConfiguration = nil }
    if let value = changes.budgetSuffices { circumstances.coversBudget = value }
    if let value = changes.revoked {
      circumstances.revocations = RevocationList(Set(value.map(\.key)))
    }
  }

  private func history(
    of round: RoundScript, _ checks: VectorChecks
  ) throws(ProtocolVectorError) -> ClientHistory {
    guard let store = overrides.store else { return ClientHistory() }
    let config = round.config
    var records: [ClientRecord] = []
    let day = round.start / ClientHistory.secondsPerDay
    if let number = store.highestRound {
      let earlier = RoundName(task: config.task, round: number)
      records.append(.began(earlier, transcript: Bytes32(), day: 0, expiry: 1))
    }
    let other = RoundName(task: Bytes32(), round: 1)
    if let expiry = store.activeUntil {
      records.append(.began(other, transcript: Bytes32(), day: 0, expiry: expiry))
    }
    for _ in 0..<(store.roundsThatDay ?? 0) {
      records += [.began(other, transcript: Bytes32(), day: day, expiry: 1), .ended(other)]
    }
    for (place, position) in (store.chainPositions ?? []).enumerated() {
      let field = "overrides.store.chain_positions[\(place)]"
      try checks.limited("\(field), its place,", place, 0...config.witnesses.count - 1)
      guard let value = round.chain(ofWitness: place).value(at: position) else {
        throw .outOfRange(
          checks.place(field), found: "\(position)", expected: "a position of the witness's chain")
      }
      records.append(
        .chainsAdvanced([
          config.witnesses[place].identity: ChainPosition(position: position, value: value)
        ]))
    }
    if let transcript = store.signedT4 {
      records.append(.signed(config.name, transcript: transcript.value))
    }
    return ClientHistory(records)
  }
}
