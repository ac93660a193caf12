import CryptoPrimitives
import RoundVocabulary
import TransparencyLog

/// One entry of each kind, every field with a value of its own.
enum SampleEntries {
  static let time: UInt64 = 1_760_000_000
  static let round = RoundReference(task: Cast.bytes("task"), number: 7)

  static let mechanism = mechanism()

  static func mechanism(
    law: LoggedMechanism.Law = .skellam,
    variance: (numerator: UInt64, denominator: UInt64) = (1_001, 4),
    totalVariation: Double = 0x1p-60,
    squaredNormBound: UInt64 = 268_500_000, dimension: UInt64 = 4_096, clipNorm: Double = 1.5,
    scale: Double = 10_922.5, leastSurvivors: Int = 90, mostColluding: Int = 5
  ) -> LoggedMechanism {
    LoggedMechanism(
      law: law, variance: variance, totalVariation: totalVariation,
      squaredNormBound: squaredNormBound, dimension: dimension, clipNorm: clipNorm, scale: scale,
      assurance: CohortAssurance(leastSurvivors: leastSurvivors, mostColluding: mostColluding))
  }

  static func cohort(round: RoundReference = round, memberCount: Int = 100) -> LoggedCohort {
    LoggedCohort(
      round: round, transcript: Cast.bytes("T1"), root: Cast.bytes("cohort root"),
      memberCount: memberCount)
  }

  static func debit(
    survivorCount: Int = 97, mechanism: LoggedMechanism = mechanism
  ) -> LoggedDebit {
    LoggedDebit(
      round: round, transcript: Cast.bytes("T4"), survivorCount: survivorCount,
      mechanism: mechanism)
  }

  static func release(survivorCount: Int = 97) -> LoggedRelease {
    LoggedRelease(
      round: round, debit: Cast.bytes("debit"), sumHash: Cast.bytes("sum"),
      modelHash: Cast.bytes("new model"), survivorCount: survivorCount,
      mechanism: mechanism(law: .centralDiscreteGaussian, variance: (2_000, 1)))
  }

  static func plan() -> LoggedPlan {
    let authority = Cast.key("authority")
    return LoggedPlan(
      hash: Cast.bytes("plan"), signer: authority.verificationKey,
      signature: authority.sign(PlanSignature.digest(Cast.bytes("plan"))))
  }

  static func closing(
    debitCount: UInt64 = 12, releaseCount: UInt64 = 11, accountant: String = "silhouette 0.5",
    claims: [LoggedClosing.Claim] = claims
  ) -> LoggedClosing {
    LoggedClosing(
      planHash: Cast.bytes("plan"), debitCount: debitCount, releaseCount: releaseCount,
      accountant: accountant, vectorsHash: Cast.bytes("vectors"), claims: claims)
  }

  static let claims = [
    claim(.modelUser, 1e-6, 2.5), claim(.modelUser, 1e-5, 2.25),
    claim(.coordinatorWithColludingClients, 1e-6, 3), claim(.maliciousCoordinator, 1e-6, .infinity),
  ]

  static func claim(
    _ adversary: Adversary, _ delta: Double, _ epsilon: Double
  ) -> LoggedClosing.Claim {
    LoggedClosing.Claim(adversary: adversary, delta: delta, epsilon: epsilon)
  }

  static let contents: [LogEntry.Content] = [
    .enrollment(
      LoggedEnrollment(
        authority: Cast.key("authority").verificationKey,
        certificateHash: Cast.bytes("certificate"))),
    .plan(plan()),
    .round(
      LoggedRound(
        round: round, configuration: Cast.bytes("T0"), planHash: Cast.bytes("plan"),
        modelHash: Cast.bytes("model"))),
    .cohort(cohort()),
    .survivors(
      LoggedSurvivors(round: round, transcript: Cast.bytes("T4"), survivorCount: 97)),
    .debit(debit()),
    .release(release()),
    .abort(LoggedAbort(round: round, code: 802)),
    .pause(LoggedPause(task: Cast.bytes("task"), number: 3, state: .resumed)),
    .rotation(LoggedRotation(role: .coordinator, from: Cast.key("old"), to: Cast.key("new"))),
    .closing(closing()),
  ]

  static func entries() throws -> [LogEntry] {
    try contents.map { try LogEntry(time: time, $0) }
  }
}
