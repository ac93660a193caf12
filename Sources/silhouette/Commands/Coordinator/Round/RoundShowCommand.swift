internal import ArgumentParser
internal import CryptoPrimitives
internal import FederatedRounds
internal import SecureAggregation
internal import Storage

struct RoundShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What a round announced, how far it is, who did what.",
    discussion: """
      Read from its journal, which holds nothing of what devices contributed.

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
    /// Messages of each kind that are in the journal; they are forgotten when the round ends.
    let messages: [String: Int]
    let contributions: Int
    /// Identities of those whose contributions are in the sum; empty until it is debited.
    let contributors: [String]
    let isDebited: Bool
  }

  func run() async throws {
    let figures = try await options.withStore { store in
      let record = try await chosen.record(in: store)
      let config = try Signed<RoundConfig>(decoding: record.configuration).content
      var messages: [String: Int] = [:]
      var contributions = 0
      var debited: [VerificationKey]?
      for stored in try await store.journal(record.key) {
        switch RoundEntry(kind: stored.kind, device: stored.device, bytes: stored.bytes) {
        case .message(let message, _, _):
          messages[MessageLayout.kind(of: message).map { "\($0)" } ?? "unknown", default: 0] += 1
        case .input: contributions += 1
        case .opening(let contributors):
          debited = contributors
          contributions = contributors.count
        case .closed, nil: break
        }
      }
      return Figures(
        round: record.label, plan: record.plan.description, outcome: record.outcome.text,
        openedAt: record.openedAt, endedAt: record.endedAt, dimension: config.dimension,
        leastSurvivors: config.leastSurvivors, mostCohort: config.mostCohort,
        deadlines: config.deadlines, messages: messages, contributions: contributions,
        contributors: (debited ?? []).map { $0.encoding.description }, isDebited: debited != nil)
    }
    if options.json { return try ConsoleOutput.writeJSON(figures) }
    let counts = figures.messages.sorted { $0.key < $1.key }
      .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    try ConsoleOutput.write(
      ResultTable.aligned([
        ["round", figures.round], ["plan", figures.plan], ["outcome", figures.outcome],
        ["opened", Moment.text(figures.openedAt)], ["ended", Moment.text(figures.endedAt)],
        ["coordinates", "\(figures.dimension)"],
        ["contributions", "\(figures.contributions)"],
        ["needed", "\(figures.leastSurvivors) of at most \(figures.mostCohort)"],
        ["messages", counts], ["debited", figures.isDebited ? "yes" : "no"],
      ]))
  }
}
