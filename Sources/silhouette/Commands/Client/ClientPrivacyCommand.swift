internal import ArgumentParser
internal import ClientNode
internal import Foundation
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
    let count = figures.contributions.reduce(0) { $0 + $1.contributions }
    let epsilon = figures.epsilon ?? .infinity
    try ConsoleOutput.write(
      ResultTable.aligned([["plan", "task", "contributions", "at most", "last"]] + rows) + "\n\n"
        + ResultTable.aligned([
          [
            "contributions", Self.bar(Double(count), of: Double(figures.contributionCeiling)),
            "\(count) of at most \(figures.contributionCeiling) (privacy.mostContributions)",
          ],
          [
            "epsilon", Self.bar(epsilon, of: figures.epsilonCeiling),
            "\(figures.epsilon.map(FigureText.upperBound) ?? "unbounded") of at most "
              + "\(figures.epsilonCeiling) at delta \(figures.delta) (privacy.epsilon)",
          ],
        ]) + "\n\n" + Self.words(epsilon))
  }

  private static let barWidth = 24

  private static func bar(_ value: Double, of most: Double) -> String {
    let share = most > 0 ? min(1, value / most) : 1
    let filled = Int((share * Double(barWidth)).rounded(.up))
    return String(repeating: "#", count: filled)
      + String(repeating: ".", count: barWidth - filled)
  }

  private static func words(_ epsilon: Double) -> String {
    guard epsilon > 0 else { return "Nothing was contributed yet: nobody has learned anything." }
    guard epsilon.isFinite else {
      return "Something was contributed without noise: what can be learned from it has no bound."
    }
    return
      "In words: whatever anybody guesses about this user, all of these contributions make the odds of it at "
      + "most \(FigureText.upperBound(exp(epsilon))) times better or worse."
  }
}
