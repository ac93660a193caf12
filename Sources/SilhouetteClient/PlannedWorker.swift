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

/// Why a device does not take part in a round that it is offered.
package enum PlanObjection: Error, Equatable, CustomStringConvertible {
  case noCatalogue
  case otherTerms(field: String)
  case planIsDone
  case participations(task: String, most: Int)
  case epsilon(would: Double?, ceiling: Double)

  package var description: String {
    switch self {
    case .noCatalogue: "the plan names no catalogue"
    case .otherTerms(let field): "the round's \(field) is not the plan's"
    case .planIsDone: "the version is the plan's last"
    case .participations(let task, let most):
      "the device has contributed to the task \(task) as often as the plan allows, \(most) times"
    case .epsilon(let would, let ceiling):
      would.map {
        "with this contribution epsilon would be \($0), above the device's ceiling privacy.epsilon "
          + "\(ceiling)"
      }
        ?? "the contribution would have no noise, and the device's ceiling privacy.epsilon is \(ceiling)"
    }
  }
}

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
    let most = tasks.mostParticipations(in: round.task)
    let sofar = try await node.contributions().count { $0.round.task == identifier }
    guard sofar < most else {
      throw PlanObjection.participations(task: round.task.rawValue, most: most)
    }
    // Whoever allows sums without noise has no epsilon to keep.
    guard settings.leastNoise > 0 || tasks.mechanism(for: round.task).observed != nil else {
      return
    }
    let ledger = try await PrivacyLedger(
      of: node, plans: shelf, delta: settings.delta, further: (tasks, round.task))
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
