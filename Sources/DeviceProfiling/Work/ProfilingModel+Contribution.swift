package import Behavior
package import CryptoPrimitives
internal import DeviceTasks
package import NumericalMethods
internal import PlannedRounds
internal import PrivacyMechanisms
internal import ProfileModel
internal import ReleasedParts
package import RingArithmetic
package import RoundVocabulary
internal import Scenarios

extension ProfilingModel {
  /// The round that follows on this version.
  package var nextRound: RoundID? { tasks.next(after: state) }

  /// The device's contribution to the next round: local work, clipped, encoded, with its noise.
  ///
  /// This is the contribution path; there is no other way from events to a vector.
  /// - Parameters:
  ///   - examples: draws the items that the device's last one is ranked against.
  ///   - randomness: of rounding and noise; secret, and never used again.
  /// - Throws: `ContributionError`, `ContributionFault`.
  package func contribution(
    of history: LocalOnly<DeviceHistory>, examples: DeterministicGenerator,
    randomness: inout RandomStream
  ) throws -> RingVector {
    guard let round = nextRound else { throw ContributionFault.planIsDone }
    let mechanism = tasks.mechanism(for: round.task)
    var sum = mechanism.makeSum()
    try mechanism.contribute(
      try update(for: round.task, InteractionHistory(history.value), examples), to: &sum,
      randomness: &randomness)
    return sum.vector
  }

  private func update(
    for task: TaskKind, _ history: InteractionHistory, _ examples: DeterministicGenerator
  ) throws(ContributionFault) -> [Float] {
    switch task {
    case .statistics: return StatisticsWork.update(history, itemCount: catalogue.count)
    case .gram:
      guard let coordinates else { throw .modelIsIncomplete }
      var update = [Float](
        repeating: 0, count: tasks.mechanism(for: .gram).request.dimension)
      GramWork.update(history, coordinates: coordinates, into: &update)
      return update
    case .ranker:
      guard let features else { throw .modelIsIncomplete }
      var table = FeatureTable(itemCount: catalogue.count)
      var generator = examples
      let example = RankerWork.example(
        history, model: features, negatives: tasks.plan.ranker.negatives, table: &table,
        generator: &generator)
      return RankerWork.update(example, weights: state.ranker.weights)
    case .encoder, .evaluation: throw .unknownTask
    }
  }
}

/// Why no contribution can be made.
package enum ContributionFault: Error, Equatable, CustomStringConvertible {
  case planIsDone, modelIsIncomplete, unknownTask

  package var description: String {
    switch self {
    case .planIsDone: "the version is the plan's last: there is nothing to contribute to"
    case .modelIsIncomplete: "the version lacks what the task follows from"
    case .unknownTask: "plans have no such task"
    }
  }
}
