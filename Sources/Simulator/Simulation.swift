package import Behavior
internal import FederatedTasks
internal import Foundation
internal import NumericalMethods
internal import PrivacyMechanisms
internal import ProfileModel
package import Report
package import Scenarios

/// A scenario on one machine: devices are simulated, everything else is what nodes run.
package struct Simulation: Sendable {
  /// The effective plan as text, and its hash.
  package struct PlanText: Sendable {
    package let yaml: String
    package let hash: String

    package init(yaml: String, hash: String) {
      self.yaml = yaml
      self.hash = hash
    }
  }

  let scenario: Scenario
  let population: Population
  let standsInFor: String?
  let plan: PlanText
  let command: String
  let version: String

  /// - Parameters:
  ///   - standsInFor: the data set in whose place the population was generated.
  ///   - command: what the user typed, for the report's "how to reproduce".
  ///   - version: of the program.
  package init(
    scenario: Scenario, population: Population, standsInFor: String? = nil, plan: PlanText,
    command: String, version: String
  ) {
    self.scenario = scenario
    self.population = population
    self.standsInFor = standsInFor
    self.plan = plan
    self.command = command
    self.version = version
  }

  /// The trainings of a run: the plan's own, those of the sweep, and the one without privacy.
  private var targets: [TrainingPlan.Target?] {
    guard scenario.privacy.mechanism != .none else { return [nil] }
    let others = scenario.privacy.sweep.filter { $0 != scenario.privacy.epsilon }
    return ([scenario.privacy.epsilon] + others).map {
      TrainingPlan.Target(epsilon: $0, delta: scenario.privacy.delta)
    } + [nil]
  }

  /// Runs the scenario.
  ///
  /// - Parameter progress: called at every step, from any thread.
  /// - Throws: `SimulationError` when the scenario cannot be run on this population, the errors of
  ///   the contribution path, or `CancellationError`.
  package func run(
    progress: @escaping @Sendable (SimulationProgress) -> Void
  ) async throws -> RunFigures {
    var clock = PhaseClock(progress: progress, steps: 3 + 2 * targets.count)
    clock.begin("splitting histories")
    let devices = DeviceSplit.split(population, scenario: scenario)
    let workers = Workers(count: scenario.threads)
    let content = ContentFeatures(catalogue: population.catalogue)
    let evaluation = QualityEvaluation(
      scenario: scenario, devices: devices, itemCount: population.catalogue.count,
      workers: workers)
    guard !evaluation.evaluated.isEmpty else { throw SimulationError.nobodyToEvaluate }
    let plans = targets.map {
      ScenarioPlan(
        scenario, users: devices.count, items: population.catalogue.count, target: $0)
    }
    for plan in plans { try plan.requirePromise() }
    var collector = FigureCollector(
      simulation: self, devices: devices, evaluation: evaluation)
    for (index, plan) in plans.enumerated() {
      // What the plan itself releases goes through secure aggregation; the runs beside it only compare.
      let federation =
        scenario.imitation.secureAggregation && index == 0
        ? SimulatedFederation(scenario: scenario, devices: devices.count) : nil
      let training = FederatedTraining(
        plan: plan, content: content, devices: devices, workers: workers, federation: federation)
      let label =
        plan.target.map { "epsilon \(FigureText.upperBound($0.epsilon))" } ?? "without privacy"
      do {
        clock.begin("training, \(label)")
        let model = try await training.run { progress(SimulationProgress(phase: $0)) }
        clock.begin("evaluating, \(label)")
        try await collector.add(model, of: training, isHeadline: index == 0)
      } catch ContributionError.notFinite {
        throw SimulationError.diverged
      }
    }
    clock.begin("central reference")
    try await collector.addReference()
    clock.begin("figures")
    var figures = try collector.figures()
    figures.timings = clock.finish(threads: workers.count, deviceCPU: collector.deviceCPU)
    return figures
  }
}
