internal import ArgumentParser
internal import Simulator

/// Whose profile, of which run.
struct ProfileOptions: ParsableArguments {
  @Argument(help: "The folder of a run: where simulate wrote its report.")
  var run: String

  @Option(help: "The person, by the identifier that the behavior has.")
  var user: String

  @Option(help: "Folder with the MovieLens data set.")
  var data: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !run.isEmpty else { throw ValidationError("the folder of the run is empty") }
    guard data?.isEmpty != true else {
      throw ValidationError("--data is empty; write a path, or leave --data out")
    }
  }

  /// The people of the run, with what it released.
  func profiles() async throws -> KeptProfiles {
    let folder = run.hasSuffix("/") ? run : run + "/"
    return try await Adapters.profiles(
      model: folder + ReleasedModel.fileName, data: data, display: ProgressDisplay(isQuiet: true))
  }
}

/// What ranks the items.
enum RankingChoice: String, CaseIterable, ExpressibleByArgument {
  /// What was best for this population.
  case best
  case gram, ranker, encoder

  /// Nil for what is popular.
  func ranking(in profiles: KeptProfiles) -> KeptProfiles.Ranking? {
    switch self {
    case .best: profiles.recommendedRanking
    case .gram: .gram
    case .ranker: .ranker
    case .encoder: .encoder
    }
  }
}

/// Profiles and recommendations as lines of text.
enum PersonText {
  static func lines(_ profile: PersonProfile) -> String {
    func text(_ affinities: [PersonProfile.Affinity]) -> String {
      affinities.isEmpty
        ? "none" : affinities.map { "\($0.name) \(digits($0.score))" }.joined(separator: ", ")
    }
    func text(_ vector: [Float]) -> String {
      vector.prefix(8).map(digits).joined(separator: " ")
        + (vector.count > 8 ? " and \(vector.count - 8) more" : "")
    }
    var rows = [
      ["user", profile.user], ["events", "\(profile.events)"], ["tags", text(profile.tags)],
      ["categories", text(profile.categories)],
      ["price level", profile.priceLevel.map(digits) ?? "unknown"],
      ["days since last event", profile.daysSinceLastEvent.map { digits(Float($0)) } ?? "unknown"],
      ["events per week", profile.eventsPerWeek.map { digits(Float($0)) } ?? "unknown"],
      ["vector", text(profile.vector)],
    ]
    if let state = profile.state { rows.append(["sequence state", text(state)]) }
    return ResultTable.aligned(rows)
  }

  /// Why what is popular is recommended, and a line's end; empty where it is not.
  static func fallback(
    _ ranking: KeptProfiles.Ranking?, _ profiles: KeptProfiles
  ) -> String {
    guard let ranking else {
      return "Nothing was better than popularity in this run; what is popular is recommended:\n"
    }
    guard profiles.fallsBack(ranking) else { return "" }
    return
      "The \(name(ranking)) was worse than popularity in this run; what is popular is recommended:\n"
  }

  private static func name(_ ranking: KeptProfiles.Ranking) -> String {
    switch ranking {
    case .gram: "item basis"
    case .ranker, .encoder: ranking.rawValue
    }
  }

  static func lines(_ recommendations: [PersonRecommendation]) -> String {
    ResultTable.aligned(
      recommendations.map { item in
        [
          "\(item.rank)", item.item, item.title,
          item.reasons.isEmpty
            ? "" : "because of " + item.reasons.map(\.title).joined(separator: "; "),
        ]
      })
  }

  static func lines(explaining item: PersonRecommendation) -> String {
    let place =
      item.isKnown
      ? "is not recommended: this person has had it" : "is ranked \(item.rank)"
    let heading = "\(item.title) (\(item.item)) \(place), score \(digits(item.score))"
    guard !item.reasons.isEmpty else { return heading + "\nno own event speaks for it" }
    return heading + "\n"
      + ResultTable.aligned(
        item.reasons.map { ["  " + $0.title, $0.part.map { "+\(digits($0))" } ?? ""] })
  }

  private static func digits(_ value: Float) -> String { "\((value * 100).rounded() / 100)" }
}
