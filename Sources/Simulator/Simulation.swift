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
    /// The scenario's file, whose folder paths in the plan start from.
    package let file: String

    package init(yaml: String, hash: String, file: String = "") {
      self.yaml = yaml
      self.hash = hash
      self.file = file
    }
  }

  let scenario: Scenario
  let population: Population
  let standsInFor: String?
  let plan: PlanText
  let command: String
  let version: String
  let checkpoints: CheckpointFolder?
  /// People whose behavior is public, where the scenario pretrains on them.
  let publicPopulation: Population?

  /// - Parameters:
  ///   - standsInFor: the data set in whose place the population was generated.
  ///   - command: what the user typed, for the report's "how to reproduce".
  ///   - version: of the program.
  ///   - checkpoints: where to keep what is trained, and to go on from; nil for nowhere.
  ///   - publicPopulation: the people that the scenario's `pretraining` names.
  package init(
    scenario: Scenario, population: Population, standsInFor: String? = nil, plan: PlanText,
    command: String, version: String, checkpoints: CheckpointFolder? = nil,
    publicPopulation: Population? = nil
  ) {
    self.scenario = scenario
    self.population = population
    self.standsInFor = standsInFor
    self.plan = plan
    self.command = command
    self.version = version
    self.checkpoints = checkpoints
    self.publicPopulation = publicPopulation
  }

  /// The trainings of a run: the plan's own, those of the sweep, and the one without privacy.
  private var targets: [TrainingPlan.Target?] {
    guard scenario.privacy.mechanism != .none else { return [nil] }
    let others = scenario.privacy.sweep.filter { $0 != scenario.privacy.epsilon }
    return ([scenario.privacy.epsilon] + others).map {
      TrainingPlan.Target(epsilon: $0, delta: scenario.privacy.delta)
    } + [nil]
  }

  /// The scenario with the noise of the other mechanism; nil where that is not asked for.
  private var comparison: Scenario? {
    guard scenario.sequenceEncoder?.bothMechanisms == true else { return nil }
    var other = scenario
    other.privacy.mechanism = scenario.privacy.mechanism == .central ? .distributed : .central
    if other.privacy.noise.isCorrelated { other.privacy.noise = .skellam }
    return other
  }

  /// What a run is worth, and what it released at its own epsilon.
  package struct Outcome: Sendable {
    package let figures: RunFigures
    package let model: ReleasedModel
  }

  /// Runs the scenario for its figures alone.
  package func run(
    progress: @escaping @Sendable (SimulationProgress) -> Void
  ) async throws -> RunFigures {
    try await outcome(progress: progress).figures
  }

  /// Runs the scenario.
  ///
  /// - Parameter progress: called at every step, from any thread.
  /// - Throws: `SimulationError` when the scenario cannot be run on this population, the errors of
  ///   the contribution path, or `CancellationError`.
  package func outcome(
    progress: @escaping @Sendable (SimulationProgress) -> Void
  ) async throws -> Outcome {
    var clock = PhaseClock(
      progress: progress,
      steps: 3 + 2 * targets.count + (comparison == nil ? 0 : 2 * targets.compactMap(\.self).count)
        + (publicPopulation == nil ? 0 : 1))
    if checkpoints != nil, scenario.encoder?.shape == .preference {
      throw SimulationError.noCheckpointOfPreference
    }
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
    let pretrained = try await pretrain(plans, workers, &clock, progress)
    let digest = BehaviorDigest.hexadecimal(of: population)
    var released: ReleasedModel?
    var collector = FigureCollector(
      simulation: self, devices: devices, evaluation: evaluation)
    let others = comparison.map { other in
      targets.compactMap(\.self).map {
        ScenarioPlan(
          other, users: devices.count, items: population.catalogue.count, target: $0)
      }
    }
    for plan in others ?? [] { try plan.requirePromise() }
    for (index, plan) in (plans + (others ?? [])).enumerated() {
      var training = FederatedTraining(
        plan: plan, content: content, devices: devices, clock: population.log.clock,
        workers: workers, federation: federation(for: index, devices: devices.count))
      training.pretrained = pretrained
      if index >= plans.count { training.otherMechanism = plan.scenario.privacy.mechanism }
      training.evaluation = evaluation
      training.trainsAblations = index == 0 || plan.target == nil
      training.checkpoint = checkpoint(of: training.label, behavior: digest)
      let label =
        (plan.target.map { "epsilon \(FigureText.upperBound($0.epsilon))" } ?? "without privacy")
        + (training.otherMechanism.map { ", \($0.rawValue)" } ?? "")
      do {
        clock.begin("training, \(label)")
        let model = try await training.run { progress(SimulationProgress(phase: $0)) }
        if index == 0 { released = ReleasedModel(model, plan: self.plan, behavior: digest) }
        clock.begin("evaluating, \(label)")
        if let mechanism = training.otherMechanism {
          try await collector.addComparison(model, mechanism: mechanism)
        } else {
          try await collector.add(model, of: training, isHeadline: index == 0)
        }
      } catch EncoderError.diverged(_, let learningRate) {
        throw SimulationError.encoderDiverged(round: nil, learningRate: learningRate)
      } catch let divergence as EncoderTask.Divergence {
        throw SimulationError.encoderStepDiverged(divergence)
      } catch ContributionError.notFinite {
        throw SimulationError.diverged
      }
    }
    clock.begin("central reference")
    try await collector.addReferences()
    clock.begin("figures")
    var figures = try collector.figures()
    figures.timings = clock.finish(threads: workers.count, deviceCPU: collector.deviceCPU)
    guard var released else { preconditionFailure("every run has a training of its own") }
    released.belowPopularity = Set(
      figures.methodsThatFallBack.compactMap(KeptProfiles.Ranking.init))
    released.recommended = figures.recommendedMethod.flatMap(KeptProfiles.Ranking.init)
    return Outcome(figures: figures, model: released)
  }

  /// What the plan itself releases goes through secure aggregation; the runs beside it only compare.
  private func federation(for run: Int, devices: Int) -> SimulatedFederation? {
    scenario.imitation.secureAggregation && run == 0
      ? SimulatedFederation(scenario: scenario, devices: devices) : nil
  }

  private func checkpoint(of run: String, behavior: String) -> CheckpointFile? {
    let publicBehavior = publicPopulation.map(BehaviorDigest.hexadecimal) ?? ""
    return checkpoints?.file(
      named: run.replacing(" ", with: "-"),
      training: "\(version)/\(plan.hash)/\(behavior)/\(publicBehavior)/\(run)")
  }

  /// Trains the encoder on public behavior, once for all trainings of the run; nil where the scenario
  /// does not ask for it.
  private func pretrain(
    _ plans: [ScenarioPlan], _ workers: Workers, _ clock: inout PhaseClock,
    _ progress: @escaping @Sendable (SimulationProgress) -> Void
  ) async throws -> PretrainedParameters? {
    guard let settings = scenario.sequenceEncoder, settings.pretraining.isPublic,
      let plan = plans.first
    else { return nil }
    guard let publicPopulation else { throw SimulationError.nothingToPretrainOn }
    clock.begin("pretraining on public behavior")
    let encoder = try plan.encoder(settings)
    let pretraining = try PublicPretraining(
      publicPopulation, catalogue: population.catalogue)
    guard pretraining.matchedItemCount > 0 else { throw SimulationError.nothingToPretrainOn }
    return PretrainedParameters(
      pretraining: pretraining,
      parameters: try await pretraining.parameters(
        of: encoder, settings, seed: scenario.seed, workers: workers
      ) { epoch in
        progress(
          SimulationProgress(
            phase: "pretraining, epoch \(epoch) of \(settings.pretrainingEpochs)"))
      })
  }
}
