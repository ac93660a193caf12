internal import ArgumentParser
internal import ClientNode
internal import Report
internal import Scenarios
internal import SilhouetteClient

struct ClientPrivacyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "privacy",
    abstract: "What this device has contributed to, what that cost, and its ceilings.",
    discussion: """
      Read from the device's own record, written before each contribution left. Epsilon is against a \
      coordinator that works with some of the devices, for this device's user, all contributions together.

      Example:
        silhouette client privacy --dir device
      """)

  @OptionGroup var options: ClientOptions

  private struct Figures: Encodable {
    let contributions: [PrivacyLedger.Entry]
    /// Nil if something was contributed without noise, or to a plan that is not known any more.
    let epsilon: Double?
    let delta: Double
    let epsilonCeiling: Double
    let contributionCeiling: Int
  }

  func run() async throws {
    let figures = try await options.withSession(over: OfflineTransport()) { session in
      let ledger = try await session.ledger()
      let settings = try session.settings
      return Figures(
        contributions: ledger.entries, epsilon: ledger.epsilon, delta: ledger.delta,
        epsilonCeiling: settings.epsilon,
        contributionCeiling: settings.mostContributions)
    }
    if options.json { return try ConsoleOutput.writeJSON(figures) }
    let rows = figures.contributions.map {
      [$0.plan, $0.task, "\($0.contributions)", "\($0.most)", Moment.text($0.last)]
    }
    try ConsoleOutput.write(
      ResultTable.aligned([["plan", "task", "contributions", "at most", "last"]] + rows)
        + "\n\nepsilon \(figures.epsilon.map(FigureText.upperBound) ?? "unbounded") of at most "
        + "\(figures.epsilonCeiling), at delta \(figures.delta)")
  }
}
