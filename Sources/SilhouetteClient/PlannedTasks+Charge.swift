package import CryptoPrimitives
package import DeviceLedger
package import PlannedRounds
package import RoundVocabulary
internal import TransparencyLog

extension PlannedTasks {
  /// One contribution to a task, with the noise that the plan promises at least.
  package func charge(of task: TaskKind, at coordinator: VerificationKey) -> ChargedTask {
    let terms = terms(of: task)
    let law: LoggedMechanism.Law =
      terms.noise.map { $0.isSkellam ? .skellam : .discreteGaussian } ?? .none
    return ChargedTask(
      coordinator: coordinator, plan: hash, task: Self.identifier(of: task, plan: hash),
      mechanism: LoggedMechanism(
        law: law, variance: (terms.noise?.numerator ?? 0, terms.noise?.denominator ?? 1),
        totalVariation: totalVariation(of: task), squaredNormBound: terms.squaredNormBound,
        dimension: UInt64(terms.dimension), clipNorm: terms.clipNorm, scale: terms.scale,
        assurance: assurance))
  }

  /// A ledger's accounts, and all that the plan may still ask of the device.
  package func accounts(
    following ledger: DeviceLedger, at coordinator: VerificationKey
  ) -> [TaskAccount] {
    Self.order.reduce(ledger.accounts) { accounts, task in
      let charge = charge(of: task, at: coordinator)
      let rest = mostParticipations(in: task) - ledger.count(of: charge.task)
      guard rest > 0 else { return accounts }
      return accounts.adding(TaskAccount(charge: charge, count: rest, last: 0))
    }
  }
}
