internal import ArgumentParser
internal import Simulator

struct RecommendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Items for a person in a simulation, each with its reasons.",
    discussion: """
      Ranked as that person's own device would, from what the run released: by the method that the run's report \
      recommends for this population, unless --by names another. Where that was worse than popularity in the simulation, devices recommend what is popular: "rankedBy" in JSON.

      Examples:
        silhouette recommend runs/demo --user 17
        silhouette recommend runs/sequence-100k --user 196 --by encoder --count 5
      """)

  @OptionGroup var options: ProfileOptions

  @Option(help: "How many items.")
  var count = 10

  @Option(help: "What ranks: what was best in the simulation, or gram, ranker, encoder.")
  var by: RankingChoice = .best

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count \(count) is not between 1 and 10000")
    }
  }

  func run() async throws {
    let profiles = try await options.profiles()
    let ranking = by.ranking(in: profiles)
    let items = try profiles.recommendations(for: options.user, count: count, by: ranking)
    if options.json { return try ConsoleOutput.writeJSON(items) }
    let notice = PersonText.fallback(ranking, profiles)
    try ConsoleOutput.write(notice + PersonText.lines(items))
  }
}
