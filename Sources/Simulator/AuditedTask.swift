internal import FederatedTasks
package import PlannedRounds
package import PrivacyAccounting
internal import PrivacyAuditing
internal import PrivacyMechanisms
package import RoundVocabulary
internal import Scenarios

/// A task's mechanism, and what is claimed of it.
package struct AuditedTask: Sendable {
  package let task: TaskKind
  let mechanism: ContributionMechanism
  /// In which the same devices take part, at most.
  let releases: Int
  let delta: Double

  /// All releases of the task, as those see them who see no more; nil without noise.
  var event: MechanismEvent? {
    mechanism.observed?.event(seenBy: .anyClientOrPublic).times(releases)
  }

  /// What the evidence of all releases may refute.
  var family: PrivacyFamily { event.map { PrivacyFamily(for: $0) } ?? .approximate }

  /// Epsilon against those who see all releases of the task; nil without noise.
  package func claimedEpsilon() throws(AccountingError) -> Double? {
    guard let event else { return nil }
    return try Accountant.epsilon(of: [event], delta: delta).upper
  }

  /// Standard deviation of the noise that is certain, over the clip norm; nil without noise.
  var noiseMultiplier: Double? {
    mechanism.guaranteedVariance.map {
      $0.squareRoot() / (mechanism.scale * mechanism.request.clipNorm)
    }
  }
}

extension ScenarioPlan {
  /// A task of a scenario as it can be audited.
  ///
  /// - Throws: `EmpiricalAudit.Obstacle`, or what keeps from building its mechanism.
  package func audited(_ task: TaskKind) throws -> AuditedTask {
    guard tasks.contains(task) else { throw EmpiricalAudit.Obstacle.notInScenario }
    let isFixed =
      scenario.ranker.clipping == .fixed
      && (scenario.privacy.noise == .skellam || scenario.privacy.noise == .discreteGaussian)
    guard task != .ranker || isFixed else { throw EmpiricalAudit.Obstacle.cumulative }
    return AuditedTask(
      task: task, mechanism: try mechanism(for: task), releases: try shape(of: task).participations,
      delta: scenario.privacy.delta)
  }
}

extension PlannedTasks {
  /// A task of a plan as it can be audited.
  ///
  /// - Parameter releases: that a device took part in, at most; nil for all that the plan allows.
  package func audited(_ task: TaskKind, releases: Int? = nil) -> AuditedTask {
    let most = mostParticipations(in: task)
    return AuditedTask(
      task: task, mechanism: mechanism(for: task), releases: min(releases ?? most, most),
      delta: plan.privacy.delta)
  }
}
