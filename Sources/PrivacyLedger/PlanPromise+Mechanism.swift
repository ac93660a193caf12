internal import PrivacyMechanisms
internal import RoundVocabulary
internal import Scenarios
internal import TransparencyLog

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension PlanPromise {
  /// How much less noise than promised is taken for rounding.
  static let tolerance = 1e-6

  /// The first rule that a debit's mechanism breaks, with what was found; nil if it is as promised.
  func fault(of mechanism: LoggedMechanism, in task: Task) -> (LedgerRule, String)? {
    let privacy = plan.privacy
    let law: LoggedMechanism.Law =
      switch (privacy.mechanism, privacy.noise) {
      case (.none, _): .none
      case (.distributed, .skellam): .skellam
      case (.distributed, .discreteGaussian): .discreteGaussian
      }
    guard mechanism.law == law else { return (.law, "\(mechanism.law) in place of \(law)") }
    guard mechanism.leastSurvivors == assurance.leastSurvivors,
      mechanism.mostColluding == assurance.mostColluding
    else {
      return (
        .assurance,
        "\(mechanism.leastSurvivors) survivors less \(mechanism.mostColluding) in place of "
          + "\(assurance.leastSurvivors) less \(assurance.mostColluding)"
      )
    }
    guard mechanism.clipNorm == task.clipNorm else {
      return (.clipNorm, "\(mechanism.clipNorm) in place of \(task.clipNorm)")
    }
    guard mechanism.dimension == UInt64(task.dimension) else {
      return (.dimension, "\(mechanism.dimension) in place of \(task.dimension)")
    }
    return encodingFault(of: mechanism, in: task) ?? noiseFault(of: mechanism, in: task)
  }

  private func encodingFault(
    of mechanism: LoggedMechanism, in task: Task
  ) -> (LedgerRule, String)? {
    let possible =
      plan.encoding.scaleBits.map { $0...$0 } ?? ContributionMechanism.supportedScaleBits
    guard
      let bits = possible.first(where: { exp2(Double($0)) / task.clipNorm == mechanism.scale })
    else { return (.scale, "\(mechanism.scale)") }
    let bound = ContributionMechanism.squaredRoundedBound(
      dimension: task.dimension, scaleBits: bits)
    return mechanism.squaredNormBound == bound
      ? nil : (.normBound, "\(mechanism.squaredNormBound) in place of \(bound)")
  }

  private func noiseFault(
    of mechanism: LoggedMechanism, in task: Task
  ) -> (LedgerRule, String)? {
    guard let squaredMultiplier = task.squaredMultiplier else { return nil }
    var needed = squaredMultiplier * Double(mechanism.squaredNormBound)
    var least = 0.0
    // The accountant's proof takes 4 off the variance, and holds from 8 on.
    if mechanism.law == .discreteGaussian { (needed, least) = (needed + 4, 8) }
    let found = mechanism.variance * Double(assurance.leastHonest)
    return found >= needed * (1 - Self.tolerance) && mechanism.variance >= least
      ? nil : (.noise, "variance \(found) where \(needed) is promised")
  }
}
