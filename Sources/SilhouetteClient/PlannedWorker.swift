internal import Behavior
package import ClientNode
internal import CryptoPrimitives
package import DeviceProfiling
internal import NumericalMethods
internal import PlannedRounds
internal import PrivacyMechanisms
package import RingArithmetic
internal import RoundVocabulary
package import Scenarios
internal import SecureAggregation
internal import Storage

/// The local work of a device for the rounds of plans.
///
/// It builds the round's terms from the plan itself and takes part only if they are those.
package struct PlannedWorker: LocalWorker {
  private let node: DeviceNode
  private let events: EventStore
  private let shelf: PlanShelf
  private let settings: DeviceSettings
  private let source: any ContributionRandomness

  package init(
    node: DeviceNode, events: EventStore, shelf: PlanShelf, settings: DeviceSettings,
    source: any ContributionRandomness = SystemRandomness()
  ) {
    self.node = node
    self.events = events
    self.shelf = shelf
    self.settings = settings
    self.source = source
  }

  package func objection(to assignment: Assignment) async -> String? {
    do {
      try await check(assignment)
      // Downloads and prepares before the round is joined: there is less to wait for in it.
      _ = try await model(for: assignment)
      return nil
    } catch { return "\(error)" }
  }

  private func check(_ assignment: Assignment) async throws {
    let tasks = try await shelf.tasks(assignment.plan)
    let state = try ModelState(decoding: assignment.model)
    try tasks.check(state)
    guard let round = tasks.next(after: state) else { throw PlanObjection.planIsDone }
    let config = assignment.config
    let identifier = PlannedTasks.identifier(of: round.task, plan: tasks.hash)
    try Self.require(
      config.task == identifier && assignment.task == round.task.rawValue, "task")
    try Self.compare(config, tasks.terms(of: round.task))
    try Self.require(config.mostCohort == tasks.plan.cohort.most, "mostCohort")
    try Self.require(config.leastCohort >= tasks.leastCohort, "leastCohort")
    try Self.require(config.collusion == tasks.collusion, "collusion")
    try Self.require(config.dropout == tasks.dropout, "dropout")
    try Self.require(
      config.leastSurvivors >= tasks.assurance.leastSurvivors, "leastSurvivors")
    try Self.require(config.leastHonest >= tasks.assurance.leastHonest, "leastHonest")
    try await checkSettings(against: tasks)
    let most = tasks.mostParticipations(in: round.task)
    let sofar = try await node.contributions().count { $0.round.task == identifier }
    guard sofar < most else {
      throw PlanObjection.participations(task: round.task.rawValue, most: most)
    }
    try await checkEpsilon(of: tasks, round.task)
  }

  /// What the owner allows of any round of the plan, whose terms those of this one are.
  private func checkSettings(against tasks: PlannedTasks) async throws {
    let unmet = UnmetSetting.all(of: settings, in: tasks)
    guard unmet.isEmpty else { throw PlanObjection.settings(unmet, folder: node.folder) }
    guard try await node.roundsToday() < settings.mostRoundsPerDay else {
      throw PlanObjection.roundsPerDay(most: settings.mostRoundsPerDay)
    }
    guard try await node.contributions().count < settings.mostContributions else {
      throw PlanObjection.contributions(most: settings.mostContributions)
    }
  }

  /// A device whose budget ends in the middle of a plan would have spent it on nothing: all that the plan may
  /// still ask for has to fit before the first contribution.
  private func checkEpsilon(of tasks: PlannedTasks, _ task: TaskKind) async throws {
    // Whoever allows sums without noise has no epsilon to keep.
    guard settings.leastNoise > 0 || tasks.mechanism(for: task).observed != nil else { return }
    let ledger = try await PrivacyLedger(
      of: node, plans: shelf, delta: settings.delta, committedTo: tasks)
    guard let epsilon = ledger.epsilon, epsilon <= settings.epsilon else {
      throw PlanObjection.epsilon(would: ledger.epsilon, ceiling: settings.epsilon)
    }
  }

  private static func compare(
    _ config: RoundConfig, _ terms: PlannedTasks.Terms
  ) throws(PlanObjection) {
    try require(config.dimension == terms.dimension, "dimension")
    try require(config.ringBits == terms.ringBits, "ringBits")
    try require(config.clipNorm == terms.clipNorm, "clipNorm")
    try require(config.scale == terms.scale, "scale")
    try require(config.squaredNormBound == terms.squaredNormBound, "squaredNormBound")
    try require(config.rotationSeed == terms.rotationSeed, "rotationSeed")
    let noise = terms.noise.map {
      NoiseTerms(
        law: $0.isSkellam ? .skellam : .discreteGaussian, varianceNumerator: $0.numerator,
        varianceDenominator: $0.denominator)
    }
    try require(config.noise == noise ?? .none, "noise")
  }

  private static func require(
    _ condition: Bool, _ field: String
  ) throws(PlanObjection) {
    guard condition else { throw .otherTerms(field: field) }
  }

  private func model(for assignment: Assignment) async throws -> ProfilingModel {
    try await shelf.model(
      try await shelf.tasks(assignment.plan), state: assignment.model
    ) { try await node.fetch($0) }
  }

  package func contribution(to assignment: Assignment) async throws -> RingVector {
    let model = try await model(for: assignment)
    let history = try await events.history(over: model.catalogue)
    try Task.checkCancellation()
    var draws = source.draws(for: model.nextRound)
    return try model.contribution(
      of: history, examples: draws.examples, randomness: &draws.noise)
  }
}
