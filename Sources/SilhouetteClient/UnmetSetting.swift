package import CryptoPrimitives
package import DeviceLedger
package import PlannedRounds
package import PrivacyAccounting
internal import RoundVocabulary
package import Scenarios

/// A setting of a device's owner that the rounds of a plan do not meet.
///
/// A device that is offered such a round stops at the first one; this names all of them, for all rounds of the
/// plan, to the owner and, before the plan is signed, to its author.
package struct UnmetSetting: Sendable, Equatable, CustomStringConvertible {
  package let key: DeviceKey
  package let demanded: String
  /// With this value such rounds would be allowed.
  package let offered: String

  package var description: String {
    switch key {
    case .epsilon:
      "\(key.rawValue) is \(demanded), with all that the plan may ask of a device it would be \(offered)"
    case .epsilonPerTask:
      "\(key.rawValue) is \(demanded), with all that the plan may ask of a device for one task it would be \(offered)"
    case .epsilonPerDay:
      "\(key.rawValue) is \(demanded), with one contribution to the plan it would be \(offered)"
    default: "\(key.rawValue) is \(demanded), the plan has \(offered)"
    }
  }
  /// As an argument of `silhouette client settings`.
  package var allowance: String { "--set \(key.rawValue)=\(offered)" }

  /// What settings demand and a plan's rounds do not give.
  package static func all(of settings: DeviceSettings, in tasks: PlannedTasks) -> [UnmetSetting] {
    let terms = PlannedTasks.order.map { tasks.terms(of: $0) }
    let honest = tasks.assurance.leastHonest
    return Rounds(
      leastCohort: tasks.leastCohort, leastSurvivors: tasks.assurance.leastSurvivors,
      leastHonest: honest, dimension: terms.map(\.dimension).max() ?? 0,
      clipNorm: terms.map(\.clipNorm).max() ?? 0,
      noise: terms.map {
        Rounds.noise(
          honest: honest, numerator: $0.noise?.numerator ?? 0,
          denominator: $0.noise?.denominator ?? 1, squaredNormBound: $0.squaredNormBound)
      }.min() ?? 0
    ).unmet(by: settings)
  }

  /// Which of the device's ceilings on epsilon do not cover the plan.
  ///
  /// A device whose budget ends in the middle of a plan would have spent it on nothing: all that the plan may
  /// still ask for has to fit before the first contribution. Days are another matter: a plan is spread over as
  /// many as it takes, as long as one contribution fits in a day.
  /// - Returns: nil where something has no noise, and no ceiling could cover it.
  package static func epsilons(
    _ settings: DeviceSettings, in tasks: PlannedTasks, after ledger: DeviceLedger,
    at coordinator: VerificationKey, _ table: EpsilonTable
  ) throws(AccountingError) -> [UnmetSetting]? {
    let all = tasks.accounts(following: ledger, at: coordinator)
    let life = try table.epsilon(of: all, delta: settings.delta)
    guard life.isFinite else { return nil }
    var (task, once) = (0.0, 0.0)
    for kind in PlannedTasks.order {
      let charge = tasks.charge(of: kind, at: coordinator)
      task = max(
        task,
        try table.epsilon(
          of: all.filter { $0.charge.task == charge.task }, delta: settings.delta))
      once = max(
        once,
        try table.epsilon(
          of: [TaskAccount(charge: charge, count: 1, last: 0)], delta: settings.delta))
    }
    return [
      epsilon(.epsilon, settings.epsilon, life),
      epsilon(.epsilonPerTask, settings.epsilonPerTask, task),
      epsilon(.epsilonPerDay, settings.epsilonPerDay, once),
    ].compactMap { $0 }
  }

  /// Nil if the ceiling is high enough.
  private static func epsilon(
    _ key: DeviceKey, _ ceiling: Double, _ epsilon: Double
  ) -> UnmetSetting? {
    epsilon <= ceiling
      ? nil : UnmetSetting(key, ceiling, (epsilon * 100).rounded(.up) / 100)
  }

  /// What a contribution that is asked for now would exceed.
  static func all(
    of excesses: [LedgerCeilings.Excess], _ settings: DeviceSettings
  ) -> [UnmetSetting] {
    excesses.compactMap { excess in
      switch excess {
      case .epsilon(let value): epsilon(.epsilon, settings.epsilon, value)
      case .epsilonPerTask(let value): epsilon(.epsilonPerTask, settings.epsilonPerTask, value)
      case .epsilonPerDay(let value): epsilon(.epsilonPerDay, settings.epsilonPerDay, value)
      case .contributions(let count):
        UnmetSetting(.mostContributions, settings.mostContributions, count)
      case .separation: nil
      }
    }
  }

  private init(
    _ key: DeviceKey, _ demanded: some CustomStringConvertible,
    _ offered: some CustomStringConvertible
  ) {
    self.key = key
    self.demanded = demanded.description
    self.offered = offered.description
  }

  /// What settings are compared with.
  private struct Rounds {
    let leastCohort: Int
    let leastSurvivors: Int
    let leastHonest: Int
    let dimension: Int
    let clipNorm: Double
    let noise: Double

    /// Variance that is certain over squared sensitivity, in whole 1/256: a device rounds its own number up to them.
    static func noise(
      honest: Int, numerator: UInt64, denominator: UInt64, squaredNormBound: UInt64
    ) -> Double {
      let ratio =
        Double(honest) * Double(numerator) / (Double(denominator) * Double(squaredNormBound))
      return (ratio * 256).rounded(.down) / 256
    }

    func unmet(by settings: DeviceSettings) -> [UnmetSetting] {
      var unmet: [UnmetSetting] = []
      func demand(_ key: DeviceKey, atLeast least: Int, _ offered: Int) {
        if offered < least { unmet.append(UnmetSetting(key, least, offered)) }
      }
      demand(.leastCohort, atLeast: settings.leastCohort, leastCohort)
      demand(.leastSurvivors, atLeast: settings.leastSurvivors, leastSurvivors)
      demand(.leastHonest, atLeast: settings.leastHonest, leastHonest)
      if noise < (settings.leastNoise * 256).rounded(.up) / 256 {
        unmet.append(UnmetSetting(.leastNoise, settings.leastNoise, noise))
      }
      if clipNorm > settings.mostClipNorm {
        unmet.append(UnmetSetting(.mostClipNorm, settings.mostClipNorm, clipNorm))
      }
      if dimension > settings.mostCoordinates {
        unmet.append(UnmetSetting(.mostCoordinates, settings.mostCoordinates, dimension))
      }
      return unmet
    }
  }
}
