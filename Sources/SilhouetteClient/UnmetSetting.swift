package import PlannedRounds
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

  package var description: String { "\(key.rawValue) is \(demanded), the plan has \(offered)" }
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
