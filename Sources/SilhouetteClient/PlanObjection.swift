internal import Foundation
internal import Scenarios

/// Why a device does not take part in a round that it is offered.
package enum PlanObjection: Error, Equatable, CustomStringConvertible {
  case noCatalogue
  case otherTerms(field: String)
  case planIsDone
  case participations(task: String, most: Int)
  /// What the owner of the device demands and the plan does not give, all of it.
  case settings([UnmetSetting], folder: String)
  case roundsPerDay(most: Int, folder: String)
  /// What this contribution would exceed, with what it would come to.
  case exceeded([UnmetSetting], folder: String)
  /// The last contribution is not long enough ago.
  case separation(seconds: Int, until: UInt64, folder: String)
  /// Epsilon of all contributions would have no bound.
  case unbounded(ceiling: Double)

  package var description: String {
    switch self {
    case .noCatalogue: "the plan names no catalogue"
    case .otherTerms(let field): "the round's \(field) is not the plan's"
    case .planIsDone: "the version is the plan's last"
    case .participations(let task, let most):
      "the device has contributed to the task \(task) as often as the plan allows, \(most) times"
    case .settings(let unmet, let folder):
      "this device's settings demand more than the plan gives: "
        + unmet.map(\.description).joined(separator: ", ")
        + "; to allow its rounds: silhouette client settings --dir \(folder) "
        + unmet.map(\.allowance).joined(separator: " ")
    case .roundsPerDay(let most, let folder):
      "the device has taken part in as many rounds of this day (UTC) as rounds.mostPerDay allows, \(most); "
        + "to allow one more: silhouette client settings --dir \(folder) --set rounds.mostPerDay=\(most + 1)"
    case .exceeded(let unmet, let folder):
      "this contribution would be above the device's ceilings: "
        + unmet.map { "\($0.key.rawValue) is \($0.demanded), with it that would be \($0.offered)" }
        .joined(separator: ", ")
        + (unmet.contains { $0.key == .epsilonPerDay }
          ? "; the next day (UTC) is another matter" : "")
        + "; to allow it now: silhouette client settings --dir \(folder) "
        + unmet.map(\.allowance).joined(separator: " ")
    case .separation(let seconds, let until, let folder):
      "rounds.leastSeparation is \(seconds) s, and the device contributed less than that ago: the next "
        + "contribution is allowed at \(Date(timeIntervalSince1970: TimeInterval(until)).formatted(.iso8601)); "
        + "to allow it now: silhouette client settings --dir \(folder) --set rounds.leastSeparation='0 s'"
    case .unbounded(let ceiling):
      "some contribution has no noise, so epsilon has no bound, and the device's ceiling privacy.epsilon is "
        + "\(ceiling)"
    }
  }
}
