import CryptoPrimitives
import RingArithmetic
import SecureAggregation

/// Keys, terms and parties of a benchmark round.
struct BenchmarkFederation {
  let config: RoundConfig
  let clients: [BenchmarkClient]
  let witnesses: [BenchmarkWitness]
  private let coordinator: Identity
  private let authority: VerificationKey

  init(_ round: BenchmarkRound) throws {
    var random = RandomStream.system()
    let authority = SigningKey(random: &random)
    self.authority = authority.verificationKey
    coordinator = Identity(SigningKey(random: &random))
    let identities = (0..<round.clientCount).map { _ in Identity(SigningKey(random: &random)) }
    let witnessKeys = (0..<2).map { _ in Identity(SigningKey(random: &random)) }
    let lasts = (0..<2).map { _ in Bytes32(random: &random) }

    var terms = RoundTerms()
    terms.coordinator = coordinator.verificationKey
    terms.authority = authority.verificationKey
    terms.revocationDigest = RevocationList().digest
    terms.dimension = round.dimension
    terms.ringBits = round.ringBits
    terms.leastCohort = round.clientCount
    terms.mostCohort = round.clientCount
    terms.leastSurvivors = (round.clientCount * 85 + 99) / 100
    terms.leastHonest = terms.leastSurvivors - round.clientCount / 20
    terms.rule = round.rule
    terms.opens = 1_800_000_000
    terms.deadlines = (1...5).map { terms.opens + UInt64($0) * 600 }
    let needsWitnesses = round.clientCount > GraphParameters.mostComplete
    var anchors: [VerificationKey: Bytes32] = [:]
    if needsWitnesses {
      for (key, last) in zip(witnessKeys, lasts) {
        let chain = BenchmarkWitness.chain(last)
        anchors[key.verificationKey] = chain.anchor
        terms.witnesses.append(
          WitnessTerms(identity: key.verificationKey, position: 1, previous: chain.anchor))
      }
    }
    terms.witnesses.sort {
      $0.identity.encoding.bytes.lexicographicallyPrecedes($1.identity.encoding.bytes)
    }
    let config = try RoundConfig(terms)
    self.config = config

    var policy = ClientPolicy.silo(
      coordinators: [coordinator.verificationKey], authority: authority.verificationKey,
      anchors: anchors, mostClipNorm: 1, leastNoise: .init(0, over: 1))
    policy.allowsIsolationRule = round.rule == .isolation
    let shared = CertificateVerifier(authority: authority.verificationKey)
    clients = identities.map { identity in
      let certificate = Certificate(
        identity: identity.verificationKey, notBefore: 0, notAfter: .max, by: authority)
      if round.remembersCertificates { _ = shared.isValid(certificate, for: config) }
      return BenchmarkClient(
        AggregationClient(
          identity: identity, certificate: certificate, policy: policy,
          circumstances: RoundCircumstances(
            modelHash: Bytes32(), planHash: Bytes32(), revocations: RevocationList(),
            loggedConfiguration: Transcript.configured(config), coversBudget: true),
          certificates: round.remembersCertificates
            ? shared : CertificateVerifier(authority: authority.verificationKey),
          history: ClientHistory()))
    }
    let coordinatorKey = coordinator.verificationKey
    let authorityKey = authority.verificationKey
    witnesses =
      needsWitnesses
      ? zip(witnessKeys, lasts).map { key, last in
        BenchmarkWitness(
          AggregationWitness(
            identity: key, chain: BenchmarkWitness.chain(last), coordinators: [coordinatorKey],
            revocations: RevocationList(),
            certificates: CertificateVerifier(authority: authorityKey), records: []))
      } : []
  }

  func makeServer() -> AggregationServer {
    AggregationServer(
      config: config, identity: coordinator, revocations: RevocationList(),
      certificates: CertificateVerifier(authority: authority))
  }

  /// Words that differ from client to client.
  func contribution(of index: Int) -> RingVector {
    RingVector(
      reducing: (0..<config.dimension).map {
        UInt32(truncatingIfNeeded: ($0 &+ 1) &* (index &+ 7) &* 0x9E37_79B1)
      }, modulus: config.modulus)
  }
}

final class BenchmarkWitness {
  var machine: AggregationWitness
  init(_ machine: consuming AggregationWitness) { self.machine = machine }

  static func chain(_ last: Bytes32) -> WitnessChain {
    var secret = SecretBytes(zeros: Bytes32.count)
    secret.withMutableBytes { target in
      for (index, byte) in last.bytes.enumerated() {
        target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
    }
    return WitnessChain(last: secret, length: 4)
  }
}

final class BenchmarkClient {
  private var machine: AggregationClient
  private var random = RandomStream.system()

  init(_ machine: consuming AggregationClient) { self.machine = machine }

  struct Answer {
    let bytes: [UInt8]
    let vectorByteCount: Int
  }

  /// What the client sends back.
  func answer(
    _ message: [UInt8], contribution: inout RingVector?, at time: UInt64
  ) -> Answer? {
    var actions = machine.received(message, at: time, randomness: &random)
    if case .provideContribution? = actions.last, let vector = contribution.take() {
      actions = machine.contribute(vector, at: time)
    }
    for action in actions {
      switch action {
      case .send(let bytes): return Answer(bytes: bytes, vectorByteCount: 0)
      case .upload(let input):
        let bytes = input.encoded
        return Answer(bytes: bytes, vectorByteCount: bytes.count - input.header.count)
      case .abort(let error, _): fatalError("\(error)")
      case .record, .note, .provideContribution: continue
      }
    }
    return nil
  }
}
