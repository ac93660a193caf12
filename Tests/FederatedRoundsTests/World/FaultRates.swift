import CryptoPrimitives
import SecureAggregation
import SeededRandomness

/// How bad a simulated world is; shares in 1/1,000.
struct FaultRates: Sendable {
  var loss: UInt64 = 0
  var duplication: UInt64 = 0
  /// The longest way of a message, in milliseconds; messages overtake each other.
  var longestDelay: UInt64 = 50
  /// Of the coordinator, at each durable write: half before it, half after it.
  var coordinatorCrash: UInt64 = 0
  /// Of a device, at each durable write.
  var deviceCrash: UInt64 = 0
  var fullDisk: UInt64 = 0
  /// How far a device's clock may be off, in seconds.
  var clockSkew: UInt64 = 0

  static let none = FaultRates()
  static let everything = FaultRates(
    loss: 60, duplication: 60, longestDelay: 4_000, coordinatorCrash: 12, deviceCrash: 15,
    fullDisk: 10, clockSkew: 2)
}

/// The keys and terms of all simulated rounds of a test; making them once saves time.
struct Cast: Sendable {
  static let deviceCount = 5
  static let dimension = 8
  static let opens: UInt64 = 1_000_000
  /// Between two deadlines, in seconds.
  static let stepSeconds: UInt64 = 30

  let authority: VerificationKey
  let coordinator: Identity
  let devices: [Identity]
  let certificates: [Certificate]
  let verifier: CertificateVerifier
  let config: RoundConfig

  init() throws {
    var randomness = RandomStream.seeded(7, label: "cast")
    let authority = SigningKey(random: &randomness)
    self.authority = authority.verificationKey
    coordinator = Identity(SigningKey(random: &randomness))
    var devices: [Identity] = []
    var certificates: [Certificate] = []
    for _ in 0..<Self.deviceCount {
      let device = Identity(SigningKey(random: &randomness))
      certificates.append(
        Certificate(
          identity: device.verificationKey, notBefore: 0, notAfter: 1 << 40, by: authority))
      devices.append(device)
    }
    self.devices = devices
    self.certificates = certificates
    verifier = CertificateVerifier(authority: authority.verificationKey)
    var terms = RoundTerms()
    terms.coordinator = coordinator.verificationKey
    terms.authority = authority.verificationKey
    terms.revocationDigest = RevocationList().digest
    terms.dimension = Self.dimension
    terms.ringBits = 16
    // One device more than there is room for: the last one is turned away.
    terms.leastCohort = 3
    terms.mostCohort = 4
    terms.leastSurvivors = 3
    terms.opens = Self.opens
    terms.deadlines = (1...5).map { Self.opens + $0 * Self.stepSeconds }
    config = try RoundConfig(terms)
  }

  func server() -> AggregationServer {
    AggregationServer(
      config: config, identity: coordinator, revocations: RevocationList(),
      certificates: verifier)
  }

  func client(_ index: Int, history: ClientHistory) -> AggregationClient {
    var policy = ClientPolicy.silo(
      coordinators: [coordinator.verificationKey], authority: authority, anchors: [:],
      mostClipNorm: 1, leastNoise: .init(0, over: 1))
    policy.leastCohort = 3
    policy.leastSurvivors = 3
    policy.leastHonest = 1
    policy.leastSurvivorShare = 5_000
    return AggregationClient(
      identity: devices[index], certificate: certificates[index], policy: policy,
      circumstances: RoundCircumstances(
        modelHash: Bytes32(), planHash: Bytes32(), revocations: RevocationList(),
        loggedConfiguration: Transcript.configured(config), coversBudget: true),
      certificates: verifier, history: history)
  }
}
