internal import Behavior
package import ClientNode
internal import CryptoPrimitives
internal import DeviceLedger
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
  private let clock: @Sendable () -> UInt64

  /// - Parameter clock: Unix seconds.
  package init(
    node: DeviceNode, events: EventStore, shelf: PlanShelf, settings: DeviceSettings,
    source: any ContributionRandomness = SystemRandomness(), clock: @escaping @Sendable () -> UInt64
  ) {
    self.clock = clock
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
    let ledger = try await node.ledger().ledger
    try await checkSettings(against: tasks, round.task, ledger, config)
    let most = tasks.mostParticipations(in: round.task)
    guard ledger.count(of: identifier) < most else {
      throw PlanObjection.participations(task: round.task.rawValue, most: most)
    }
  }

  /// What the owner allows of any round of the plan, whose terms those of this one are, all that is missing at
  /// once; then of this contribution.
  private func checkSettings(
    against tasks: PlannedTasks, _ task: TaskKind, _ ledger: DeviceLedger, _ config: RoundConfig
  ) async throws {
    var unmet = UnmetSetting.all(of: settings, in: tasks)
    // Whoever allows sums without noise has no epsilon to keep.
    let measures = settings.leastNoise > 0 || tasks.mechanism(for: task).observed != nil
    if measures {
      guard
        let missing = try UnmetSetting.epsilons(
          settings, in: tasks, after: ledger, at: config.coordinator, shelf.epsilons)
      else { throw PlanObjection.unbounded(ceiling: settings.epsilon) }
      unmet += missing
    }
    guard unmet.isEmpty else { throw PlanObjection.settings(unmet, folder: node.folder) }
    guard try await node.roundsToday() < settings.mostRoundsPerDay else {
      throw PlanObjection.roundsPerDay(most: settings.mostRoundsPerDay, folder: node.folder)
    }
    let excesses = try LedgerCeilings(settings).excesses(
      of: tasks.charge(of: task, at: config.coordinator), after: ledger, at: clock(),
      measuring: measures, measure: shelf.epsilons.measure)
    for case .separation(let until) in excesses {
      throw PlanObjection.separation(
        seconds: settings.leastSeparationSeconds, until: until, folder: node.folder)
    }
    let exceeded = UnmetSetting.all(of: excesses, settings)
    guard exceeded.isEmpty else {
      throw PlanObjection.exceeded(exceeded, folder: node.folder)
    }
  }

  package func terms(of assignment: Assignment) async throws -> ChargeTerms {
    let tasks = try await shelf.tasks(assignment.plan)
    guard let task = PlannedTasks.task(named: assignment.config.task, plan: tasks.hash) else {
      throw PlanObjection.otherTerms(field: "task")
    }
    return ChargeTerms(
      totalVariation: tasks.totalVariation(of: task),
      mostContributions: tasks.mostParticipations(in: task))
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
