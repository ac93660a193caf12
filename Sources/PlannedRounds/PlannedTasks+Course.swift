internal import CryptoPrimitives
internal import FederatedTasks
internal import NumericalMethods
internal import PrivacyMechanisms
internal import ReleasedParts
package import RingArithmetic
package import RoundVocabulary
internal import Scenarios

extension PlannedTasks {
  /// The round that follows on a version, nil when the plan is done.
  package func next(after state: ModelState) -> RoundID? {
    guard state.popularity != nil else { return RoundID(task: .statistics, number: 1) }
    guard state.basis != nil else { return RoundID(task: .gram, number: 1) }
    let done = state.ranker.completedRounds
    return done < plan.ranker.rounds ? RoundID(task: .ranker, number: done + 1) : nil
  }

  /// The version that follows from the opened sum of the next round.
  ///
  /// - Parameter contributors: whose contributions the sum holds.
  /// - Throws: `ReleaseError`, `NumericalError` or `ModelError`.
  /// - Shape: `sum` has the encoded dimension and the ring of the task's mechanism.
  package func state(
    after state: ModelState, sum: RingVector, contributors: Int
  ) throws -> ModelState {
    guard let round = next(after: state) else { return state }
    try check(state)
    let release = try release(sum, of: round.task, contributors: contributors)
    var next = state
    switch round.task {
    case .statistics: next.popularity = StatisticsTask.popularity(from: release)
    case .gram:
      next.basis = try GramTask.basis(
        from: release, coordinates: Self.coordinates(of: plan), maxRank: plan.gram.maxRank)
    case .ranker:
      var task = RankerTask(
        configuration: RankerTask.Configuration(
          rounds: plan.ranker.rounds, learningRate: plan.ranker.learningRate,
          momentum: plan.ranker.momentum, expectedCohort: plan.cohort.most),
        weights: state.ranker.weights, velocity: state.ranker.velocity,
        completedRounds: state.ranker.completedRounds)
      task.step(release)
      next.ranker = ModelState.Ranker(task)
    case .encoder, .evaluation:
      preconditionFailure("plans have no task \(round.task.rawValue)")
    }
    try check(next)
    return next
  }

  /// What an opened sum says, for whoever audits a task while it runs.
  ///
  /// - Throws: `ReleaseError`, or `NumericalError`.
  /// - Shape: the encoded dimension in, [d] in units of the update out.
  package func released(
    _ sum: RingVector, of task: TaskKind, contributors: Int
  ) throws -> [Float] {
    try release(sum, of: task, contributors: contributors).values
  }

  private func release(
    _ sum: RingVector, of task: TaskKind, contributors: Int
  ) throws -> Release {
    let mechanism = mechanism(for: task)
    // Devices made the noise, so the coordinator draws none from this stream.
    var unused = RandomStream.system()
    return try mechanism.release(
      mechanism.makeSum(of: sum, contributors: contributors), noise: &unused)
  }

  /// Refuses a version that is not over this plan's items, coordinates and features.
  ///
  /// - Throws: `ModelError`.
  package func check(_ state: ModelState) throws(ModelError) {
    guard state.plan == hash else { throw .otherPlan(field: "plan") }
    if let popularity = state.popularity, popularity.values.count != plan.catalogue.items {
      throw .otherPlan(field: "popularity")
    }
    if let basis = state.basis, basis.coordinateCount != Self.coordinates(of: plan) {
      throw .otherPlan(field: "basis.coordinates")
    }
    guard state.ranker.weights.count == RankerFeature.allCases.count,
      state.ranker.completedRounds <= plan.ranker.rounds
    else { throw .otherPlan(field: "ranker") }
    guard state.ranker.weights.allSatisfy(\.isFinite) else { throw .range(field: "ranker.weights") }
  }
}
