internal import CryptoPrimitives

/// A configuration that a client is asked to accept, and what the client knows about it: section 13.1.
struct Offer: Sendable {
  let message: Signed<RoundConfig>
  let time: UInt64
  let policy: ClientPolicy
  let circumstances: RoundCircumstances
  let history: ClientHistory
  let certificate: Certificate
  let certificates: CertificateVerifier

  var config: RoundConfig { message.content }
  /// Today, counted from the start of Unix time.
  var day: UInt64 { time / ClientHistory.secondsPerDay }

  /// How long before its opening a round may be joined, in seconds.
  private static let longestWait: UInt64 = 86_400

  static let checks: [Check<Offer>] = [
    Check(.deadline, "time") { $0.time < $0.config.deadline(of: .advertise) },
    Check(.coordinator, "RoundConfig.coordinator") {
      $0.policy.coordinators.contains($0.config.coordinator)
    },
    Check(.signature, "signature") { $0.message.isSigned(by: $0.config.coordinator) },
    Check(.authority, "RoundConfig.authority") { $0.config.authority == $0.policy.authority },
    Check(.notLogged, "RoundConfig") {
      $0.circumstances.loggedConfiguration == Transcript.configured($0.config)
    },
    Check(.revocation, "RoundConfig.revocationDigest") {
      $0.config.revocationDigest == $0.circumstances.revocations.digest
    },
    Check(.activeRound, "RoundConfig.round") { !$0.history.isActive(at: $0.time) },
    Check(.roundCounter, "RoundConfig.round") {
      $0.config.round > $0.history.highestRounds[$0.config.task] ?? 0
    },
    Check(.roundsPerDay, "time") {
      $0.history.rounds(from: $0.day) < $0.policy.mostRoundsPerDay
    },
    Check(.notOpen, "RoundConfig.opens") {
      $0.config.opens <= $0.time || $0.config.opens - $0.time <= longestWait
    },
    Check(.model, "RoundConfig.modelHash") {
      $0.config.modelHash == $0.circumstances.modelHash
    },
    Check(.plan, "RoundConfig.planHash") { $0.config.planHash == $0.circumstances.planHash },
  ]

  /// What the coordinator cannot lower: section 14, in its order.
  static let floors: [Check<Offer>] = [
    Check(.ringBits, "RoundConfig.ringBits") {
      $0.policy.ringBits.contains($0.config.ringBits)
    },
    Check(.dimension, "RoundConfig.dimension") {
      $0.config.dimension <= $0.policy.mostDimension
    },
    Check(.clip, "RoundConfig.clipNorm") { $0.config.clipNorm <= $0.policy.mostClipNorm },
    Check(.noise, "RoundConfig.varianceNumerator") {
      $0.policy.isSatisfied(byNoiseOf: $0.config)
    },
    Check(.cohortFloor, "RoundConfig.leastCohort") {
      $0.config.leastCohort >= $0.policy.leastCohort
    },
    Check(.survivorFloor, "RoundConfig.leastSurvivors") {
      $0.config.leastSurvivors >= $0.policy.leastSurvivors
    },
    Check(.honestFloor, "RoundConfig.leastHonest") {
      $0.config.leastHonest >= $0.policy.leastHonest
    },
    Check(.collusion, "RoundConfig.collusion") {
      $0.config.collusion >= $0.policy.leastCollusion
    },
    Check(.rule, "RoundConfig.rule") {
      $0.config.rule == .agreement || $0.policy.allowsIsolationRule
    },
    Check(.eligibilityCeiling, "RoundConfig.eligibilityThreshold") {
      // Without witnesses everybody is eligible, so a policy with a ceiling wants them.
      $0.config.eligibilityThreshold <= $0.policy.mostEligibilityThreshold
    },
    Check(.witnessSet, "RoundConfig.witnesses") {
      let listed = Set($0.config.witnesses.map(\.identity))
      return listed.isEmpty || listed.isSuperset(of: $0.policy.anchors.keys)
    },
  ]

  /// A witness that the configuration lists.
  struct ListedWitness: Sendable {
    let terms: WitnessTerms
    let policy: ClientPolicy
    let history: ClientHistory

    static let checks: [Check<ListedWitness>] = [
      Check(.witnessSet, "RoundConfig.witnesses.identity") {
        $0.policy.anchors[$0.terms.identity] != nil
      },
      Check(.beaconHistory, "RoundConfig.witnesses.previous") {
        $0.lastAccepted?.isContinued(by: $0.terms) ?? false
      },
    ]

    private var lastAccepted: ChainPosition? {
      history.chains[terms.identity]
        ?? policy.anchors[terms.identity].map { ChainPosition(position: 0, value: $0) }
    }
  }

  /// Whether the client itself may take part.
  static let standing: [Check<Offer>] = [
    Check(.ownCertificate, "certificate") {
      $0.certificates.isValid($0.certificate, for: $0.config)
        && !$0.circumstances.revocations.contains($0.certificate.identity)
    },
    Check(.notEligible, "RoundConfig.eligibilityThreshold") {
      $0.config.isEligible($0.certificate.identity)
    },
    Check(.budget, "budget") { $0.circumstances.coversBudget },
  ]

  /// Makes all of these checks.
  func verify(_ checks: ClientChecks) throws(ProtocolError) {
    try checks.offer.verify(self)
    try checks.floors.verify(self)
    for witness in config.witnesses {
      try checks.listedWitness.verify(
        ListedWitness(terms: witness, policy: policy, history: history))
    }
    try checks.standing.verify(self)
  }
}
