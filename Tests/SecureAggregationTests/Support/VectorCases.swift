import CryptoPrimitives
import RingArithmetic
import Testing

@testable import SecureAggregation

/// A client in the course of a round, and a message for it.
struct ClientCase: Decodable {
  struct Overrides: Decodable {
    struct Policy: Decodable {
      let ringBits: Set<Int>?
      let mostDimension: Int?
      let mostClipNorm: Double?
      let leastHonest: Int?
      let leastSurvivorShare: Int?
      let coordinators: [Hex]?
      let authority: Hex?
      let anchors: [String: Hex]?
    }
    struct Caller: Decodable {
      let model: Hex?
      let plan: Hex?
      let revoked: [Hex]?
      let logged: Bool?
      let budgetSuffices: Bool?
    }
    struct Store: Decodable {
      let highestRound: UInt64?
      let activeUntil: UInt64?
      let roundsThatDay: Int?
      let chainPositions: [UInt64]?
      let signedT4: Hex?
    }
    let policy: Policy?
    let caller: Caller?
    let store: Store?
    let certificate: Hex?
  }

  /// A name and, for rejected boxes, a slot.
  struct Event: Decodable {
    let slot: Int?

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      _ = try list.decode(String.self)
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
  let reply: Hex?
  let events: [Event]?

  /// The client after the messages of `feed`.
  func fedClient(checks: ClientChecks = .all) throws -> PlayedClient {
    let round = try VectorRound.named(round)
    let certificate = overrides.certificate ?? round.clients[client].certificate
    var played = PlayedClient(
      AggregationClient(
        identity: round.identity(ofClient: client),
        certificate: try Certificate(decoding: certificate.bytes),
        policy: try policy(of: round), circumstances: try circumstances(of: round),
        certificates: CertificateVerifier(authority: try round.config.authority),
        history: try history(of: round), checks: checks),
      randomness: .keystream(round.clients[client].randomKey),
      contribution: try round.vector(ofClient: client))
    for step in feed {
      let answer = played.answer(
        round.sent(step, to: client), at: round.time(ofReceiving: step))
      try #require(answer.message != nil, "\(name): \(step)")
    }
    if let first {
      let answer = played.answer(first.bytes, at: round.time(ofReceiving: "config"))
      try #require(answer.message != nil, "\(name): first")
    }
    return played
  }

  private func policy(of round: VectorRound) throws -> ClientPolicy {
    var policy = try round.clientPolicy()
    guard let changes = overrides.policy else { return policy }
    if let value = changes.ringBits { policy.ringBits = value }
    if let value = changes.mostDimension { policy.mostDimension = value }
    if let value = changes.mostClipNorm { policy.mostClipNorm = value }
    if let value = changes.leastHonest { policy.leastHonest = value }
    if let value = changes.leastSurvivorShare { policy.leastSurvivorShare = value }
    if let value = changes.coordinators { policy.coordinators = Set(value.map(\.key)) }
    if let value = changes.authority { policy.authority = value.key }
    if let value = changes.anchors {
      policy.anchors = [:]
      for (identity, anchor) in value {
        policy.anchors[Hex(text: identity).key] = anchor.bytes32
      }
    }
    return policy
  }

  private func circumstances(of round: VectorRound) throws -> RoundCircumstances {
    var circumstances = try round.circumstances()
    guard let changes = overrides.caller else { return circumstances }
    if let value = changes.model { circumstances.modelHash = value.bytes32 }
    if let value = changes.plan { circumstances.planHash = value.bytes32 }
    if let value = changes.logged { circumstances.isLogged = value }
    if let value = changes.budgetSuffices { circumstances.coversBudget = value }
    if let value = changes.revoked {
      circumstances.revocations = RevocationList(Set(value.map(\.key)))
    }
    return circumstances
  }

  private func history(of round: VectorRound) throws -> ClientHistory {
    var records: [ClientRecord] = []
    let config = try round.config
    let day = round.time(ofReceiving: "config") / ClientHistory.secondsPerDay
    if let store = overrides.store {
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
        let listed = round.witnesses[place]
        let chain = WitnessChain(
          last: listed.lastChainValue.secret, length: listed.lastPosition)
        let value = chain.value(at: position)
        records.append(
          .chainsAdvanced([
            config.witnesses[place].identity:
              ChainPosition(position: position, value: try #require(value))
          ]))
      }
      if let transcript = store.signedT4 {
        records.append(.signed(config.name, transcript: transcript.bytes32))
      }
    }
    return ClientHistory(records)
  }
}

/// A coordinator in the course of a round, and a message for it.
struct CoordinatorCase: Decodable {
  let name: String
  let round: String
  let phase: String
  let close: Bool
  let accepted: [Hex]
  let revoked: [Hex]?
  let config: Hex?
  let message: Hex?
  let time: UInt64?
  let code: UInt32?

  /// Messages of each phase; witnesses answer in two of them.
  private static let messages = [
    ("advertise", ["advertise"]), ("reveal", ["reveal"]), ("shares", ["shares"]),
    ("input", ["input"]), ("consistency", ["consistency", "cosign"]), ("unmask", ["unmask"]),
  ]

  /// The coordinator after all earlier phases and the messages of this one that it has accepted.
  func server() throws -> AggregationServer {
    let round = try VectorRound.named(round)
    let config = try config.map { try Signed<RoundConfig>(decoding: $0.bytes).content }
    var server = try round.server(config: config, revoked: Set((revoked ?? []).map(\.key)))
    let opens = server.config.opens
    for (phase, kinds) in Self.messages {
      let answers = phase == self.phase ? accepted : kinds.flatMap { round.sent($0) }
      for answer in answers {
        let verdict = server.received(answer.bytes, at: opens)
        #expect(verdict == .accepted, "\(name): \(phase)")
      }
      if phase == self.phase { break }
      _ = server.close()
    }
    return server
  }

  /// The code with which the round ends when the step is closed.
  func codeOfClosing(_ server: inout AggregationServer) async throws -> AbortCode? {
    for action in server.close() {
      if case .end(let error) = action { return error.code }
    }
    guard let opening = server.makeOpening() else { return nil }
    do throws(ProtocolError) {
      _ = try await opening.open(threads: 2)
      return nil
    } catch {
      return error.code
    }
  }
}

/// What a witness is asked, one request after another.
struct WitnessCase: Decodable {
  struct Request: Decodable {
    let ask: String
    let config: Hex
    let advertise: [Hex]?
    let revoked: [Hex]?
    let logged: Bool?
    let t1: Hex?
    let n: Int?
    let values: [Hex]?
    let sharers: Hex?
    let survivors: Hex?
  }

  let name: String
  let witness: Int
  let requests: [Request]
  let answer: Hex?
  let code: UInt32?

  /// The answer to the last request, after those to the others.
  func lastAnswer() throws -> AggregationWitness.Answer {
    let round = try VectorRound.complete.get()
    var records: [AggregationWitness.Record] = []
    var last: AggregationWitness.Answer?
    for (place, request) in requests.enumerated() {
      // Made anew from its records each time, as after a restart.
      let listed = round.witnesses[witness]
      let config = try round.config
      var machine = AggregationWitness(
        identity: Identity(SigningKey(seed: listed.seed.secret)),
        chain: WitnessChain(last: listed.lastChainValue.secret, length: listed.lastPosition),
        coordinators: [config.coordinator],
        revocations: RevocationList(Set((request.revoked ?? []).map(\.key))),
        certificates: CertificateVerifier(authority: config.authority), records: records)
      do {
        let answer = try machine.answer(request)
        records.append(answer.record)
        last = answer
      } catch {
        #expect(place == requests.count - 1, "\(name): request \(place)")
        throw error
      }
    }
    return try #require(last)
  }
}

extension AggregationWitness {
  fileprivate mutating func answer(_ request: WitnessCase.Request) throws -> Answer {
    if request.ask == "reveal" {
      return try reveal(
        RevealRequest(
          config: request.config.bytes, cohort: (request.advertise ?? []).map(\.bytes)),
        isLogged: request.logged ?? true)
    }
    let size = try #require(request.n)
    let bitmaps = [try #require(request.sharers), try #require(request.survivors)]
    let sets = bitmaps.compactMap { CohortSet(bitmap: $0.bytes, cohortSize: size) }
    try #require(sets.count == 2)
    let cohort = try #require(request.t1)
    let values = try #require(request.values)
    return try cosign(
      CosignRequest(
        config: Signed<RoundConfig>(decoding: request.config.bytes).content,
        cohort: cohort.bytes32, values: values.map(\.bytes32), sharers: sets[0],
        survivors: sets[1]))
  }
}
