internal import CryptoPrimitives
internal import PlannedRounds
internal import PrivacyMechanisms
internal import RoundVocabulary
internal import Scenarios
internal import SecureAggregation
internal import SilhouetteClient

/// What a plan will cost, from public numbers alone.
struct PlanForecast: Encodable {
  struct Guarantee: Encodable {
    let adversary: String
    let summary: String
    /// Nil where nothing is guaranteed.
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

  init(_ planned: PlannedTasks) throws(PlanningFault) {
    let plan = planned.plan
    name = plan.name
    hash = planned.hash.description
    delta = plan.privacy.delta
    var guarantees: [Guarantee] = []
    for adversary in Adversary.allCases {
      // A malicious coordinator that is its own authority enrolls as many devices as it likes, and
      // could be all of a cohort but one: nothing is guaranteed against it while one program is both.
      let epsilon =
        adversary == .maliciousCoordinator
        ? .infinity : try planned.epsilon(against: adversary, delta: plan.privacy.delta)
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
    unmetSettings = UnmetSetting.all(of: .cautious, in: planned).map(\.description)
    let times = plan.times
    longestRoundSeconds =
      times.advertise + times.shares + times.input + times.consistency + times.unmask
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
