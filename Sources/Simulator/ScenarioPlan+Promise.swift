internal import FederatedTasks
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import Report
package import RoundVocabulary
internal import Scenarios

extension ScenarioPlan {
  /// What everything that is planned costs one user, against every adversary.
  ///
  /// - Throws: `SimulationError`, where no mechanism can be built or accounted for.
  package func guarantees() throws(SimulationError) -> [PrivacyGuarantee] {
    let participations = try participations()
    do throws(AccountingError) {
      return try PrivacyFigures.guarantees(of: participations, scenario)
    } catch {
      throw .unaccountable(error)
    }
  }

  /// The releases of every task as accountants see them; empty without privacy.
  private func participations() throws(SimulationError) -> [TaskKind: Accountant.Participation] {
    var participations: [TaskKind: Accountant.Participation] = [:]
    for task in tasks {
      if task == .ranker {
        participations[task] = try rankerRounds().charge(through: scenario.ranker.rounds)
      } else if let observed = try mechanism(for: task).observed {
        participations[task] = Accountant.Participation(
          observed, count: try shape(of: task).participations)
      }
    }
    return participations
  }

  /// Refuses a plan that would cost more than its target.
  ///
  /// Noise is calibrated as Gaussian noise would be. Coarse rounding leaves so little of it, in ring
  /// units, that integer noise costs more.
  func requirePromise() throws(SimulationError) {
    guard let target else {
      _ = try participations()
      return
    }
    let epsilon = try epsilon()
    guard epsilon > target.epsilon else { return }
    throw .promiseNotKept(epsilon: epsilon, promised: target.epsilon, remedy: remedy(for: target))
  }

  private func epsilon() throws(SimulationError) -> Double {
    try epsilon(of: participations())
  }

  /// Against whoever sees releases.
  func epsilon(
    of participations: [TaskKind: Accountant.Participation]
  ) throws(SimulationError) -> Double {
    do throws(AccountingError) {
      return try PrivacyFigures.epsilon(
        participations, against: .anyClientOrPublic, delta: scenario.privacy.delta)
    } catch {
      throw .unaccountable(error)
    }
  }

  /// The least change with which the promise is kept: finer rounding, a wider ring, or a lower epsilon.
  private func remedy(for target: TrainingPlan.Target) -> SimulationError.Remedy? {
    let encoding = scenario.encoding
    if let found = encoding.scaleBits {
      for bits in ContributionMechanism.supportedScaleBits
      where bits > found && keepsPromise(target.epsilon, { $0.scaleBits = bits }) {
        return .init(key: .scaleBits, found: "\(found)", value: "\(bits)")
      }
    }
    for bits in ContributionMechanism.supportedRingBits
    where bits > encoding.ringBits
      && keepsPromise(
        target.epsilon,
        {
          $0.scaleBits = nil
          $0.ringBits = bits
        })
    {
      return .init(key: .ringBits, found: "\(encoding.ringBits)", value: "\(bits)")
    }
    for epsilon in [40, 30, 20, 10, 5, 2, 1, 0.5, 0.1]
    where epsilon < target.epsilon && keepsPromise(epsilon, { _ in }) {
      return .init(
        key: .epsilon, found: FigureText.upperBound(target.epsilon),
        value: FigureText.upperBound(epsilon))
    }
    return nil
  }

  private func keepsPromise(
    _ epsilon: Double, _ change: (inout Scenario.Encoding) -> Void
  ) -> Bool {
    var changed = scenario
    change(&changed.encoding)
    let plan = ScenarioPlan(
      changed, users: users, items: items,
      target: .init(epsilon: epsilon, delta: scenario.privacy.delta))
    do throws(SimulationError) {
      return try plan.epsilon() <= epsilon
    } catch {
      return false
    }
  }
}
