package import CryptoPrimitives
internal import RoundVocabulary
package import SecureAggregation
package import TransparencyLog

/// What a plan wants of its next round.
package struct RoundDemand: Sendable, Equatable {
  /// The name of the federated task.
  package let task: String
  /// Where rounds of the task are counted; another one in every plan.
  package let identifier: Bytes32
  /// How many sums of the task become part of a version, at most.
  package let mostReleases: Int
  package let dimension: Int
  package let ringBits: Int
  /// In units of the update.
  package let clipNorm: Double
  /// Ring units per unit of the update.
  package let scale: Double
  /// In ring units.
  package let squaredNormBound: UInt64
  package let noise: NoiseTerms
  /// The distance of one device's noise vector from its law, at most.
  package let totalVariation: Double
  /// All zero for none.
  package let rotationSeed: Bytes32

  package init(
    task: String, identifier: Bytes32, mostReleases: Int, dimension: Int, ringBits: Int,
    clipNorm: Double, scale: Double, squaredNormBound: UInt64, noise: NoiseTerms,
    totalVariation: Double = 0,
    rotationSeed: Bytes32 = Bytes32()
  ) {
    self.task = task
    self.identifier = identifier
    self.mostReleases = mostReleases
    self.dimension = dimension
    self.ringBits = ringBits
    self.clipNorm = clipNorm
    self.scale = scale
    self.squaredNormBound = squaredNormBound
    self.noise = noise
    self.totalVariation = totalVariation
    self.rotationSeed = rotationSeed
  }
}

/// What a plan does from round to round: a pure function of the model so far.
///
/// Everything that the next round needs is in the model's bytes, so a coordinator that starts again
/// goes on from the version that is in use.
package protocol RoundCourse: Sendable {
  /// The identifiers of all of the plan's tasks.
  var tasks: [Bytes32] { get }
  /// The version before the first round.
  var firstModel: [UInt8] { get }
  /// What the next round is, nil when the plan is done.
  func demand(after model: [UInt8]) throws -> RoundDemand?
  /// The version that follows from an opened sum.
  func model(after model: [UInt8], sum: OpenedSum) throws -> [UInt8]
  /// What rounds of the plan have cost at most, by the coordinator's accountant.
  ///
  /// - Parameter debits: rounds that were charged, by the identifiers of their tasks.
  func account(_ debits: [Bytes32: UInt64]) throws -> PlanAccount
}

/// Cohort and times of all rounds of a plan.
package struct RoundTemplate: Sendable, Equatable {
  package var leastCohort: Int
  package var mostCohort: Int
  package var leastSurvivors: Int
  package var leastHonest: Int
  package var faults: FaultAssumption
  /// How long each step may take, in seconds: Advertise, Shares, Input, Consistency, Unmask.
  package var stepSeconds: [UInt64]
  /// From the end of a round to the opening of the next, in seconds.
  package var pauseSeconds: UInt64
  /// Rounds in a row that may be aborted before the plan fails.
  package var attempts: Int

  package init(
    leastCohort: Int, mostCohort: Int, leastSurvivors: Int, leastHonest: Int,
    faults: FaultAssumption = .c500d500, stepSeconds: [UInt64],
    pauseSeconds: UInt64 = 0, attempts: Int = 100
  ) {
    precondition(stepSeconds.count == RoundStep.allCases.count && stepSeconds.allSatisfy { $0 > 0 })
    self.leastCohort = leastCohort
    self.mostCohort = mostCohort
    self.leastSurvivors = leastSurvivors
    self.leastHonest = leastHonest
    self.faults = faults
    self.stepSeconds = stepSeconds
    self.pauseSeconds = pauseSeconds
    self.attempts = attempts
  }

  /// The terms of one round.
  func terms(
    _ demand: RoundDemand, round: UInt64, plan: Bytes32, model: Bytes32,
    opens: UInt64, nonce: Bytes32, keys: CoordinatorKeys, revocations: RevocationList,
    witnesses: [WitnessTerms] = []
  ) throws(ProtocolError) -> RoundConfig {
    var terms = RoundTerms()
    terms.task = demand.identifier
    terms.round = round
    terms.nonce = nonce
    terms.coordinator = keys.verificationKey
    terms.authority = keys.authorityKey
    terms.revocationDigest = revocations.digest
    terms.modelHash = model
    terms.planHash = plan
    terms.rotationSeed = demand.rotationSeed
    terms.dimension = demand.dimension
    terms.ringBits = demand.ringBits
    terms.clipNorm = demand.clipNorm
    terms.scale = demand.scale
    terms.squaredNormBound = demand.squaredNormBound
    terms.noise = demand.noise
    terms.leastCohort = leastCohort
    terms.mostCohort = mostCohort
    terms.leastSurvivors = leastSurvivors
    terms.leastHonest = leastHonest
    terms.collusion = faults.collusion
    terms.dropout = faults.dropout
    // Everybody enrolled may be drawn: how many of them may be corrupt is the authority's to see to
    // (protocols/node-api.md, section 9).
    terms.witnesses = witnesses
    terms.opens = opens
    var deadline = opens
    terms.deadlines = stepSeconds.map { seconds in
      deadline += seconds
      return deadline
    }
    return try RoundConfig(terms)
  }
}

/// What a coordinator says that a plan has cost, and by which accountant.
package struct PlanAccount: Sendable, Equatable {
  /// Name and version, printable ASCII.
  package let accountant: String
  /// Of the golden values that the accountant was checked against; zeros if none are named.
  package let vectorsHash: Bytes32
  /// Ascending by adversary, then delta.
  package let claims: [LoggedClosing.Claim]

  package init(
    accountant: String, vectorsHash: Bytes32 = Bytes32(), claims: [LoggedClosing.Claim]
  ) {
    self.accountant = accountant
    self.vectorsHash = vectorsHash
    self.claims = claims
  }
}
