internal import FederatedTasks
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import ProfileModel
internal import ReleasedParts
package import RoundVocabulary
package import Scenarios

/// What a scenario asks of a population of known size: the vectors, the noise and the participations of
/// every task.
///
/// All that costs privacy follows from these public numbers. So a guarantee can be stated before anything
/// is run, and training takes its mechanisms from here, too.
package struct ScenarioPlan: Sendable {
  let scenario: Scenario
  let users: Int
  let items: Int
  /// Nil for the run without privacy.
  let target: TrainingPlan.Target?
  /// Participations of one device that noise is calibrated to, where they are not the schedule's.
  var plannedParticipations: [TaskKind: Int] = [:]

  init(_ scenario: Scenario, users: Int, items: Int, target: TrainingPlan.Target?) {
    self.scenario = scenario
    self.users = users
    self.items = items
    self.target = target
  }

  /// The plan at the scenario's own epsilon.
  package init(_ scenario: Scenario, users: Int, items: Int) {
    let privacy = scenario.privacy
    self.init(
      scenario, users: users, items: items,
      target: privacy.mechanism == .none
        ? nil : TrainingPlan.Target(epsilon: privacy.epsilon, delta: privacy.delta))
  }

  var training: TrainingPlan {
    TrainingPlan(
      target: target, noise: noiseSource, ringBits: scenario.encoding.ringBits,
      scaleBits: scenario.encoding.scaleBits,
      rotation: scenario.encoding.rotation
        ? RotationSeed(hashing: Array("\(scenario.seed)".utf8)) : nil)
  }

  private var noiseSource: TrainingPlan.NoiseSource {
    let privacy = scenario.privacy
    guard privacy.mechanism == .distributed, target != nil else { return .coordinator }
    let law: ObservedMechanism.DeviceNoise.Law =
      switch privacy.noise {
      case .skellam: .skellam
      case .discreteGaussian: .discreteGaussian
      case .tree, .banded: preconditionFailure("scenarios correlate the coordinator's noise only")
      }
    return .devices(
      law, dropoutShare: privacy.dropoutShare, colludingShare: privacy.colludingShare)
  }

  /// Who takes part in which round of the ranker.
  var schedule: CohortSchedule {
    CohortSchedule(
      population: users, cohort: scenario.ranker.cohort ?? users, rounds: scenario.ranker.rounds,
      seed: scenario.seed)
  }

  /// Devices in the evaluation round.
  var evaluatedCohort: Int { min(scenario.evaluation.users ?? users, users) }

  /// Order of the gram matrix.
  var coordinates: Int {
    ItemPartition.coordinateCount(
      items: items, headItems: scenario.gram.headItems, tailGroups: scenario.gram.tailGroups)
  }

  /// The tasks that are run, in their order.
  package var tasks: [TaskKind] {
    TaskKind.allCases.filter { $0 != .encoder || scenario.encoder != nil }
  }

  /// Features of the ranker: a pretrained encoder's score is one of them.
  var rankerFeatureCount: Int { RankerFeature.allCases.count + (isPretrained ? 1 : 0) }

  /// Whether there is an encoder that was trained on public people.
  var isPretrained: Bool { scenario.sequenceEncoder?.pretraining.isPublic ?? false }

  func shape(of task: TaskKind) throws(SimulationError) -> TrainingPlan.TaskShape {
    let split = scenario.privacy.split
    switch task {
    case .statistics:
      return TrainingPlan.TaskShape(
        task: task, dimension: items, clipNorm: StatisticsTask.clipNorm, cohort: users,
        participations: plannedParticipations[task] ?? 1,
        budgetShare: split.statistics)
    case .gram:
      return TrainingPlan.TaskShape(
        task: task, dimension: GramTask.dimension(coordinates: coordinates),
        clipNorm: GramTask.clipNorm, cohort: users,
        participations: plannedParticipations[task] ?? 1, budgetShare: split.gram)
    case .ranker:
      let schedule = schedule
      return TrainingPlan.TaskShape(
        task: task, dimension: rankerFeatureCount, clipNorm: scenario.ranker.clipNorm,
        cohort: schedule.cohort,
        participations: plannedParticipations[task] ?? schedule.participations,
        budgetShare: split.ranker)
    case .encoder:
      guard let encoder = scenario.encoder else {
        preconditionFailure("the scenario trains no encoder")
      }
      return try shape(of: encoder)
    case .evaluation:
      return TrainingPlan.TaskShape(
        task: task, dimension: EvaluationTask.dimension, clipNorm: EvaluationTask.clipNorm,
        cohort: evaluatedCohort, participations: 1, budgetShare: split.evaluation)
    }
  }

  private var correlation: TrainingPlan.Correlation? {
    switch scenario.privacy.noise {
    case .tree: .tree
    case .banded: .banded
    case .skellam, .discreteGaussian: nil
    }
  }

  func mechanism(for task: TaskKind) throws(SimulationError) -> ContributionMechanism {
    let shape = try shape(of: task)
    do throws(MechanismError) {
      return try training.mechanism(for: shape)
    } catch {
      throw .impossibleMechanism(error)
    }
  }

  /// The rounds of the ranker, in which clipping and noise may follow from earlier ones.
  func rankerRounds() throws(SimulationError) -> RankerRounds {
    let shape = try shape(of: .ranker)
    do throws(RankerRoundsError) {
      return try training.rankerRounds(
        for: shape, schedule: schedule,
        clipping: scenario.ranker.clipping == .adaptive ? .adaptive : .fixed,
        correlation: correlation)
    } catch {
      throw SimulationError(error)
    }
  }
}
