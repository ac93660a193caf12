internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Simulator

/// A scenario as far as its guarantee depends on it: nothing of it is run.
struct PlannedScenario {
  let effective: EffectiveScenario
  let plan: ScenarioPlan
  let users: Int
  let items: Int

  init(file: String, overrides: [String], data: String?) throws {
    effective = try ScenarioDecoder.decode(
      yaml: try ScenarioFile.text(of: file), file: file, overrides: overrides)
    let source = BehaviorSource(
      behavior: effective.scenario.behavior, scenarioFile: file, explicitFolder: data,
      mayDownload: false, display: ProgressDisplay(isQuiet: true))
    (users, items) = try source.size()
    plan = ScenarioPlan(effective.scenario, users: users, items: items)
  }

  /// The scenario in one line.
  var heading: String {
    "\(effective.scenario.name): \(FigureText.count(users, "user", "users")), "
      + "\(FigureText.count(items, "item", "items")), plan \(effective.hash.prefix(16))"
  }
}

/// What a scenario promises to whom, before it is run.
struct ScenarioGuarantees: Encodable {
  let name: String
  let planHash: String
  let users: Int
  let items: Int
  let guarantees: [RunFigures.GuaranteeFigures]
  private let heading: String

  init(_ planned: PlannedScenario) throws {
    name = planned.effective.scenario.name
    planHash = planned.effective.hash
    users = planned.users
    items = planned.items
    guarantees = try planned.plan.guarantees().map { RunFigures.GuaranteeFigures($0) }
    heading = planned.heading
  }

  private enum CodingKeys: String, CodingKey {
    case name, planHash, users, items, guarantees
  }

  var text: String {
    var groups: [[RunFigures.GuaranteeFigures]] = []
    for guarantee in guarantees {
      if let last = groups.last?.last, last.epsilon == guarantee.epsilon,
        last.assumptions == guarantee.assumptions
      {
        groups[groups.count - 1].append(guarantee)
      } else {
        groups.append([guarantee])
      }
    }
    return ([heading] + groups.map(Self.paragraph)).joined(separator: "\n\n")
  }

  /// Those against whom the same is promised, and what has to hold.
  private static func paragraph(_ alike: [RunFigures.GuaranteeFigures]) -> String {
    guard let first = alike.first else { return "" }
    let relation =
      NeighboringRelation(rawValue: first.neighboringRelation)?.word ?? first.neighboringRelation
    let claim =
      first.epsilon.map {
        "(epsilon, delta) = (\(CertifiedText.upward($0)), \(CertifiedText.upward(first.delta))) "
          + "for one \(first.privacyUnit), \(relation) neighbors"
      } ?? "nothing is guaranteed"
    return
      (alike.map { "\($0.adversary), \($0.summary):" } + ["  \(claim)"]
      + first.assumptions.map { "  assumed  \($0)" }).joined(separator: "\n")
  }
}
