internal import ArgumentParser
internal import Simulator

struct RecommendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Items for a person in a simulation, each with its reasons.",
    discussion: """
      Ranked as that person's own device would, from what the run released. Where the ranker or the encoder \
      was worse than popularity in the simulation, devices recommend what is popular: "rankedBy" in JSON.

      Examples:
        silhouette recommend runs/demo --user 17
        silhouette recommend runs/sequence-100k --user 196 --by encoder --count 5
      """)

  @OptionGroup var options: ProfileOptions

  @Option(help: "How many items.")
  var count = 10

  @Option(help: "What ranks: ranker or encoder.")
  var by: RankingChoice = .ranker

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count \(count) is not between 1 and 10000")
    }
  }

  func run() async throws {
    let profiles = try await options.profiles()
    let items = try profiles.recommendations(for: options.user, count: count, by: by.ranking)
    if options.json { return try ConsoleOutput.writeJSON(items) }
    let notice = profiles.fallsBack(by.ranking) ? PersonText.fallback(by) + "\n" : ""
    try ConsoleOutput.write(notice + PersonText.lines(items))
  }
}
