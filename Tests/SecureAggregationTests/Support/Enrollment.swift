import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import TestSupport

@testable import SecureAggregation

/// An authority, a coordinator, witnesses and enrolled devices, all of which follow from a seed.
final class Enrollment {
  static let opens: UInt64 = 1_760_000_000
  static let deadlines: [UInt64] = (1...5).map { opens + 100 * $0 }

  let seed: UInt64
  let authority: SigningKey
  let coordinator: Identity
  let verifier: CertificateVerifier
  let witnesses: [WitnessBox]
  /// In ascending order of the identities that they give.
  private let witnessSeeds: [[UInt8]]
  private let witnessKeys: [VerificationKey]
  private let chains: [(previous: Bytes32, anchor: Bytes32)]

  init(seed: UInt64 = 1, witnessCount: Int = 0) {
    self.seed = seed
    authority = SigningKey(seed: SecretBytes(known: Self.bytes(seed, "authority")))
    coordinator = Identity(SigningKey(seed: SecretBytes(known: Self.bytes(seed, "coordinator"))))
    let verifier = CertificateVerifier(authority: authority.verificationKey)
    self.verifier = verifier
    var witnesses: [WitnessBox] = []
    var chains: [(Bytes32, Bytes32)] = []
    var keys: [VerificationKey] = []
    witnessSeeds = (0..<witnessCount).map { Self.bytes(seed, "witness", $0) }.sorted {
      let keys = [$0, $1].map {
        SigningKey(seed: SecretBytes(known: $0)).verificationKey.encoding.bytes
      }
      return keys[0].lexicographicallyPrecedes(keys[1])
    }
    for place in 0..<witnessCount {
      let identity = Identity(SigningKey(seed: SecretBytes(known: witnessSeeds[place])))
      let chain = WitnessChain(
        last: SecretBytes(known: Self.bytes(seed, "chain", place)), length: 16)
      keys.append(identity.verificationKey)
      chains.append((chain.value(at: 0) ?? Bytes32(), chain.anchor))
      witnesses.append(
        WitnessBox(
          AggregationWitness(
            identity: identity, chain: chain, coordinators: [coordinator.verificationKey],
            revocations: RevocationList(), certificates: verifier, records: [])))
    }
    self.witnesses = witnesses
    self.chains = chains
    witnessKeys = keys
  }

  /// 32 bytes that belong to a name.
  static func bytes(_ seed: UInt64, _ name: String, _ index: Int = 0) -> [UInt8] {
    Blake2b.hash(Array("\(seed)/\(name)/\(index)".utf8))
  }

  static func bytes32(_ name: String) -> Bytes32 { Blake2b.digest(Array(name.utf8)) }

  /// The signing key of an enrolled device.
  func deviceKey(_ member: Int) -> SigningKey {
    SigningKey(seed: SecretBytes(known: Self.bytes(seed, "device", member)))
  }

  func certificate(for identity: VerificationKey) -> Certificate {
    Certificate(
      identity: identity, notBefore: Self.opens - 1_000, notAfter: Self.opens + 1_000_000,
      by: authority)
  }

  /// What a witness reveals that asks no questions.
  func reveal(ofWitness place: Int, for cohort: Bytes32) -> DirectoryMessage.RevealedValue {
    let chain = WitnessChain(
      last: SecretBytes(known: Self.bytes(seed, "chain", place)), length: 16)
    let value = chain.value(at: 1) ?? Bytes32()
    let key = SigningKey(seed: SecretBytes(known: witnessSeeds[place]))
    let message = RevealMessage(
      transcript: cohort, witness: key.verificationKey, position: 1, value: value)
    return .init(value: value, signature: Signed(message, by: key).signature)
  }

  /// Terms that devices with `policy` accept: a cohort of up to `size`, and the least survivors that the
  /// threshold permits.
  func terms(
    cohort size: Int, faults: FaultAssumption = .c500d500, rule: ThresholdRule = .agreement
  ) -> RoundTerms {
    var terms = RoundTerms()
    terms.task = Self.bytes32("task")
    terms.nonce = Self.bytes32("nonce")
    terms.coordinator = coordinator.verificationKey
    terms.authority = authority.verificationKey
    terms.revocationDigest = RevocationList().digest
    terms.modelHash = Self.bytes32("model")
    terms.planHash = Self.bytes32("plan")
    terms.dimension = 6
    let threshold = GraphParameters(cohortSize: size, faults: faults, rule: rule).threshold
    terms.leastCohort = 5
    terms.mostCohort = size
    terms.leastSurvivors = max(threshold, (7 * size + 9) / 10)
    terms.leastHonest = 2
    terms.collusion = faults.collusion
    terms.dropout = faults.dropout
    terms.rule = rule
    terms.opens = Self.opens
    terms.deadlines = Self.deadlines
    terms.witnesses = zip(witnessKeys, chains).map {
      WitnessTerms(identity: $0, position: 1, previous: $1.previous)
    }
    return terms
  }

  /// What the devices insist on.
  var policy: ClientPolicy {
    let anchors = zip(witnessKeys, chains).map { ($0, $1.anchor) }
    var policy = ClientPolicy.silo(
      coordinators: [coordinator.verificationKey], authority: authority.verificationKey,
      anchors: Dictionary(uniqueKeysWithValues: anchors), mostClipNorm: 1,
      leastNoise: .init(0, over: 1))
    policy.leastSurvivorShare = 7_000
    policy.leastCollusion = 100
    policy.allowsIsolationRule = true
    return policy
  }

  /// What a device knows of a round that the log holds.
  func circumstances(of config: RoundConfig) -> RoundCircumstances {
    RoundCircumstances(
      modelHash: Self.bytes32("model"), planHash: Self.bytes32("plan"),
      revocations: RevocationList(), loggedConfiguration: Transcript.configured(config),
      coversBudget: true)
  }

  /// Recognizable contributions: no sum of some of them is that of others.
  func contribution(of member: Int, _ config: RoundConfig) -> RingVector {
    let words = (0..<config.dimension).map { coordinate in
      Self.bytes(seed, "x", 1_000 * member + coordinate).prefix(2)
        .reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    return RingVector(reducing: words, modulus: config.modulus)
  }
}
