import CryptoPrimitives
import FederatedRounds
import SecureAggregation
import Storage
import WireProtocol

@testable import CoordinatorNode

/// What a coordinator with a plan can do to get more out of a device than the device agreed to.
enum Lie: CaseIterable, Sendable {
  case none
  /// Rounds that are not as the plan says.
  case halfTheNoise, noNoise, longerVectors, otherTerms, smallerCohort
  /// A plan that nobody can see, that is another than was signed, or that somebody else has signed.
  case unloggedPlan, changedPlan, otherAuthor
  /// A log with two histories.
  case twoHeads
  /// A round whose number was used before: in a log that was rolled back, and in one that goes on.
  case replayedRound, secondOpening
  /// What a round has cost is not shown, or is of something else.
  case withheldDebit, falseDebit

  /// Whether a device finds out before anything has left it.
  var isFoundInTime: Bool {
    switch self {
    case .none, .replayedRound, .secondOpening, .withheldDebit, .falseDebit: false
    default: true
    }
  }

  /// The plan as the coordinator runs it.
  ///
  /// - Parameter other: a plan with less noise.
  func plan(_ honest: TinyPlan, other: TinyPlan, keys: CoordinatorKeys) throws -> RunningPlan {
    var record = keys.sign(planDocument: honest.document)
    var template = honest.template
    var course = honest.course
    switch self {
    case .halfTheNoise:
      course = LyingCourse(honest.course) { $0.with(noise: $0.noise.halved) }
    case .noNoise: course = LyingCourse(honest.course) { $0.with(noise: NoiseTerms.none) }
    case .longerVectors:
      course = LyingCourse(honest.course) { $0.with(squaredNormBound: $0.squaredNormBound * 4) }
    case .otherTerms:
      guard let terms = try other.course.demand(after: other.course.firstModel) else { break }
      course = LyingCourse(honest.course) { terms.with(identifier: $0.identifier) }
    case .smallerCohort:
      for size: WritableKeyPath<RoundTemplate, Int> in [
        \.leastCohort, \.mostCohort, \.leastSurvivors, \.leastHonest,
      ] { template[keyPath: size] -= 1 }
    case .otherAuthor:
      let digest = PlanSignature.digest(record.hash)
      record = PlanRecord(document: honest.document, signature: keys.identity.sign(digest).bytes)
    case .none, .unloggedPlan, .changedPlan, .twoHeads, .replayedRound, .secondOpening,
      .withheldDebit, .falseDebit:
      break
    }
    return RunningPlan(record: record, template: template, course: course)
  }
}

/// A plan whose rounds are changed before they are announced.
private struct LyingCourse: RoundCourse {
  private let honest: any RoundCourse
  private let change: @Sendable (RoundDemand) -> RoundDemand

  init(_ honest: any RoundCourse, _ change: @escaping @Sendable (RoundDemand) -> RoundDemand) {
    self.honest = honest
    self.change = change
  }

  var tasks: [Bytes32] { honest.tasks }
  var firstModel: [UInt8] { honest.firstModel }

  func demand(after model: [UInt8]) throws -> RoundDemand? {
    try honest.demand(after: model).map(change)
  }

  func model(after model: [UInt8], sum: OpenedSum) throws -> [UInt8] {
    try honest.model(after: model, sum: sum)
  }

  func account(_ debits: [Bytes32: UInt64]) throws -> PlanAccount { try honest.account(debits) }
}

extension RoundDemand {
  fileprivate func with(
    identifier: Bytes32? = nil, noise: NoiseTerms? = nil, squaredNormBound: UInt64? = nil
  ) -> RoundDemand {
    RoundDemand(
      task: task, identifier: identifier ?? self.identifier, mostReleases: mostReleases,
      dimension: dimension, ringBits: ringBits, clipNorm: clipNorm, scale: scale,
      squaredNormBound: squaredNormBound ?? self.squaredNormBound, noise: noise ?? self.noise,
      totalVariation: noise == NoiseTerms.none ? 0 : totalVariation, rotationSeed: rotationSeed)
  }
}

extension NoiseTerms {
  /// Half the variance, in lowest terms.
  fileprivate var halved: NoiseTerms {
    varianceNumerator.isMultiple(of: 2)
      ? NoiseTerms(
        law: law, varianceNumerator: varianceNumerator / 2,
        varianceDenominator: varianceDenominator)
      : NoiseTerms(
        law: law, varianceNumerator: varianceNumerator,
        varianceDenominator: varianceDenominator * 2)
  }
}
