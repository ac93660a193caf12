internal import CryptoPrimitives
internal import SecureAggregation

/// round_complete.json and round_ring.json: a whole round, with every message of it.
struct RoundVectors: VectorSuite {
  struct Witness: Decodable {
    let seed: Hex32
    let lastChainValue: Hex32
    let lastPosition: UInt64
    let anchor: Hex32
  }

  // Numbers of at most 31 bits cannot overflow in the comparisons of a client.
  struct Policy: Decodable {
    let ringBits: Set<Int>
    let mostDimension: Int32
    let mostClipNorm: Double
    let noiseRatio: [UInt16]
    let leastCohort: Int32
    let leastSurvivors: Int32
    let leastHonest: Int32
    let leastCollusion: Int32
    let isolationAllowed: Bool
    let leastSurvivorShare: Int32
    let mostRoundsPerDay: Int32
  }

  struct Client: Decodable {
    let identitySeed: Hex32
    let certificate: Hex
    let randomKey: Hex32
    let x: [UInt32]
  }

  struct Transcripts: Decodable {
    let t0: Hex32
    let t1: Hex32
    let t2: Hex32
    let t3: Hex32
    let t4: Hex32
  }

  let coordinatorSeed: Hex32
  let authoritySeed: Hex32
  let witnesses: [Witness]
  let policy: Policy
  let clients: [Client]
  /// For each answer: when a client gives it, when the coordinator gets it.
  let times: [String: [UInt64]]
  let dropsBefore: [String: [Int]]
  let transcript: Transcripts
  let graphSeed: Hex32
  let mode: UInt32
  let k: Int
  let t: Int
  let sharers: [Int]
  let survivors: [Int]
  let sum: [UInt32]
  let messages: [String: [String: Hex]]?
  let messagesOfClient0: [String: Hex]?
  let messageHashes: [String: [String: Hex]]?

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    let name = checks.result.name
    guard let script = name == RoundScripts.ringName ? rounds.ring : rounds.complete else {
      throw .missingRound(checks.place(""), file: name)
    }
    try await RoundReplay.verify(script, &checks)
  }
}
