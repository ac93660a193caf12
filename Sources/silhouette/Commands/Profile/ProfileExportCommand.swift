internal import ArgumentParser
internal import Simulator

struct ProfileExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write everything that a person's device knows and recommends, as JSON.",
    discussion: """
      Example:
        silhouette profile export runs/sequence-100k --user 196 --out profile.json
      """)

  /// A person's profile with what is recommended to them.
  private struct Export: Encodable {
    let profile: PersonProfile
    let recommendations: [PersonRecommendation]
  }

  @OptionGroup var options: ProfileOptions

  @Option(help: "The file to write.")
  var out: String

  @Option(help: "What ranks: what was best in the simulation, or gram, ranker, encoder.")
  var by: RankingChoice = .best

  @Option(help: "How many recommendations.")
  var count = 10

  func validate() throws {
    try checkNotEmpty(out, "--out")
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count \(count) is not between 1 and 10000")
    }
  }

  func run() async throws {
    let profiles = try await options.profiles()
    let ranking = by.ranking(in: profiles)
    let json = try ConsoleOutput.json(
      Export(
        profile: try profiles.profile(of: options.user),
        recommendations: try profiles.recommendations(
          for: options.user, count: count, by: ranking)))
    try AtomicFile.write(json + "\n", to: out)
    if options.json { try ConsoleOutput.write(json) }
  }
}
