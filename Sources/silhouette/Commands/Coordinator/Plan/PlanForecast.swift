internal import CryptoPrimitives
internal import DeviceLedger
internal import PlannedRounds
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import RoundVocabulary
internal import Scenarios
internal import SecureAggregation
internal import SilhouetteClient
internal import Storage

/// What a plan will cost, from public numbers alone.
struct PlanForecast: Encodable {
  struct Guarantee: Encodable {
    let adversary: String
    let summary: String
    /// Nil where there is no bound.
    let epsilon: Double?
  }

  struct Task: Encodable {
    let task: String
    let rounds: Int
    /// Of one device, at most.
    let contributions: Int
    let coordinates: Int
    let uploadBytes: Int
    /// Standard deviation of the noise that is certain, over the clip norm; nil without noise.
    let noiseMultiplier: Double?
    let signalToNoise: Double?
  }

  let name: String
  let hash: String
  let delta: Double
  let guarantees: [Guarantee]
  let tasks: [Task]
  let mostCohort: Int
  /// What such cohorts need beside devices, nil if nothing.
  let witness: String?
  let leastSurvivors: Int
  let longestRoundSeconds: Int
  /// What devices whose owners have changed nothing demand, and the plan does not give.
  let unmetSettings: [String]
  /// Of one device over the whole plan, at most.
  let uploadBytes: Int
  /// How far the plan is at its coordinator; nil where that does not have it, or none was asked.
  let state: String?
  /// The names of the plans whose rounds come before this one's.
  let ahead: [String]
  /// For devices with standard settings, from the next round that is due.
  let calendar: CalendarFigures
  /// Nil if no coordinator was asked.
  let cohorts: CohortFeasibility?

  /// Of one device with standard settings.
  static let mostPerDay = DeviceSettings.cautious.mostRoundsPerDay

  /// - Parameter cohorts: nil if no coordinator was asked.
  init(
    _ planned: PlannedTasks, standing: PlanStanding, cohorts: CohortFeasibility?
  ) throws(PlanningFault) {
    state = standing.state?.rawValue
    ahead = standing.ahead
    calendar = try CalendarFigures(
      PlanCalendar(of: planned, mostPerDay: Self.mostPerDay, from: standing.start), of: planned)
    self.cohorts = cohorts
    let plan = planned.plan
    name = plan.name
    hash = planned.hash.description
    delta = plan.privacy.delta
    var guarantees: [Guarantee] = []
    for adversary in Adversary.allCases {
      let epsilon = try planned.epsilon(against: adversary, delta: plan.privacy.delta)
      guarantees.append(
        Guarantee(
          adversary: adversary.rawValue, summary: adversary.summary,
          epsilon: epsilon.isFinite ? epsilon : nil))
    }
    self.guarantees = guarantees
    let cohort = Double(planned.assurance.leastSurvivors)
    tasks = PlannedTasks.order.map { task in
      let mechanism = planned.mechanism(for: task)
      let multiplier = mechanism.guaranteedVariance.map {
        $0.squareRoot() / (mechanism.scale * mechanism.request.clipNorm)
      }
      let noise = mechanism.noiseStandardDeviation(contributors: Int(cohort))
      let signal =
        cohort * mechanism.request.clipNorm / Double(mechanism.request.dimension).squareRoot()
      return Task(
        task: task.rawValue, rounds: task == .ranker ? plan.ranker.rounds : 1,
        contributions: planned.mostParticipations(in: task),
        coordinates: mechanism.request.dimension, uploadBytes: mechanism.uploadBytes,
        noiseMultiplier: multiplier, signalToNoise: noise > 0 ? signal / noise : nil)
    }
    mostCohort = plan.cohort.most
    witness = Self.witness(for: plan)
    leastSurvivors = planned.assurance.leastSurvivors
    let epsilons: [UnmetSetting]
    do throws(AccountingError) {
      // Where there is no noise, the setting that asks for some says so.
      epsilons =
        try UnmetSetting.epsilons(
          .cautious, in: planned, after: DeviceLedger(),
          at: VerificationKey(encoding: Bytes32()), EpsilonTable()) ?? []
    } catch { throw .accounting(error) }
    unmetSettings =
      (UnmetSetting.all(of: .cautious, in: planned) + epsilons).map(\.description)
    longestRoundSeconds = plan.times.longestRound
    uploadBytes = tasks.reduce(0) { $0 + $1.contributions * $1.uploadBytes }
  }

  /// What a plan's cohorts need beside devices, nil if nothing.
  static func witness(for plan: FederationPlan) -> String? {
    guard plan.cohort.most > GraphParameters.mostComplete else { return nil }
    return
      "cohorts above \(GraphParameters.mostComplete) need a witness: silhouette coordinator witness "
      + "add FILE"
  }
}
