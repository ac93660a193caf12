internal import ArgumentParser
internal import CryptoPrimitives
internal import Storage

struct RoundListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List rounds and how they ended, newest first.",
    discussion: """
      Example:
        silhouette coordinator round list --dir state --limit 20
      """)

  @OptionGroup var options: CoordinatorOptions

  @Option(help: "How many, at most.")
  var limit = 100

  private struct Round: Encodable {
    let round: String
    let plan: String
    /// Unix seconds.
    let openedAt: Int64
    let endedAt: Int64?
    let outcome: String
  }

  func validate() throws {
    guard (1...100_000).contains(limit) else {
      throw ValidationError("--limit \(limit) is not between 1 and 100000")
    }
  }

  func run() async throws {
    let rounds = try await options.withStore { try await $0.rounds(limit: limit) }.map {
      Round(
        round: $0.label, plan: $0.plan.description, openedAt: $0.openedAt, endedAt: $0.endedAt,
        outcome: $0.outcome.text)
    }
    if options.json { return try ConsoleOutput.writeJSON(rounds) }
    let rows = rounds.map {
      [
        $0.round, String($0.plan.prefix(12)), Moment.text($0.openedAt), Moment.text($0.endedAt),
        $0.outcome,
      ]
    }
    try ConsoleOutput.write(
      ResultTable.aligned([["round", "plan", "opened", "ended", "outcome"]] + rows))
  }
}
