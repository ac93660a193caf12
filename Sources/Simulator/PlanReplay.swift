package import Behavior
package import CryptoPrimitives
internal import FederatedTasks
internal import NumericalMethods
package import PlannedRounds
internal import ProfileModel
internal import ReleasedParts
package import RoundVocabulary
package import Scenarios

/// The rounds of real devices, simulated again: same behavior, same seed, same participants.
///
/// Simulation and deployment run the same tasks and mechanisms, so what both release has to be the same
/// to the bit; whoever holds the behavior, as a test does, can see it.
package struct PlanReplay: Sendable {
  private let plan: FederationPlan
  private let hash: Bytes32
  private let catalogue: Catalogue
  private let histories: [DeviceHistory]
  private let heldOut: [Int32?]
  private let participants: [RoundID: [Int32]]

  /// - Parameters:
  ///   - hash: of the plan's document.
  ///   - histories: of the devices, in the order of their numbers in the seeded streams.
  ///   - heldOut: the item that each device should recommend; nil, or none at all, for those that are not
  ///     measured.
  ///   - participants: whose contributions a round's sum has, by number; all where a round is missing.
  package init(
    _ plan: FederationPlan, hash: Bytes32, catalogue: Catalogue, histories: [DeviceHistory],
    heldOut: [Int32?] = [], participants: [RoundID: [Int32]] = [:]
  ) {
    self.plan = plan
    self.hash = hash
    self.catalogue = catalogue
    self.histories = histories
    self.heldOut = heldOut
    self.participants = participants
  }

  /// What a plan has come to.
  package struct Outcome: Sendable {
    /// The version after the last round.
    package let model: ModelState
    /// How well it recommends what was held out, by method.
    package let quality: [Quality]
  }

  /// How well one method recommends among all items.
  package struct Quality: Sendable {
    package let method: String
    /// Share of devices whose held-out item is among the first ten.
    package let hitRateAt10: Double
    package let ndcgAt10: Double
  }

  /// Runs all rounds of the plan.
  ///
  /// - Throws: `ScenarioError` for a plan that the simulator cannot run, and what training throws.
  package func run() async throws -> Outcome {
    let devices = histories.enumerated().map { number, events in
      let history = InteractionHistory(events)
      return DeviceSplit(
        history: history, known: history.sortedItems,
        target: heldOut.indices.contains(number) ? heldOut[number] : nil, negatives: [])
    }
    let tasks = try PlannedTasks(plan, hash: hash)
    var scenarioPlan = ScenarioPlan(try scenario, users: devices.count, items: catalogue.count)
    scenarioPlan.plannedParticipations = Dictionary(
      uniqueKeysWithValues: PlannedTasks.order.map { ($0, tasks.mostParticipations(in: $0)) })
    var training = FederatedTraining(
      plan: scenarioPlan,
      content: ContentFeatures(catalogue: catalogue), devices: devices,
      clock: histories.first?.clock ?? .unixSeconds, workers: Workers(count: nil), federation: nil)
    training.participants = participants
    let trained = try await training.run { _ in }
    return Outcome(
      model: ModelState(
        plan: hash, popularity: trained.parts.popularity, basis: trained.parts.basis,
        ranker: ModelState.Ranker(trained.ranker)),
      quality: try await quality(of: trained, devices))
  }

  private func quality(
    of model: TrainedModel, _ devices: [DeviceSplit]
  ) async throws -> [Quality] {
    let outcomes = try await QualityEvaluation(
      scenario: try scenario, devices: devices, itemCount: catalogue.count,
      workers: Workers(count: nil)
    ).outcomes(model)
    guard !outcomes.isEmpty else { return [] }
    return QualityEvaluation.federatedMethods(of: model).enumerated().map { place, method in
      func mean(_ metric: (RankOutcome) -> Float) -> Double {
        outcomes.reduce(0) { $0 + Double(metric($1.byMethod[place].full)) }
          / Double(outcomes.count)
      }
      return Quality(
        method: method.rawValue, hitRateAt10: mean { RankingMetrics.hitRate($0, at: 10) },
        ndcgAt10: mean { RankingMetrics.ndcg($0, at: 10) })
    }
  }

  /// The scenario that says what the plan says.
  private var scenario: Scenario {
    get throws {
      var scenario = try ScenarioDecoder.decode(
        yaml: "name: replay\nbehavior: { source: synthetic }\n", file: "replay", overrides: []
      ).scenario
      scenario.seed = plan.seed
      scenario.imitation.deviceNoise = .each
      scenario.privacy.mechanism = plan.privacy.mechanism == .none ? .none : .distributed
      scenario.privacy.epsilon = plan.privacy.epsilon
      scenario.privacy.delta = plan.privacy.delta
      scenario.privacy.noise =
        plan.privacy.noise == .skellam ? .skellam : .discreteGaussian
      scenario.privacy.dropoutShare = plan.privacy.dropoutShare
      scenario.privacy.colludingShare = plan.privacy.colludingShare
      scenario.privacy.split.statistics = plan.privacy.split.statistics
      scenario.privacy.split.gram = plan.privacy.split.gram
      scenario.privacy.split.ranker = plan.privacy.split.ranker
      scenario.encoding = plan.encoding
      scenario.gram = plan.gram
      scenario.ranker.rounds = plan.ranker.rounds
      scenario.ranker.learningRate = plan.ranker.learningRate
      scenario.ranker.momentum = plan.ranker.momentum
      scenario.ranker.clipNorm = plan.ranker.clipNorm
      scenario.ranker.negatives = plan.ranker.negatives
      return scenario
    }
  }
}
