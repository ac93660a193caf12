package import PrivacyAccounting
package import PrivacyMechanisms
package import RoundVocabulary

/// One federated training as its coordinator announces it: which tasks, over which vectors, with how
/// much noise.
///
/// Everything that costs privacy is decided here, before the first round.
package struct TrainingPlan: Sendable {
  /// The guarantee that the noise is calibrated to; `nil` is the mechanism `none`.
  package struct Target: Sendable, Equatable {
    package let epsilon: Double
    package let delta: Double

    package init(epsilon: Double, delta: Double) {
      self.epsilon = epsilon
      self.delta = delta
    }
  }

  /// Sizes and clip norms of a task's contributions.
  package struct TaskShape: Sendable {
    package let task: TaskKind
    package let dimension: Int
    package let clipNorm: Double
    /// Devices per round, at most.
    package let cohort: Int
    /// In how many rounds one device takes part, at most.
    package let participations: Int
    /// This task's part of the squared Gaussian budget mu^2.
    package let budgetShare: Double

    package init(
      task: TaskKind, dimension: Int, clipNorm: Double, cohort: Int, participations: Int,
      budgetShare: Double
    ) {
      self.task = task
      self.dimension = dimension
      self.clipNorm = clipNorm
      self.cohort = cohort
      self.participations = participations
      self.budgetShare = budgetShare
    }

    /// The same task with vectors of another kind.
    package func with(dimension: Int, clipNorm: Double) -> TaskShape {
      TaskShape(
        task: task, dimension: dimension, clipNorm: clipNorm, cohort: cohort,
        participations: participations, budgetShare: budgetShare)
    }
  }

  /// Who makes the noise, and what may happen to it.
  package enum NoiseSource: Sendable, Equatable {
    case coordinator
    /// Every device its part; shares of a cohort may drop out, or work with the coordinator.
    case devices(ObservedMechanism.DeviceNoise.Law, dropoutShare: Double, colludingShare: Double)
  }

  /// How noise of the coordinator depends on that of earlier rounds.
  package enum Correlation: Sendable, Equatable, CaseIterable {
    case tree
    case banded
  }

  package let target: Target?
  package let noise: NoiseSource
  package let ringBits: Int
  package let scaleBits: Int?
  /// The public seed of the tasks' rotations; nil for no rotation.
  package let rotation: RotationSeed?

  package init(
    target: Target?, noise: NoiseSource, ringBits: Int, scaleBits: Int?,
    rotation: RotationSeed? = nil
  ) {
    self.target = target
    self.noise = noise
    self.ringBits = ringBits
    self.scaleBits = scaleBits
    self.rotation = rotation
  }

  /// The contribution mechanism of a task.
  ///
  /// **Formula**: a share f of mu^2, over T participations, is the noise multiplier
  /// sqrt(T / f) / mu, with mu the Gaussian privacy of the target.
  /// - Source: Dong, Roth, Su 2022, "Gaussian differential privacy", Theorem 2.7 and Corollary 3.3.
  package func mechanism(
    for shape: TaskShape
  ) throws(MechanismError) -> ContributionMechanism {
    try ContributionMechanism(
      request(for: shape, noiseMultiplier: noiseMultiplier(shape, releases: shape.participations)))
  }

  /// The ranker's rounds.
  ///
  /// - Parameter correlation: of the coordinator's noise over the rounds; nil for none. The whole run is
  ///   then one release, whose sensitivity knows the participations. There is none without a target.
  package func rankerRounds(
    for shape: TaskShape, schedule: CohortSchedule, clipping: RankerRounds.Clipping,
    correlation: Correlation?
  ) throws(RankerRoundsError) -> RankerRounds {
    guard let correlation, let multiplier = noiseMultiplier(shape, releases: 1) else {
      return try RankerRounds(
        request(
          for: shape, noiseMultiplier: noiseMultiplier(shape, releases: shape.participations)),
        clipping: clipping, schedule: schedule)
    }
    precondition(
      noise == .coordinator && clipping == .fixed,
      "only a coordinator correlates noise, and only on one scale")
    return try RankerRounds(
      request(for: shape, noiseMultiplier: nil), correlated: correlation,
      noiseMultiplier: multiplier, schedule: schedule)
  }

  private func noiseMultiplier(_ shape: TaskShape, releases: Int) -> Double? {
    target.map { (Double(releases) / (shape.budgetShare * squaredMu(of: $0))).squareRoot() }
  }

  private func request(
    for shape: TaskShape, noiseMultiplier: Double?
  ) -> ContributionMechanism.Request {
    ContributionMechanism.Request(
      dimension: shape.dimension, clipNorm: shape.clipNorm, maximumCohort: shape.cohort,
      ringBits: ringBits, scaleBits: scaleBits, noiseMultiplier: noiseMultiplier,
      placement: placement(cohort: shape.cohort), releases: shape.participations,
      rotation: rotation?.derived(for: shape.task.rawValue))
  }

  /// What a task asks of the parameter planner, under the same budget.
  package func demand(for shape: TaskShape, target: Target) -> ParameterPlanner.Demand {
    var demand = ParameterPlanner.Demand(
      budget: .squaredMu(shape.budgetShare * squaredMu(of: target)), dimension: shape.dimension,
      clipNorm: shape.clipNorm, cohort: shape.cohort, rounds: shape.participations, law: nil)
    if case .devices(let law, let dropoutShare, let colludingShare) = noise {
      demand.law = law
      demand.dropoutShare = dropoutShare
      demand.colludingShare = colludingShare
    }
    return demand
  }

  private func placement(cohort: Int) -> NoisePlacement {
    switch noise {
    case .coordinator: .coordinator
    case .devices(let law, let dropoutShare, let colludingShare):
      .devices(
        law,
        CohortAssurance(
          cohort: cohort, dropoutShare: dropoutShare, colludingShare: colludingShare))
    }
  }

  /// mu^2: what all releases together may spend, as the accountant will charge them.
  private func squaredMu(of target: Target) -> Double {
    let law: ObservedMechanism.DeviceNoise.Law? =
      if case .devices(let law, _, _) = noise { law } else { nil }
    return ParameterPlanner.squaredMu(epsilon: target.epsilon, delta: target.delta, law: law)
  }
}
