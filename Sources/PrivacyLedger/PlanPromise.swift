package import CryptoPrimitives
internal import FederatedTasks
internal import PlannedRounds
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ReleasedParts
package import RoundVocabulary
package import Scenarios

/// What a signed plan promises about every round: protocols/ledger.md, section 2.
package struct PlanPromise: Sendable {
  /// One task of the plan.
  package struct Task: Sendable {
    package let kind: TaskKind
    /// Under which its rounds are logged.
    package let identifier: Bytes32
    /// p: coordinates of what is sent.
    package let dimension: Int
    package let clipNorm: Double
    package let mostReleases: Int
    /// T: contributions of one device.
    package let mostContributions: Int
    /// z^2, the variance of a sum's noise over D2^2; nil without noise.
    package let squaredMultiplier: Double?

    package init(
      kind: TaskKind, identifier: Bytes32, dimension: Int, clipNorm: Double, mostReleases: Int,
      mostContributions: Int, squaredMultiplier: Double?
    ) {
      self.kind = kind
      self.identifier = identifier
      self.dimension = dimension
      self.clipNorm = clipNorm
      self.mostReleases = mostReleases
      self.mostContributions = mostContributions
      self.squaredMultiplier = squaredMultiplier
    }
  }

  package let plan: FederationPlan
  /// BLAKE2b-256 of the document.
  package let hash: Bytes32
  package let assurance: CohortAssurance
  package let tasks: [Task]

  /// Nil unless the document is in the one form in which plans are signed.
  package init?(document: [UInt8]) {
    guard let text = String(validating: document, as: UTF8.self) else { return nil }
    let plan: FederationPlan
    do throws(ScenarioError) {
      plan = try PlanDecoder.decode(yaml: text, file: "plan")
    } catch {
      return nil
    }
    guard SignedPlanText.yaml(of: plan) == text else { return nil }
    self.init(plan, hash: Blake2b.digest(document))
  }

  init(_ plan: FederationPlan, hash: Bytes32) {
    self.init(
      plan, hash: hash,
      assurance: CohortAssurance(
        cohort: plan.cohort.most, dropoutShare: plan.privacy.dropoutShare,
        colludingShare: plan.privacy.colludingShare),
      tasks: PlannedTasks.order.map { Self.task($0, of: plan, hash: hash) })
  }

  /// What somebody promises by other means than a document.
  package init(
    _ plan: FederationPlan, hash: Bytes32, assurance: CohortAssurance, tasks: [Task]
  ) {
    self.plan = plan
    self.hash = hash
    self.assurance = assurance
    self.tasks = tasks
  }

  package var leastCohort: Int { max(3, assurance.leastSurvivors) }

  private static func task(_ kind: TaskKind, of plan: FederationPlan, hash: Bytes32) -> Task {
    let split = plan.privacy.split
    let dimension: Int
    let clipNorm: Double
    let share: Double
    switch kind {
    case .statistics:
      (dimension, clipNorm, share) =
        (plan.catalogue.items, StatisticsTask.clipNorm, split.statistics)
    case .gram:
      let coordinates = PlannedTasks.coordinates(of: plan)
      (dimension, clipNorm, share) =
        (GramTask.dimension(coordinates: coordinates), GramTask.clipNorm, split.gram)
    case .ranker:
      (dimension, clipNorm, share) =
        (RankerFeature.allCases.count, plan.ranker.clipNorm, split.ranker)
    case .evaluation, .encoder: preconditionFailure("plans have no task \(kind.rawValue)")
    }
    let most = PlannedTasks.mostParticipations(in: kind, of: plan)
    let multiplier: Double? =
      plan.privacy.mechanism == .none
      ? nil
      : Double(most)
        / (share
          * ParameterPlanner.squaredMu(
            epsilon: plan.privacy.epsilon, delta: plan.privacy.delta,
            law: plan.privacy.noise == .skellam ? .skellam : .discreteGaussian))
    return Task(
      kind: kind, identifier: PlannedTasks.identifier(of: kind, plan: hash),
      dimension: ContributionMechanism.encodedDimension(
        of: dimension, isRotated: plan.encoding.rotation),
      clipNorm: clipNorm, mostReleases: PlannedTasks.mostReleases(of: kind, of: plan),
      mostContributions: most, squaredMultiplier: multiplier)
  }
}
