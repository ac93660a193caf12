internal import CryptoPrimitives
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import RoundVocabulary
internal import Scenarios
internal import SecureAggregation
internal import SeededRandomness
internal import Synchronization

/// Everybody who takes part in secure rounds on one machine: enrolled devices, their authority, the
/// coordinator and a witness, with keys that follow from the scenario's seed.
final class SimulatedFederation: Sendable {
  /// What one device keeps from round to round.
  struct Device: Sendable {
    let identity: Identity
    let certificate: Certificate
    var history = ClientHistory()
  }

  /// What moves on with every round.
  struct Progress: ~Copyable, Sendable {
    var devices: [Device]
    var witness: AggregationWitness
    /// How many rounds there were, of all tasks: the place in the witness's chain, and the clock.
    var rounds: UInt64 = 0
  }

  let seed: UInt64
  let coordinator: Identity
  let certificates: CertificateVerifier
  let witnessChain: WitnessChain
  let witnessIdentity: VerificationKey
  let progress: Mutex<Progress>
  private let colludingShare: Double
  private let dropoutShare: Double

  /// Statistics, gram, evaluation, and some to spare.
  private static let otherRounds = 16
  private static let mostRoundsPerDay = 1 << 20
  /// Unix seconds of the first round: the clock of a simulation is its own.
  static let start: UInt64 = 1_767_225_600
  /// From the opening of one round to that of the next.
  static let roundLength: UInt64 = 3600

  init(scenario: Scenario, devices count: Int) {
    seed = scenario.seed
    colludingShare = scenario.privacy.colludingShare
    dropoutShare = scenario.privacy.dropoutShare
    var randomness = RandomStream.seeded(scenario.seed, label: "federation")
    coordinator = Identity(SigningKey(random: &randomness))
    let authority = SigningKey(random: &randomness)
    certificates = CertificateVerifier(authority: authority.verificationKey)
    let length = UInt64(
      scenario.ranker.rounds + (scenario.encoder?.rounds ?? 0) + Self.otherRounds)
    let last = SecretBytes(random: Bytes32.count, from: &randomness)
    witnessChain = WitnessChain(
      last: SecretBytes(copying: last, 0..<Bytes32.count), length: length)
    let witness = AggregationWitness(
      identity: Identity(SigningKey(random: &randomness)),
      chain: WitnessChain(last: last, length: length),
      coordinators: [coordinator.verificationKey], revocations: RevocationList([]),
      certificates: certificates, records: [])
    witnessIdentity = witness.identity.verificationKey
    var devices: [Device] = []
    devices.reserveCapacity(count)
    for index in 0..<count {
      var own = RandomStream.seeded(scenario.seed, label: "identity", index: UInt64(index))
      let key = SigningKey(random: &own)
      let certificate = Certificate(
        identity: key.verificationKey, notBefore: 0, notAfter: UInt64(1) << 40, by: authority)
      devices.append(Device(identity: Identity(key), certificate: certificate))
    }
    progress = Mutex(Progress(devices: devices, witness: witness))
  }

  /// The number of the next round.
  func beginRound() -> UInt64 {
    progress.withLock { progress in
      progress.rounds += 1
      return progress.rounds
    }
  }

  /// The terms that the devices are offered.
  func terms(
    _ id: RoundID, _ mechanism: ContributionMechanism, number: UInt64
  ) throws(ProtocolError) -> RoundConfig {
    let request = mechanism.request
    let cohort = request.maximumCohort
    let assurance = CohortAssurance(
      cohort: cohort, dropoutShare: dropoutShare, colludingShare: colludingShare)
    var terms = RoundTerms()
    terms.task = Blake2b.digest(Array("silhouette/simulated-task/\(id.task.rawValue)".utf8))
    terms.round = number
    terms.nonce = Blake2b.digest(Array("silhouette/simulated-round/\(seed)/\(number)".utf8))
    terms.coordinator = coordinator.verificationKey
    terms.authority = certificates.authority
    terms.revocationDigest = RevocationList([]).digest
    terms.dimension = request.encodedDimension
    terms.ringBits = request.ringBits
    terms.clipNorm = request.clipNorm
    terms.scale = mechanism.scale
    terms.squaredNormBound = mechanism.squaredRoundedBound
    terms.noise = noise(of: mechanism)
    terms.leastCohort = max(3, assurance.leastSurvivors)
    terms.mostCohort = cohort
    terms.leastSurvivors = assurance.leastSurvivors
    terms.leastHonest = assurance.leastHonest
    terms.collusion = Self.tenThousandths(colludingShare)
    terms.dropout = Self.tenThousandths(dropoutShare)
    terms.opens = Self.start + number * Self.roundLength
    terms.deadlines = (1...5).map { terms.opens + $0 * 600 }
    if cohort > GraphParameters.mostComplete {
      terms.witnesses = [
        WitnessTerms(
          identity: witnessIdentity, position: number,
          previous: witnessChain.value(at: number - 1) ?? Bytes32())
      ]
    }
    return try RoundConfig(terms)
  }

  private func noise(of mechanism: ContributionMechanism) -> NoiseTerms {
    guard let variance = mechanism.deviceVariance,
      case .devices(let law, _) = mechanism.request.placement
    else { return .none }
    return NoiseTerms(
      law: law == .skellam ? .skellam : .discreteGaussian, varianceNumerator: variance.numerator,
      varianceDenominator: variance.denominator)
  }

  /// What the simulated devices insist on: the plan itself, and nothing less.
  func policy(for config: RoundConfig) -> ClientPolicy {
    let noise =
      Double(config.leastHonest) * Double(config.noise.varianceNumerator)
      / Double(config.noise.varianceDenominator) / Double(config.squaredNormBound)
    var policy = ClientPolicy.silo(
      coordinators: [coordinator.verificationKey], authority: certificates.authority,
      anchors: [witnessIdentity: witnessChain.anchor], mostClipNorm: config.clipNorm,
      leastNoise: ClientPolicy.NoiseRatio(UInt16(min(noise * 256, 65_535)), over: 256))
    policy.leastCohort = config.leastCohort
    policy.leastSurvivors = config.leastSurvivors
    policy.leastHonest = config.leastHonest
    policy.leastCollusion = config.collusion
    policy.leastSurvivorShare = 0
    policy.mostRoundsPerDay = Self.mostRoundsPerDay
    return policy
  }

  static func tenThousandths(_ share: Double) -> Int { Int((share * 10_000).rounded()) }
}
