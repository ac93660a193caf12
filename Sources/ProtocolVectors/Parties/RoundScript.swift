internal import CryptoPrimitives
internal import RingArithmetic
package import SecureAggregation

/// The rounds that other files go on from.
package struct RoundScripts: Sendable {
  static let completeName = "round_complete.json"
  static let ringName = "round_ring.json"

  let complete: RoundScript?
  let ring: RoundScript?

  /// The round with a name, for the vector at `place`.
  func round(
    _ name: String, at place: ProtocolVectorPlace
  ) throws(ProtocolVectorError) -> RoundScript {
    guard [Self.completeName, Self.ringName].contains(name) else {
      throw .outOfRange(
        place, found: "an unknown round",
        expected: "\(Self.completeName) or \(Self.ringName)")
    }
    guard let round = name == Self.ringName ? ring : complete else {
      throw .missingRound(place, file: name)
    }
    return round
  }
}

/// The parties of a round as the vectors describe them, checked so that each can be made.
struct RoundScript: Sendable {
  let file: String
  let vectors: RoundVectors
  let config: RoundConfig
  let certificates: [Certificate]

  static let steps = ["config", "directory", "inbox", "survivors", "quorum"]
  static let replies = ["advertise", "shares", "input", "consistency", "unmask"]

  /// The longest chain of a witness: each step of it costs a hash.
  private static let mostChainSteps: UInt64 = 1 << 16

  init(_ vectors: RoundVectors, _ file: String) throws(ProtocolVectorError) {
    self.vectors = vectors
    self.file = file
    let checks = VectorChecks(file: file)
    guard
      let message = vectors.messages?["config"]?["0"] ?? vectors.messagesOfClient0?["config"]
    else { throw .missingField(checks.place("messages.config.0")) }
    let config = try checks.input("messages.config.0") { () throws(ProtocolError) in
      try Signed<RoundConfig>(decoding: message.bytes).content
    }
    self.config = config
    certificates = try vectors.clients.enumerated().map {
      place, client throws(ProtocolVectorError) in
      try checks.input("clients[\(place)].certificate") { () throws(ProtocolError) in
        try Certificate(decoding: client.certificate.bytes)
      }
    }
    try Self.check(vectors, against: config, checks)
  }

  private static func check(
    _ vectors: RoundVectors, against config: RoundConfig, _ checks: VectorChecks
  ) throws(ProtocolVectorError) {
    guard SigningKey(seed: vectors.coordinatorSeed.secret).verificationKey == config.coordinator
    else {
      throw .unusable(
        checks.place("coordinator_seed"), reason: "it is not the seed of the configuration's key")
    }
    let count = config.witnesses.count
    try checks.limited("witnesses, counted,", vectors.witnesses.count, count...count)
    for (place, witness) in vectors.witnesses.enumerated() {
      try checks.limited(
        "witnesses[\(place)].last_position", witness.lastPosition, 0...mostChainSteps)
    }
    try checks.limited("policy.noise_ratio, counted,", vectors.policy.noiseRatio.count, 2...2)
    try checks.limited("policy.noise_ratio[1]", vectors.policy.noiseRatio[1], 1...UInt16.max)
    try checks.limited("clients, counted,", vectors.clients.count, 3...RoundConfig.mostCohort)
    for (place, client) in vectors.clients.enumerated() {
      try checks.limited(
        "clients[\(place)].x, counted,", client.x.count, config.dimension...config.dimension)
    }
    for reply in replies {
      let pair = try checks.required("times.\(reply)", vectors.times[reply])
      try checks.limited("times.\(reply), counted,", pair.count, 2...2)
    }
  }

  // MARK: Messages and times

  /// What the coordinator sends to a client before its answer of the same step.
  func sent(
    _ step: String, to index: Int, at place: ProtocolVectorPlace
  ) throws(ProtocolVectorError) -> [UInt8] {
    let common = step == "config" || step == "survivors"
    let own = index == 0 ? vectors.messagesOfClient0?[step] : nil
    guard let message = vectors.messages?[step]?[common ? "0" : "\(index)"] ?? own else {
      throw .unusable(place, reason: "\(file) has no \(step) for client \(index)")
    }
    return message.bytes
  }

  /// All messages of a kind, by sender.
  func sent(_ kind: String) -> [Hex] {
    let sent = vectors.messages?[kind] ?? [:]
    return sent.keys.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }.compactMap { sent[$0] }
  }

  /// When a client receives a message of a step, and the coordinator its answer.
  func times(
    ofStep step: String, at place: ProtocolVectorPlace
  ) throws(ProtocolVectorError) -> (receiving: UInt64, answer: UInt64) {
    guard let position = Self.steps.firstIndex(of: step),
      let pair = vectors.times[Self.replies[position]]
    else {
      throw .outOfRange(
        place, found: "an unknown step", expected: "one of " + Self.steps.joined(separator: ", "))
    }
    return (pair[0], pair[1])
  }

  /// When clients receive the configuration.
  var start: UInt64 { vectors.times[Self.replies[0]]?.first ?? 0 }

  // MARK: Parties

  func client(_ index: Int) -> ClientSetup {
    ClientSetup(
      identity: Identity(SigningKey(seed: vectors.clients[index].identitySeed.secret)),
      certificate: certificates[index], policy: policy,
      circumstances: RoundCircumstances(
        modelHash: config.modelHash, planHash: config.planHash, revocations: RevocationList(),
        loggedConfiguration: Transcript.configured(config), coversBudget: true),
      certificates: CertificateVerifier(authority: config.authority), history: ClientHistory())
  }

  /// A client that answers at once, with the randomness that the vectors give it.
  func played(_ index: Int, as machine: consuming AggregationClient) -> PlayedClient {
    PlayedClient(
      machine,
      randomness: RandomStream(
        source: KeystreamSource(key: vectors.clients[index].randomKey.bytes)),
      contribution: RingVector(reducing: vectors.clients[index].x, modulus: config.modulus))
  }

  private var policy: ClientPolicy {
    let listed = vectors.policy
    let anchors = zip(config.witnesses, vectors.witnesses).map {
      ($0.identity, $1.anchor.value)
    }
    var policy = ClientPolicy.silo(
      coordinators: [config.coordinator], authority: config.authority,
      anchors: Dictionary(anchors, uniquingKeysWith: { first, _ in first }),
      mostClipNorm: listed.mostClipNorm,
      leastNoise: .init(listed.noiseRatio[0], over: listed.noiseRatio[1]))
    policy.ringBits = listed.ringBits
    policy.mostDimension = Int(listed.mostDimension)
    policy.leastCohort = Int(listed.leastCohort)
    policy.leastSurvivors = Int(listed.leastSurvivors)
    policy.leastHonest = Int(listed.leastHonest)
    policy.leastCollusion = Int(listed.leastCollusion)
    policy.allowsIsolationRule = listed.isolationAllowed
    policy.leastSurvivorShare = Int(listed.leastSurvivorShare)
    policy.mostRoundsPerDay = Int(listed.mostRoundsPerDay)
    return policy
  }

  func chain(ofWitness place: Int) -> WitnessChain {
    let listed = vectors.witnesses[place]
    return WitnessChain(last: listed.lastChainValue.secret, length: listed.lastPosition)
  }

  func witness(
    _ place: Int, revocations: RevocationList = RevocationList(),
    records: [AggregationWitness.Record] = []
  ) -> AggregationWitness {
    AggregationWitness(
      identity: Identity(SigningKey(seed: vectors.witnesses[place].seed.secret)),
      chain: chain(ofWitness: place), coordinators: [config.coordinator],
      revocations: revocations,
      certificates: CertificateVerifier(authority: config.authority), records: records)
  }

  /// - Parameter config: A configuration with the same coordinator.
  func server(config: RoundConfig, revoked: [Hex32] = []) -> AggregationServer {
    AggregationServer(
      config: config, identity: Identity(SigningKey(seed: vectors.coordinatorSeed.secret)),
      revocations: RevocationList(Set(revoked.map(\.key))),
      certificates: CertificateVerifier(authority: config.authority))
  }
}

/// All that a client is made from.
package struct ClientSetup: Sendable {
  package var identity: Identity
  package var certificate: Certificate
  package var policy: ClientPolicy
  package var circumstances: RoundCircumstances
  package var certificates: CertificateVerifier
  package var history: ClientHistory

  /// The client, with all of its checks.
  package func client() -> AggregationClient {
    AggregationClient(
      identity: identity, certificate: certificate, policy: policy, circumstances: circumstances,
      certificates: certificates, history: history)
  }
}

/// A witness in a box, for arrays hold only what can be copied.
package final class WitnessBox {
  package var witness: AggregationWitness
  package init(_ witness: consuming AggregationWitness) { self.witness = witness }
}
