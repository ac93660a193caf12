internal import ArgumentParser
internal import ClientNode
internal import Foundation
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import SilhouetteClient

struct ClientPrivacyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "privacy",
    abstract: "What this device has contributed to, what that cost, and its ceilings.",
    discussion: """
      Read from the device's own ledger, written before each contribution left. Epsilon is against a coordinator \
      that works with some of the devices, for this device's user, unless a line says otherwise.

      Example:
        silhouette client privacy --dir device
      """)

  @OptionGroup var options: ClientOptions

  func run() async throws {
    let figures = try await options.withSession(over: OfflineTransport()) { session in
      PrivacyFigures(try await session.ledger(), try session.settings)
    }
    if options.json { return try ConsoleOutput.writeJSON(figures) }
    try ConsoleOutput.write(figures.text)
  }
}

/// What a device's ledger says beside what its owner allows.
private struct PrivacyFigures: Encodable {
  let contributions: [PrivacyLedger.Entry]
  /// Nil if something was contributed without noise.
  let epsilon: Double?
  /// Of the task with the highest.
  let epsilonOfTask: Double?
  let epsilonToday: Double?
  let contributionsToday: Int
  /// Of all contributions, by adversary; those without a bound are missing.
  let epsilonByAdversary: [String: Double]
  let delta: Double
  let epsilonCeiling: Double
  let epsilonCeilingPerTask: Double
  let epsilonCeilingPerDay: Double
  let contributionCeiling: Int
  let leastSeparationSeconds: Int
  /// Days, in each of which a coordinator may have counted this device once.
  let checkInDays: Int
  let recentCheckInDays: Int
  let checkInDayCeiling: Int
  /// Against whoever sees the counts and not the check-ins, at delta 0.
  let checkInEpsilon: Double
  let recentCheckInEpsilon: Double
  /// Unix seconds; nil if the device may contribute.
  let quarantineEnd: UInt64?
  let quarantineReason: String?
  /// What is wrong with the ledger and was not dealt with yet.
  let fault: String?
  let unpaidAborts: [PrivacyLedger.UnpaidAbort]

  init(_ ledger: PrivacyLedger, _ settings: DeviceSettings) {
    contributions = ledger.entries
    epsilon = ledger.epsilon
    epsilonOfTask = ledger.highestOfTask
    epsilonToday = ledger.epsilonToday
    contributionsToday = ledger.contributionsToday
    epsilonByAdversary = Dictionary(
      uniqueKeysWithValues: ledger.epsilons.compactMap { adversary, epsilon in
        epsilon.map { (adversary.rawValue, $0) }
      })
    delta = ledger.delta
    epsilonCeiling = settings.epsilon
    epsilonCeilingPerTask = settings.epsilonPerTask
    epsilonCeilingPerDay = settings.epsilonPerDay
    contributionCeiling = settings.mostContributions
    leastSeparationSeconds = settings.leastSeparationSeconds
    checkInDays = ledger.checkInDays
    recentCheckInDays = ledger.recentCheckInDays
    checkInDayCeiling = settings.mostCheckInDays
    checkInEpsilon = CheckInCount.epsilon(days: checkInDays)
    recentCheckInEpsilon = CheckInCount.epsilon(days: recentCheckInDays)
    quarantineEnd = ledger.quarantine?.end
    quarantineReason = ledger.quarantine?.description
    fault = ledger.fault
    unpaidAborts = ledger.unpaidAborts
  }

  var text: String {
    ([tasks, bars, adversaries, words, checkIns] + notices).joined(separator: "\n\n")
  }

  private var tasks: String {
    ResultTable.aligned(
      [["plan", "task", "contributions", "at most", "epsilon", "last"]]
        + contributions.map {
          [
            $0.plan ?? String($0.planHash.prefix(12)), $0.task, "\($0.contributions)",
            $0.most.map { "\($0)" } ?? "unknown", Self.bound($0.epsilon), Moment.text($0.last),
          ]
        })
  }

  private var bars: String {
    let count = contributions.reduce(0) { $0 + $1.contributions }
    func row(_ name: String, _ value: Double?, _ ceiling: Double, _ key: DeviceKey) -> [String] {
      [
        name, Self.bar(value ?? .infinity, of: ceiling),
        "\(Self.bound(value)) of at most \(ceiling) at delta \(delta) (\(key.rawValue))",
      ]
    }
    return ResultTable.aligned([
      [
        "contributions", Self.bar(Double(count), of: Double(contributionCeiling)),
        "\(count) of at most \(contributionCeiling) (privacy.mostContributions)",
      ],
      row("epsilon for life", epsilon, epsilonCeiling, .epsilon),
      row("epsilon of a task", epsilonOfTask, epsilonCeilingPerTask, .epsilonPerTask),
      row("epsilon today", epsilonToday, epsilonCeilingPerDay, .epsilonPerDay),
    ])
  }

  private var adversaries: String {
    ResultTable.aligned(
      [["epsilon for life", "against"]]
        + Adversary.allCases.map {
          [Self.bound(epsilonByAdversary[$0.rawValue]), "\($0.rawValue): \($0.summary)"]
        })
  }

  private var words: String {
    guard !contributions.isEmpty else {
      return "Nothing was contributed yet: nobody has learned anything."
    }
    guard let epsilon else {
      return "Something was contributed without noise: what can be learned from it has no bound."
    }
    return
      "In words: whatever anybody guesses about this user, all of these contributions make the odds of it at "
      + "most \(FigureText.upperBound(exp(epsilon))) times better or worse, as long as the coordinator sees sums only."
  }

  private var checkIns: String {
    "Check-ins are apart from that: this device may have been counted on \(checkInDays == 1 ? "1 day" : "\(checkInDays) days"), on \(recentCheckInDays) of the last "
      + "\(CheckInCount.windowDays) (of at most \(checkInDayCeiling): \(DeviceKey.mostCheckInDays.rawValue)). Of a day the coordinator "
      + "keeps a number with noise, which costs epsilon \(CheckInCount.epsilonPerDay) at delta 0 against whoever sees it: "
      + "\(FigureText.upperBound(recentCheckInEpsilon)) over these \(CheckInCount.windowDays) days, "
      + "\(FigureText.upperBound(checkInEpsilon)) in all. The coordinator itself knows who checks in."
  }

  private var notices: [String] {
    var notices: [String] = []
    if let quarantineReason { notices.append("Quarantine: \(quarantineReason).") }
    if let fault {
      notices.append(
        "Notice: \(fault). From the next check-in on nothing is contributed for privacy.quarantine."
      )
    }
    if !unpaidAborts.isEmpty {
      let rounds = unpaidAborts.map { "\($0.task.prefix(12))/\($0.round)" }
      notices.append(
        "Notice: the coordinator has aborted \(unpaidAborts.count) rounds after this device had helped to open "
          + "the sum, and its log has no charge for them: \(rounds.joined(separator: ", ")). This device has "
          + "counted them all the same.")
    }
    return notices
  }

  private static func bound(_ epsilon: Double?) -> String {
    epsilon.map(FigureText.upperBound) ?? FigureText.noBound
  }

  private static let barWidth = 24

  private static func bar(_ value: Double, of most: Double) -> String {
    let share = most > 0 ? min(1, value / most) : 1
    let filled = Int((share * Double(barWidth)).rounded(.up))
    return String(repeating: "#", count: filled)
      + String(repeating: ".", count: barWidth - filled)
  }
}
