/// Why a device does not take part in a round that it is offered.
package enum PlanObjection: Error, Equatable, CustomStringConvertible {
  case noCatalogue
  case otherTerms(field: String)
  case planIsDone
  case participations(task: String, most: Int)
  /// What the owner of the device demands and the plan does not give, all of it.
  case settings([UnmetSetting], folder: String)
  case roundsPerDay(most: Int)
  case contributions(most: Int)
  case epsilon(would: Double?, ceiling: Double)

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
    case .roundsPerDay(let most):
      "the device has taken part in as many rounds of this day (UTC) as rounds.mostPerDay allows, "
        + "\(most)"
    case .contributions(let most):
      "the device has contributed as often as privacy.mostContributions allows, \(most) times"
    case .epsilon(let would, let ceiling):
      would.map {
        "with all that the plan may ask of this device epsilon would be \($0), above the device's "
          + "ceiling privacy.epsilon \(ceiling)"
      }
        ?? "the contribution would have no noise, and the device's ceiling privacy.epsilon is \(ceiling)"
    }
  }
}
