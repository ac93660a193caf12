internal import Report
internal import Scenarios

/// What makes the figures of a run mean less than they seem to.
struct RunWarnings {
  let scenario: Scenario
  let devices: [DeviceSplit]
  /// Devices on which quality is measured.
  let evaluated: [Int]
  let itemCount: Int
  /// Whether the list of items was known before the behavior.
  var hasPublicCatalogue = true

  private static let fewestUsers = 20
  private static let fewestCandidates = 21

  /// One whole sentence or two for each thing, the gravest first.
  var sentences: [String] {
    [delta, catalogue, users, candidates, negatives].compactMap(\.self)
  }

  /// With delta at 1 / users, showing everything that one person did would keep the promise.
  private var delta: String? {
    let (delta, users) = (scenario.privacy.delta, devices.count)
    guard scenario.privacy.mechanism != .none, delta * Double(users) >= 1 else { return nil }
    return "privacy.delta \(FigureText.upperBound(delta)) is no promise to "
      + "\(FigureText.count(users, "user", "users")): publishing all that one of them did would keep "
      + "it. Write far less than 1 / users."
  }

  private var catalogue: String? {
    guard scenario.privacy.mechanism != .none, !hasPublicCatalogue else { return nil }
    return "The list of items was read from the behavior itself and is outside of the guarantee: "
      + "it shows what only one user took. Name a public list with behavior.catalogue."
  }

  private var users: String? {
    guard evaluated.count < Self.fewestUsers else { return nil }
    return "Quality is measured on \(FigureText.count(evaluated.count, "user", "users")) of "
      + "\(FigureText.count(devices.count)): the figures mean little. Take \(Self.fewestUsers) or "
      + "more."
  }

  /// Ten recommendations out of twenty items are a coin that is tossed.
  private var candidates: String? {
    let left = evaluated.reduce(0) { $0 + itemCount - devices[$1].known.count }
    let mean = Double(left) / Double(max(evaluated.count, 1))
    guard mean < Double(Self.fewestCandidates) else { return nil }
    return "A held-out item is ranked among \(FigureText.significant(mean)) items on average, of "
      + "which ten are recommended: hit rates mean little. Take a larger catalogue."
  }

  private var negatives: String? {
    let wanted = scenario.evaluation.sampledNegatives
    let short = evaluated.count { devices[$0].negatives.count < wanted }
    guard short > 0 else { return nil }
    return "\(FigureText.count(short, "user has", "users have")) fewer than "
      + "evaluation.sampledNegatives \(wanted) items left to rank among: protocol S is easier for "
      + "them than it says."
  }
}
