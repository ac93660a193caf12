internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage

struct RoundShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What a round announced, and how far it is.",
    discussion: """
      Read from its journal, which holds nothing of what devices contributed. It names no device: what they have \
      sent is counted in steps of 32, until the round is debited; how many are in the sum is in the log then.

      Example:
        silhouette coordinator round show statistics/1 --dir state --json
      """)

  @OptionGroup var chosen: RoundOptions

  @OptionGroup var options: CoordinatorOptions

  private struct Figures: Encodable {
    let round: String
    let plan: String
    let outcome: String
    let openedAt: Int64
    let endedAt: Int64?
    let dimension: Int
    let leastSurvivors: Int
    let mostCohort: Int
    /// Unix seconds.
    let deadlines: [UInt64]
    /// As `RoundProgress` has them.
    let begun: [String]
    let messages: [String: Int]
    let contributions: Int
    let survivors: Int?
  }

  func run() async throws {
    let figures = try await options.withStore { store in
      let record = try await chosen.record(in: store)
      let config = try Signed<RoundConfig>(decoding: record.configuration).content
      let progress = RoundProgress(try await store.journal(record.key))
      return Figures(
        round: record.label, plan: record.plan.description, outcome: record.outcome.text,
        openedAt: record.openedAt, endedAt: record.endedAt, dimension: config.dimension,
        leastSurvivors: config.leastSurvivors, mostCohort: config.mostCohort,
        deadlines: config.deadlines, begun: progress.begun, messages: progress.messages,
        contributions: progress.contributions, survivors: progress.survivors)
    }
    if options.json { return try ConsoleOutput.writeJSON(figures) }
    let counts = figures.messages.sorted { $0.key < $1.key }
      .map { "\(Self.atLeast($0.value)) \($0.key)" }.joined(separator: ", ")
    try ConsoleOutput.write(
      ResultTable.aligned([
        ["round", figures.round], ["plan", figures.plan], ["outcome", figures.outcome],
        ["opened", Moment.text(figures.openedAt)], ["ended", Moment.text(figures.endedAt)],
        ["coordinates", "\(figures.dimension)"],
        [
          "contributions", figures.survivors.map { "\($0)" } ?? Self.atLeast(figures.contributions),
        ],
        ["needed", "\(figures.leastSurvivors) of at most \(figures.mostCohort)"],
        ["messages", counts], ["debited", figures.survivors == nil ? "no" : "yes"],
      ]))
  }

  private static func atLeast(_ shown: Int) -> String {
    shown == 0 ? "fewer than \(CoarseCount.step)" : "at least \(shown)"
  }
}
