internal import CryptoPrimitives
internal import FederatedTasks
package import PlannedRounds
package import PrivacyAccounting
internal import PrivacyAuditing
internal import PrivacyMechanisms
package import RoundVocabulary
internal import Scenarios

/// A task's rounds, and what is claimed of them.
package struct AuditedTask: Sendable {
  package let task: TaskKind
  /// Of the first round; of every one, where `course` is nil.
  let mechanism: ContributionMechanism
  /// The ranker's rounds, where clipping and noise of one may follow from earlier ones.
  var course: RankerRounds?
  /// In which the same devices take part, at most.
  let releases: Int
  let delta: Double
  /// What all releases of the task cost one user; nil without noise.
  let charge: Accountant.Participation?

  /// Coordinates of an update.
  var dimension: Int { course?.dimension ?? mechanism.request.dimension }
  /// The greatest norm of an update in the first round.
  var clipNorm: Double { course?.clipNorm ?? mechanism.request.clipNorm }

  /// Which rounds canaries take part in.
  ///
  /// All that are run, where a round that they are not in would show nothing of them.
  /// Shape: [rounds].
  var participating: [Bool] {
    if let course, course.weightsOfParticipations != nil { return course.mostParticipations }
    return [Bool](repeating: true, count: releases)
  }

  /// All releases of the task, as those see them who see no more; nil without noise.
  var event: MechanismEvent? {
    charge.map { $0.mechanism.event(seenBy: .anyClientOrPublic).times($0.count) }
  }

  /// What the evidence of all releases may refute.
  var family: PrivacyFamily { event.map { PrivacyFamily(for: $0) } ?? .approximate }

  /// Epsilon against those who see all releases of the task; nil without noise.
  package func claimedEpsilon() throws(AccountingError) -> Double? {
    guard let event else { return nil }
    return try Accountant.epsilon(of: [event], delta: delta).upper
  }

  /// Standard deviation of the noise that is certain, over the clip norm; nil without noise.
  ///
  /// Of one release, or of the whole run where the noise of its rounds is correlated.
  var noiseMultiplier: Double? {
    if let course { return course.noiseMultiplier }
    return mechanism.guaranteedVariance.map {
      $0.squareRoot() / (mechanism.scale * mechanism.request.clipNorm)
    }
  }
}

extension AuditedTask {
  /// A task whose rounds are all alike.
  init(_ task: TaskKind, _ mechanism: ContributionMechanism, releases: Int, delta: Double) {
    self.init(
      task: task, mechanism: mechanism, releases: releases, delta: delta,
      charge: mechanism.observed.map { Accountant.Participation($0, count: releases) })
  }

  /// The ranker, whatever its rounds are like.
  init(_ rounds: RankerRounds, delta: Double) {
    let participations = rounds.mostParticipations
    self.init(
      task: .ranker, mechanism: rounds.mechanism, course: rounds,
      releases: participations.count { $0 }, delta: delta,
      charge: rounds.charge(through: participations.count))
  }
}

extension ScenarioPlan {
  /// A task of a scenario as it can be audited.
  ///
  /// - Throws: `EmpiricalAudit.Obstacle`, or what keeps from building its mechanism.
  package func audited(_ task: TaskKind) throws -> AuditedTask {
    guard tasks.contains(task) else { throw EmpiricalAudit.Obstacle.notInScenario }
    guard task != .ranker else {
      return AuditedTask(try rankerRounds(), delta: scenario.privacy.delta)
    }
    return AuditedTask(
      task, try mechanism(for: task), releases: try shape(of: task).participations,
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
      task, mechanism(for: task), releases: min(releases ?? most, most), delta: plan.privacy.delta)
  }
}
