import Behavior
import ProfileModel
import Report
import Scenarios
import Testing

@testable import Simulator

/// Who is asked, and what a device may use.
@Suite struct QualityEvaluationTests {
  private func devices(withTarget: (Int) -> Bool) -> [DeviceSplit] {
    (0..<60).map { user in
      DeviceSplit(
        history: InteractionHistory(items: [1, 2], times: [5, 6]), known: [1, 2],
        target: withTarget(user) ? 3 : nil, negatives: [])
    }
  }

  private func cohort(_ wanted: Int?, _ withTarget: (Int) -> Bool) throws -> QualityEvaluation {
    var scenario = try Scenario.small()
    scenario.evaluation.users = wanted
    return QualityEvaluation(
      scenario: scenario, devices: devices(withTarget: withTarget), itemCount: 20,
      workers: Workers(count: 1))
  }

  @Test func whoIsAskedDoesNotDependOnWhatAnybodyHolds() throws {
    for wanted in [nil, 20, 59, 60, 1_000] {
      let all = try cohort(wanted) { _ in true }
      let some = try cohort(wanted) { !$0.isMultiple(of: 3) }
      #expect(all.cohort == some.cohort)
      #expect(all.cohort.count == min(wanted ?? 60, 60))
      #expect(some.evaluated == some.cohort.filter { !$0.isMultiple(of: 3) })
    }
  }

  @Test func whoHasNothingToFindContributesZeros() async throws {
    // Two users have one item only, which cannot be held out.
    let population = try SyntheticPopulation(
      configuration: .init(users: 40, items: 60, events: 1_500, interests: 6, seed: 3)
    ).population()
    var users: [Int32] = []
    var events: [BehaviorEvent] = []
    for user in 0..<population.log.userCount {
      let own = population.log.history(of: user).events
      for event in user < 2 ? own.prefix(1) : own {
        users.append(Int32(user))
        events.append(event)
      }
    }
    let cut = Population(
      source: population.source, catalogue: population.catalogue,
      log: EventLog(
        userIDs: population.log.userIDs, clock: .unixSeconds, users: users, events: events),
      cleaning: CleaningReport())
    var scenario = try Scenario.small()
    scenario.privacy.mechanism = .none
    let figures = try await Simulation(
      scenario: scenario, population: cut, plan: .init(yaml: "", hash: ""), command: "",
      version: ""
    ).run { _ in }
    #expect(figures.rounds.last?.task == "evaluation")
    #expect(figures.rounds.last?.cohort == 40)
    #expect(figures.population.evaluatedUsers == 38)
    let measured = try #require(figures.methods.first { $0.isHeadline }).full.hitRateAt10.value
    let asked = try #require(figures.privateEvaluation.first)
    #expect(abs(asked.exact - measured * 38 / 40) < 1e-6)
    #expect(abs(asked.released - asked.exact) < 1e-3)
  }

  @Test func aColdDeviceLeavesOutOnlyWhatItKept() async throws {
    let population = try SyntheticPopulation(
      configuration: .init(users: 200, items: 120, events: 8000, interests: 6, seed: 3)
    ).population()
    let scenario = try Scenario.small()
    let devices = DeviceSplit.split(population, scenario: scenario)
    let workers = Workers(count: 2)
    let model = try await FederatedTraining(
      plan: ScenarioPlan(
        scenario, users: devices.count, items: population.catalogue.count, target: nil),
      content: ContentFeatures(catalogue: population.catalogue), devices: devices,
      clock: population.log.clock, workers: workers
    ).run { _ in }
    let evaluation = QualityEvaluation(
      scenario: scenario, devices: devices, itemCount: population.catalogue.count,
      workers: workers)
    for kept in [0, 3] {
      let outcomes = try await evaluation.coldStart(model, kept: kept)
      for (device, outcome) in zip(evaluation.evaluated, outcomes) {
        let left = min(kept, devices[device].history.count)
        #expect(outcome.candidates == population.catalogue.count - left - 1)
      }
    }
    let whole = try await evaluation.coldStart(model, kept: nil)
    let ranked = try await evaluation.outcomes(model).map { $0.byMethod.last?.full }
    #expect(whole.map(Optional.some) == ranked)
  }
}
