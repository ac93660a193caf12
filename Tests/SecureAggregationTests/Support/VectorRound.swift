import CryptoPrimitives
import Foundation
import RingArithmetic
import TestSupport

@testable import SecureAggregation

/// A whole round as the reference has played it.
struct VectorRound: Decodable {
  struct Witness: Decodable {
    let seed: Hex
    let lastChainValue: Hex
    let lastPosition: UInt64
    let anchor: Hex
  }

  struct Policy: Decodable {
    let ringBits: Set<Int>
    let mostDimension: Int
    let mostClipNorm: Double
    let noiseRatio: [UInt16]
    let leastCohort: Int
    let leastSurvivors: Int
    let leastHonest: Int
    let leastCollusion: Int
    let isolationAllowed: Bool
    let leastSurvivorShare: Int
    let mostRoundsPerDay: Int
  }

  struct Client: Decodable {
    let index: Int
    let identitySeed: Hex
    let certificate: Hex
    let randomKey: Hex
    let x: [UInt32]
  }

  struct Transcripts: Decodable {
    let t0: Hex
    let t1: Hex
    let t2: Hex
    let t3: Hex
    let t4: Hex
  }

  let coordinatorSeed: Hex
  let authoritySeed: Hex
  let witnesses: [Witness]
  let policy: Policy
  let clients: [Client]
  /// For each answer: when a client gives it, when the coordinator gets it.
  let times: [String: [UInt64]]
  let dropsBefore: [String: [Int]]
  let transcript: Transcripts
  let graphSeed: Hex
  let k: Int
  let t: Int
  let sharers: [Int]
  let survivors: [Int]
  let sum: [UInt32]
  let messages: [String: [String: Hex]]?
  let messagesOfClient0: [String: Hex]?
  let messageHashes: [String: [String: Hex]]?

  static let complete = Result { try VectorFile.load("round_complete", as: VectorRound.self) }
  static let ring = Result { try VectorFile.load("round_ring", as: VectorRound.self) }

  static func named(_ file: String) throws -> VectorRound {
    switch file {
    case "round_complete.json": try complete.get()
    case "round_ring.json": try ring.get()
    default: preconditionFailure("no round in \(file)")
    }
  }

  static let steps = ["config", "directory", "inbox", "survivors", "quorum"]
  static let replies = ["advertise", "shares", "input", "consistency", "unmask"]

  /// What the coordinator sends to a client before its answer of the same step.
  func sent(_ step: String, to index: Int) -> [UInt8] {
    if let messages {
      let key = step == "config" || step == "survivors" ? "0" : "\(index)"
      guard let message = messages[step]?[key] else { preconditionFailure("no \(step)") }
      return message.bytes
    }
    guard index == 0, let message = messagesOfClient0?[step] else {
      preconditionFailure("no \(step) for client \(index)")
    }
    return message.bytes
  }

  /// All messages of a kind, by sender.
  func sent(_ kind: String) -> [Hex] {
    let sent = messages?[kind] ?? [:]
    return sent.keys.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }.compactMap { sent[$0] }
  }

  /// When a client receives what it answers.
  func time(ofReceiving step: String) -> UInt64 {
    guard let place = Self.steps.firstIndex(of: step), let pair = times[Self.replies[place]] else {
      preconditionFailure("no time for \(step)")
    }
    return pair[0]
  }

  /// When the coordinator receives an answer.
  func time(ofAnswer reply: String) -> UInt64 {
    guard let pair = times[reply] else { preconditionFailure("no time for \(reply)") }
    return pair[1]
  }

  var config: RoundConfig {
    get throws { try Signed<RoundConfig>(decoding: sent("config", to: 0)).content }
  }

  // Parties.

  func identity(ofClient index: Int) -> Identity {
    Identity(SigningKey(seed: clients[index].identitySeed.secret))
  }

  func clientPolicy() throws -> ClientPolicy {
    let config = try config
    let anchors = zip(config.witnesses, witnesses).map { ($0.identity, $1.anchor.bytes32) }
    var result = ClientPolicy.silo(
      coordinators: [config.coordinator], authority: config.authority,
      anchors: Dictionary(uniqueKeysWithValues: anchors), mostClipNorm: policy.mostClipNorm,
      leastNoise: .init(policy.noiseRatio[0], over: policy.noiseRatio[1]))
    result.ringBits = policy.ringBits
    result.mostDimension = policy.mostDimension
    result.leastCohort = policy.leastCohort
    result.leastSurvivors = policy.leastSurvivors
    result.leastHonest = policy.leastHonest
    result.leastCollusion = policy.leastCollusion
    result.allowsIsolationRule = policy.isolationAllowed
    result.leastSurvivorShare = policy.leastSurvivorShare
    result.mostRoundsPerDay = policy.mostRoundsPerDay
    return result
  }

  func circumstances() throws -> RoundCircumstances {
    let config = try config
    return RoundCircumstances(
      modelHash: config.modelHash, planHash: config.planHash, revocations: RevocationList(),
      isLogged: true, coversBudget: true)
  }

  func vector(ofClient index: Int) throws -> RingVector {
    RingVector(reducing: clients[index].x, modulus: try config.modulus)
  }

  func witness(_ place: Int) throws -> AggregationWitness {
    let config = try config
    let listed = witnesses[place]
    return AggregationWitness(
      identity: Identity(SigningKey(seed: listed.seed.secret)),
      chain: WitnessChain(last: listed.lastChainValue.secret, length: listed.lastPosition),
      coordinators: [config.coordinator], revocations: RevocationList(),
      certificates: CertificateVerifier(authority: config.authority), records: [])
  }

  func server(
    config: RoundConfig? = nil, revoked: Set<VerificationKey> = []
  ) throws -> AggregationServer {
    let config = try config ?? self.config
    return AggregationServer(
      config: config, identity: Identity(SigningKey(seed: coordinatorSeed.secret)),
      revocations: RevocationList(revoked),
      certificates: CertificateVerifier(authority: config.authority))
  }
}

extension RandomStream {
  /// A client's randomness in a vector.
  static func keystream(_ key: Hex) -> RandomStream {
    RandomStream(source: KeystreamSource(key: key.bytes))
  }
}
