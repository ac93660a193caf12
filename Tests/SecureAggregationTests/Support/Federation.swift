import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import TestSupport

@testable import SecureAggregation

/// Keys, terms and policy of everybody in one round, all from one seed.
struct Federation {
  let clientCount: Int
  let config: RoundConfig
  var policy: ClientPolicy
  let identities: [Identity]
  /// From which the identities' keys are made, for clients that sign as no honest one does.
  let identitySeeds: [[UInt8]]
  let certificates: [Certificate]
  let coordinator: Identity
  let authority: Identity
  let witnessIdentities: [Identity]
  private let chainEnds: [Bytes32]
  private let seed: UInt64
  /// Shared by all parties: each certificate is verified once.
  private let verifier: CertificateVerifier

  /// A cohort whose terms leave as much room for dropouts as its graph allows.
  ///
  /// - Parameter change: Changes the terms before they are signed.
  init(
    _ clientCount: Int, dimension: Int = 5, ringBits: Int = 20, rule: ThresholdRule = .agreement,
    seed: UInt64 = 1, change: (inout RoundTerms) -> Void = { _ in }
  ) throws {
    self.clientCount = clientCount
    self.seed = seed
    var random = RandomStream.seeded(seed, label: "federation")
    let authorityKey = SigningKey(random: &random)
    coordinator = Identity(SigningKey(random: &random))
    identitySeeds = (0..<clientCount).map { _ in Bytes32(random: &random).bytes }
    identities = identitySeeds.map { Identity(SigningKey(seed: SecretBytes(known: $0))) }
    certificates = identities.map {
      Certificate(
        identity: $0.verificationKey, notBefore: 0, notAfter: .max, by: authorityKey)
    }
    verifier = CertificateVerifier(authority: authorityKey.verificationKey)
    let isRing = clientCount > GraphParameters.mostComplete
    let witnesses = isRing ? (0..<2).map { _ in Identity(SigningKey(random: &random)) } : []
    witnessIdentities = witnesses.sorted {
      $0.verificationKey.encoding.bytes.lexicographicallyPrecedes($1.verificationKey.encoding.bytes)
    }
    chainEnds = witnessIdentities.map { _ in Bytes32(random: &random) }
    authority = Identity(authorityKey)

    let faults = FaultAssumption.c500d1000
    let threshold = GraphParameters(cohortSize: clientCount, faults: faults, rule: rule).threshold
    var terms = RoundTerms()
    terms.task = Bytes32(random: &random)
    terms.nonce = Bytes32(random: &random)
    terms.coordinator = coordinator.verificationKey
    terms.authority = authority.verificationKey
    terms.revocationDigest = RevocationList().digest
    terms.dimension = dimension
    terms.ringBits = ringBits
    terms.leastCohort = max(3, threshold)
    terms.mostCohort = clientCount
    terms.leastSurvivors = threshold
    terms.leastHonest = 1
    terms.collusion = faults.collusion
    terms.dropout = faults.dropout
    terms.rule = rule
    terms.opens = 1_800_000_000
    terms.deadlines = (1...5).map { terms.opens + UInt64($0) * 600 }
    let anchors = chainEnds.map { Self.chain($0).anchor }
    terms.witnesses = zip(witnessIdentities, anchors).map {
      WitnessTerms(identity: $0.verificationKey, position: 1, previous: $1)
    }
    change(&terms)
    config = try RoundConfig(terms)
    policy = ClientPolicy.silo(
      coordinators: [coordinator.verificationKey], authority: authority.verificationKey,
      anchors: Dictionary(
        uniqueKeysWithValues: zip(witnessIdentities.map(\.verificationKey), anchors)),
      mostClipNorm: 1, leastNoise: .init(0, over: 1))
    policy.leastCohort = 3
    policy.leastSurvivors = 3
    policy.leastHonest = 1
    policy.leastSurvivorShare = 0
    policy.allowsIsolationRule = rule == .isolation
  }

  private static func chain(_ last: Bytes32) -> WitnessChain {
    WitnessChain(last: SecretBytes(known: last.bytes), length: 4)
  }

  /// A time before the deadline of a step.
  func time(of step: RoundStep) -> UInt64 { config.deadline(of: step) - 1 }

  var circumstances: RoundCircumstances {
    RoundCircumstances(
      modelHash: config.modelHash, planHash: config.planHash, revocations: RevocationList(),
      loggedConfiguration: Transcript.configured(config), coversBudget: true)
  }

  /// Words below 2^b, other ones for each client.
  func contribution(of index: Int) -> RingVector {
    var random = RandomStream.seeded(seed, label: "contribution", index: UInt64(index))
    var words = [UInt32](repeating: 0, count: config.dimension)
    unsafe words.withUnsafeMutableBufferPointer { unsafe random.fill($0) }
    return RingVector(reducing: words, modulus: config.modulus)
  }

  /// The sum that a round over these clients has to give.
  func sum(over clients: some Sequence<Int>) -> RingVector {
    var sum = RingVector(zeros: config.dimension, modulus: config.modulus)
    for client in clients { sum.add(contribution(of: client)) }
    return sum
  }

  func client(
    _ index: Int, checks: ClientChecks = .all, history: ClientHistory = ClientHistory(),
    attempt: UInt64 = 0
  ) -> PlayedClient {
    PlayedClient(
      AggregationClient(
        identity: identities[index], certificate: certificates[index], policy: policy,
        circumstances: circumstances, certificates: verifier, history: history, checks: checks),
      randomness: .seeded(
        seed &+ attempt &* 0x1_0000_0000, label: "client", index: UInt64(index)),
      contribution: contribution(of: index))
  }

  func server() -> AggregationServer {
    AggregationServer(
      config: config, identity: coordinator, revocations: RevocationList(),
      certificates: verifier)
  }

  func witnesses() -> [WitnessBox] {
    zip(witnessIdentities, chainEnds).map { identity, last in
      WitnessBox(
        AggregationWitness(
          identity: identity, chain: Self.chain(last),
          coordinators: [coordinator.verificationKey], revocations: RevocationList(),
          certificates: verifier, records: []))
    }
  }
}
