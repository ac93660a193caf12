import CryptoPrimitives
import RingArithmetic
import SecureAggregation

/// Keys, terms and clients of one round without witnesses.
struct WatchedFederation {
  let config: RoundConfig
  let clients: [WatchedClient]
  private let coordinator: Identity
  private let authority: VerificationKey

  init(clientCount: Int) throws {
    var random = RandomStream.system()
    let authority = SigningKey(random: &random)
    self.authority = authority.verificationKey
    coordinator = Identity(SigningKey(random: &random))

    var terms = RoundTerms()
    terms.coordinator = coordinator.verificationKey
    terms.authority = authority.verificationKey
    terms.revocationDigest = RevocationList().digest
    // More than a tile of masks, and no multiple of it.
    terms.dimension = 5_003
    terms.ringBits = 20
    terms.leastCohort = clientCount
    terms.mostCohort = clientCount
    terms.leastSurvivors = clientCount - 1
    terms.leastHonest = clientCount - 1
    terms.opens = 1_800_000_000
    terms.deadlines = (1...5).map { terms.opens + UInt64($0) * 600 }
    config = try RoundConfig(terms)

    var policy = ClientPolicy.silo(
      coordinators: [coordinator.verificationKey], authority: authority.verificationKey,
      anchors: [:],
      mostClipNorm: 1, leastNoise: .init(0, over: 1))
    policy.leastCohort = clientCount
    policy.leastSurvivors = clientCount - 1
    policy.leastHonest = 1
    policy.leastSurvivorShare = 0
    clients = (0..<clientCount).map { _ in
      let identity = Identity(SigningKey(random: &random))
      return WatchedClient(
        AggregationClient(
          identity: identity,
          certificate: Certificate(
            identity: identity.verificationKey, notBefore: 0, notAfter: .max, by: authority),
          policy: policy,
          circumstances: RoundCircumstances(
            modelHash: Bytes32(), planHash: Bytes32(), revocations: RevocationList(),
            loggedConfiguration: Transcript.configured(config), coversBudget: true),
          certificates: CertificateVerifier(authority: authority.verificationKey),
          history: ClientHistory()))
    }
  }

  func makeServer() -> AggregationServer {
    AggregationServer(
      config: config, identity: coordinator, revocations: RevocationList(),
      certificates: CertificateVerifier(authority: authority))
  }
}
