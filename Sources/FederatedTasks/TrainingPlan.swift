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
  }

  /// Who makes the noise, and what may happen to it.
  package enum NoiseSource: Sendable, Equatable {
    case coordinator
    /// Every device its part; shares of a cohort may drop out, or work with the coordinator.
    case devices(ObservedMechanism.DeviceNoise.Law, dropoutShare: Double, colludingShare: Double)
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
    let noiseMultiplier = target.map {
      (Double(shape.participations) / (shape.budgetShare * squaredMu(of: $0))).squareRoot()
    }
    return try ContributionMechanism(
      ContributionMechanism.Request(
        dimension: shape.dimension, clipNorm: shape.clipNorm, maximumCohort: shape.cohort,
        ringBits: ringBits, scaleBits: scaleBits, noiseMultiplier: noiseMultiplier,
        placement: placement(cohort: shape.cohort), releases: shape.participations,
        rotation: rotation?.derived(for: shape.task.rawValue)))
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
