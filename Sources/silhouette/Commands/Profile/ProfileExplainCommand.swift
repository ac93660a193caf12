internal import ArgumentParser
internal import Simulator

struct ProfileExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Which own events speak for an item.",
    discussion: """
      Of the ranker they are listed by their exact part in its score, of the sequence encoder with how much \
      the item's score falls without the event.

      Examples:
        silhouette profile explain runs/sequence-100k --user 196 --by encoder
        silhouette profile explain runs/sequence-100k --user 196 --item 50
      """)

  @OptionGroup var options: ProfileOptions

  @Option(help: "The item, by its identifier in the catalogue (default: the one ranked first).")
  var item: String?

  @Option(help: "What ranks: what was best in the simulation, or gram, ranker, encoder.")
  var by: RankingChoice = .best

  @Option(help: "How many events.")
  var count = 5

  func validate() throws {
    guard (1...1000).contains(count) else {
      throw ValidationError("--count \(count) is not between 1 and 1000")
    }
  }

  func run() async throws {
    let profiles = try await options.profiles()
    let ranking = by.ranking(in: profiles)
    let explanation = try profiles.explanation(
      for: options.user, item: item, by: ranking, reasons: count)
    if options.json { return try ConsoleOutput.writeJSON(explanation) }
    let notice = PersonText.fallback(ranking, profiles)
    try ConsoleOutput.write(notice + PersonText.lines(explaining: explanation))
  }
}
